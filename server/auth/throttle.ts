import { createHash } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { signInAttempt } from "@/db/schema";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";

const MINUTE_MS = 60_000;

/** How often something may be tried, by what it is counted. */
const ALLOWANCES = {
  /** Wrong passwords for one address, whether it has an account or not. */
  account: { limit: 10, windowMs: 15 * MINUTE_MS },
  /** Wrong passwords from one client, over all accounts. */
  ip: { limit: 50, windowMs: 15 * MINUTE_MS },
  /** Wrong codes of one person. */
  second_factor: { limit: 10, windowMs: 15 * MINUTE_MS },
  /** Test alerts of one organization. */
  test_alert: { limit: 10, windowMs: 15 * MINUTE_MS },
  /** Exports of their data that one person begins. */
  data_export: { limit: 3, windowMs: 24 * 60 * MINUTE_MS },
  /** Mails asked for to one address. */
  mail: { limit: 5, windowMs: 60 * MINUTE_MS },
  /** Mails asked for by one client. */
  mail_ip: { limit: 60, windowMs: 60 * MINUTE_MS },
  /** Tickets and replies of one person, or of one address that nobody signed in with. */
  support: { limit: 5, windowMs: 60 * MINUTE_MS },
  /** Tickets of visitors from one client. */
  support_ip: { limit: 10, windowMs: 60 * MINUTE_MS },
  /** Codes of promotions that one person enters. */
  promotion: { limit: 10, windowMs: 60 * MINUTE_MS },
  promotion_ip: { limit: 30, windowMs: 60 * MINUTE_MS },
} as const;

export type ThrottleKind = keyof typeof ALLOWANCES;

/**
 * Counts one attempt before it is made, in one statement: a thousand at once get no more than the allowance.
 * @throws AppError rate_limit_exceeded with the seconds until the window ends
 */
export async function takeAttempt(
  db: Executor,
  clock: Clock,
  kind: ThrottleKind,
  value: string,
): Promise<void> {
  const { limit, windowMs } = ALLOWANCES[kind];
  const nowMs = clock.nowMs();
  const now = new Date(nowMs);
  const isOver = sql`${signInAttempt.windowStartedAt} <= ${new Date(nowMs - windowMs)}`;
  const [row] = await db
    .insert(signInAttempt)
    .values({ subject: subjectOf(kind, value), failures: 1, windowStartedAt: now })
    .onConflictDoUpdate({
      target: signInAttempt.subject,
      set: {
        failures: sql`CASE WHEN ${isOver} THEN 1 ELSE ${signInAttempt.failures} + 1 END`,
        windowStartedAt: sql`CASE WHEN ${isOver} THEN ${now} ELSE ${signInAttempt.windowStartedAt} END`,
      },
    })
    .returning();
  if (!row || row.failures <= limit) return;
  const endsInMs = row.windowStartedAt.getTime() + windowMs - nowMs;
  const retryAfterSeconds = Math.max(1, Math.ceil(endsInMs / 1_000));
  throw new AppError("rate_limit_exceeded", {
    message: `Too many attempts. Try again in ${describeWait(retryAfterSeconds)}.`,
    retryAfterSeconds,
  });
}

/** Takes back one attempt that turned out to be right. */
export async function returnAttempt(db: Executor, kind: ThrottleKind, value: string): Promise<void> {
  await db
    .update(signInAttempt)
    .set({ failures: sql`greatest(${signInAttempt.failures} - 1, 0)` })
    .where(eq(signInAttempt.subject, subjectOf(kind, value)));
}

/** Forgets every attempt: the owner has just proven who they are. */
export async function forgetAttempts(db: Executor, kind: ThrottleKind, value: string): Promise<void> {
  await db.delete(signInAttempt).where(eq(signInAttempt.subject, subjectOf(kind, value)));
}

/** Addresses are kept as hashes: the table is not a list of who tried to get in where. */
function subjectOf(kind: ThrottleKind, value: string): string {
  return `${kind}:${createHash("sha256").update(value.trim().toLowerCase()).digest("hex")}`;
}

function describeWait(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  return minutes === 1 ? "a minute" : `${minutes} minutes`;
}
