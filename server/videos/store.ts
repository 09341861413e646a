import { and, asc, eq, inArray, isNull, sql } from "drizzle-orm";
import { videoJob } from "@/db/schema";
import type { Database } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";

export type VideoJob = typeof videoJob.$inferSelect;
type NewVideo = typeof videoJob.$inferInsert;

const RUNNING = ["queued", "in_progress"] as const;

export async function keepVideo(db: Database, video: NewVideo): Promise<VideoJob> {
  const [row] = await db.insert(videoJob).values(video).returning();
  if (!row) throw new AppError("internal_error", { message: "The video could not be kept." });
  return row;
}

/** Unknown, deleted and another organization's or project's are one answer. @throws AppError not_found */
export async function readVideo(
  db: Database,
  scope: { readonly organizationId: string; readonly projectId: string },
  id: string,
): Promise<VideoJob> {
  const [row] = await db
    .select()
    .from(videoJob)
    .where(
      and(
        eq(videoJob.id, id),
        eq(videoJob.organizationId, scope.organizationId),
        eq(videoJob.projectId, scope.projectId),
        isNull(videoJob.deletedAt),
      ),
    );
  if (row) return row;
  throw new AppError("not_found", {
    message: `There is no video with the id ${JSON.stringify(id.slice(0, 100))}.`,
  });
}

/** Notes how far a running video is. One that has ended stays as it is. */
export async function noteVideo(
  db: Database,
  id: string,
  seen: Pick<VideoJob, "status" | "progress" | "askedAt">,
): Promise<void> {
  await db
    .update(videoJob)
    .set(seen)
    .where(and(eq(videoJob.id, id), inArray(videoJob.status, [...RUNNING])));
}

/** Ends a running video; the first end stands. Answers the row as it is then. */
export async function endVideo(
  db: Database,
  id: string,
  end: Pick<VideoJob, "status" | "error" | "contentUrl" | "costNanoUsd" | "endedAt">,
): Promise<VideoJob> {
  const progress = end.status === "completed" ? { progress: 100 } : {};
  await db
    .update(videoJob)
    .set({ ...end, ...progress })
    .where(and(eq(videoJob.id, id), inArray(videoJob.status, [...RUNNING])));
  const [row] = await db.select().from(videoJob).where(eq(videoJob.id, id));
  if (!row) throw new AppError("not_found", { message: "The video is gone." });
  return row;
}

export async function forgetVideo(db: Database, id: string, deletedAt: Date): Promise<void> {
  await db.update(videoJob).set({ deletedAt, contentUrl: null }).where(eq(videoJob.id, id));
}

/** Videos that are still made, those first that nobody has asked about for longest. */
export async function runningVideos(db: Database, limit: number): Promise<VideoJob[]> {
  return db
    .select()
    .from(videoJob)
    .where(inArray(videoJob.status, [...RUNNING]))
    .orderBy(sql`${videoJob.askedAt} NULLS FIRST`, asc(videoJob.id))
    .limit(limit);
}
