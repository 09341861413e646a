import { and, eq, gt, inArray, lte } from "drizzle-orm";
import { promptLog } from "@/db/schema";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";

const MAX_CHARACTERS = 256 * 1_024;
const DAY_MS = 86_400_000;
const DELETED_AT_ONCE = 1_000;

export interface LoggedPrompt {
  readonly prompt: string;
  readonly answer: string;
  readonly isCut: boolean;
  readonly expiresAt: Date;
}

/** Keeps both sides of one request for the days that the policy names. */
export async function keepPrompt(
  db: Executor,
  clock: Clock,
  input: {
    readonly id: string;
    readonly organizationId: string;
    readonly prompt: string;
    readonly answer: string;
    readonly retentionDays: number;
  },
): Promise<void> {
  const nowMs = clock.nowMs();
  const { id, organizationId, prompt, answer } = input;
  await db
    .insert(promptLog)
    .values({
      id,
      organizationId,
      prompt: storable(prompt),
      answer: storable(answer),
      isCut: prompt.length > MAX_CHARACTERS || answer.length > MAX_CHARACTERS,
      createdAt: new Date(nowMs),
      expiresAt: new Date(nowMs + input.retentionDays * DAY_MS),
    })
    .onConflictDoNothing();
}

/** Null when it was not kept, or its time is over, also before the job has come by. */
export async function readPrompt(
  db: Executor,
  clock: Clock,
  of: { readonly organizationId: string; readonly id: string },
): Promise<LoggedPrompt | null> {
  const [row] = await db
    .select({
      prompt: promptLog.prompt,
      answer: promptLog.answer,
      isCut: promptLog.isCut,
      expiresAt: promptLog.expiresAt,
    })
    .from(promptLog)
    .where(
      and(
        eq(promptLog.id, of.id),
        eq(promptLog.organizationId, of.organizationId),
        gt(promptLog.expiresAt, new Date(clock.nowMs())),
      ),
    );
  return row ?? null;
}

/** Deletes everything that was kept for an organization: it does not want to keep prompts any more. */
export async function deletePromptsOf(db: Executor, organizationId: string): Promise<void> {
  await db.delete(promptLog).where(eq(promptLog.organizationId, organizationId));
}

/** Deletes what is past its time, in portions. @returns how many */
export async function deleteExpiredPrompts(db: Executor, nowMs: number): Promise<number> {
  let deleted = 0;
  for (;;) {
    const expired = db
      .select({ id: promptLog.id })
      .from(promptLog)
      .where(lte(promptLog.expiresAt, new Date(nowMs)))
      .limit(DELETED_AT_ONCE);
    const gone = await db
      .delete(promptLog)
      .where(inArray(promptLog.id, expired))
      .returning({ id: promptLog.id });
    deleted += gone.length;
    if (gone.length < DELETED_AT_ONCE) return deleted;
  }
}

/** Postgres keeps no NUL, and what is too long is cut. */
function storable(text: string): string {
  return text.slice(0, MAX_CHARACTERS).replaceAll("\0", "");
}
