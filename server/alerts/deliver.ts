import { and, eq, sql } from "drizzle-orm";
import { alertNotice } from "@/db/schema";
import type { Clock } from "@/server/platform/clock";
import type { Database } from "@/server/platform/database";
import type { SecretBox } from "@/server/platform/secret-box";
import { readSlackUrl } from "./settings";
import { type Refusal, type TellDeps, tellByMail, tellBySlack } from "./tell";
import { alertWords, isAlertType } from "./words";

const MINUTE_MS = 60_000;
/** Waits before the second, third, … attempt. After the last one a notice has failed. */
const DELAYS_MS = [1, 5, 30, 120, 360].map((minutes) => minutes * MINUTE_MS);
const BATCH = 20;
/** Longer than a batch can take: a process that dies leaves its notices to the others after it. */
const CLAIM_MS = 5 * MINUTE_MS;

export interface NoticeDeps extends TellDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly secretBox: SecretBox;
}

type Notice = typeof alertNotice.$inferSelect;

/**
 * Sends the notices that are due, the oldest first. Any number of processes at once: a notice is taken by one. One that dies
 * between sending and noting it leaves the notice to be sent again; nothing else repeats one.
 */
export async function deliverNotices(deps: NoticeDeps): Promise<{ sent: number; failed: number }> {
  const figures = { sent: 0, failed: 0 };
  const notices = await claim(deps);
  await Promise.all(
    notices.map(async (notice) => {
      const refusal = await tell(deps, notice);
      await note(deps, notice, refusal);
      figures[refusal === null ? "sent" : "failed"] += 1;
    }),
  );
  return figures;
}

/** The attempt is counted when it is taken, and the next one is already due later: no second column says who has it. */
async function claim({ db, clock }: NoticeDeps): Promise<Notice[]> {
  const nowMs = clock.nowMs();
  const due = sql`(SELECT id FROM ${alertNotice} WHERE state = 'pending' AND next_attempt_at <= ${new Date(nowMs)}
    ORDER BY next_attempt_at, id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`;
  return db
    .update(alertNotice)
    .set({ attempts: sql`${alertNotice.attempts} + 1`, nextAttemptAt: new Date(nowMs + CLAIM_MS) })
    .where(sql`${alertNotice.id} IN ${due}`)
    .returning();
}

async function tell(deps: NoticeDeps, notice: Notice): Promise<Refusal> {
  if (!isAlertType(notice.eventType)) return { reason: "unknown_event", isFinal: true };
  const words = alertWords(notice.eventType, notice.data);
  if (notice.channel === "mail") return tellByMail(deps, notice.recipient, words);
  const url = await readSlackUrl(deps.db, deps.secretBox, notice.organizationId);
  return url === null ? { reason: "no_slack_url", isFinal: true } : tellBySlack(deps, url, words);
}

/** Only by whoever took it: the number of attempts is still theirs. */
async function note({ db, clock }: NoticeDeps, notice: Notice, refusal: Refusal): Promise<void> {
  const nowMs = clock.nowMs();
  const delayMs = DELAYS_MS[notice.attempts - 1];
  const isOver = refusal === null || refusal.isFinal || delayMs === undefined;
  await db
    .update(alertNotice)
    .set({
      state: refusal === null ? "sent" : isOver ? "failed" : "pending",
      lastError: refusal?.reason ?? null,
      ...(isOver ? { endedAt: new Date(nowMs) } : { nextAttemptAt: new Date(nowMs + delayMs) }),
    })
    .where(and(eq(alertNotice.id, notice.id), eq(alertNotice.attempts, notice.attempts)));
}
