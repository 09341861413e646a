import { and, desc, eq, lt, ne, sql } from "drizzle-orm";
import { jobRun } from "@/db/schema";
import type { Database } from "@/server/platform/database";
import { newId } from "@/server/platform/ids";
import type { JobReport } from "./job";

const KEEP_DAYS = 14;

export type JobRun = typeof jobRun.$inferSelect;

/** Times are the database's own. */
export async function beginRun(db: Database, name: string): Promise<string> {
  const id = newId("jobRun");
  await db
    .insert(jobRun)
    .values({ id, name, startedAt: sql`clock_timestamp()`, outcome: "running", figures: {} });
  return id;
}

/** Ends a run. Runs that found nothing to do replace each other: a job that looks every ten seconds keeps one of them. */
export async function endRun(
  db: Database,
  run: { readonly id: string; readonly name: string },
  outcome: "succeeded" | "attention" | "failed",
  report: JobReport,
): Promise<void> {
  const detail = report.findings?.join("\n");
  const isQuiet = outcome === "succeeded" && Object.values(report.figures).every((figure) => figure === 0);
  await db
    .update(jobRun)
    .set({
      outcome,
      figures: report.figures,
      detail: detail || null,
      isQuiet,
      endedAt: sql`clock_timestamp()`,
    })
    .where(and(eq(jobRun.id, run.id), eq(jobRun.outcome, "running")));
  await db
    .delete(jobRun)
    .where(and(eq(jobRun.name, run.name), eq(jobRun.isQuiet, true), ne(jobRun.id, run.id)));
}

/** The newest runs, of one job or of all, newest first. */
export function listRuns(
  db: Database,
  options: { readonly name?: string; readonly limit: number },
): Promise<JobRun[]> {
  return db
    .select()
    .from(jobRun)
    .where(options.name === undefined ? undefined : eq(jobRun.name, options.name))
    .orderBy(desc(jobRun.startedAt), desc(jobRun.id))
    .limit(options.limit);
}

/** The last run of every job that ever ran. */
export function latestRuns(db: Database): Promise<JobRun[]> {
  return db
    .selectDistinctOn([jobRun.name])
    .from(jobRun)
    .orderBy(jobRun.name, desc(jobRun.startedAt), desc(jobRun.id));
}

export async function deleteOldRuns(db: Database): Promise<number> {
  const { rowCount } = await db
    .delete(jobRun)
    .where(lt(jobRun.startedAt, sql`now() - make_interval(days => ${KEEP_DAYS})`));
  return rowCount ?? 0;
}
