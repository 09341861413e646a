import { and, asc, eq, inArray, isNull, lt, lte } from "drizzle-orm";
import { mailOutbox, member, user } from "@/db/schema";
import type { Clock } from "@/server/platform/clock";
import type { Database, Executor } from "@/server/platform/database";
import { newId } from "@/server/platform/ids";
import type { Log } from "@/server/platform/log";
import { isNoticeKind, NOTICES, type NoticeKind, noticeMail } from "./notices";
import type { Mailer } from "./types";

const MAX_PER_RUN = 100;
const FIRST_RETRY_MS = 60_000;
const LAST_RETRY_MS = 6 * 60 * 60 * 1_000;
/** A mail that could not be sent for so long is not news any more. */
const KEEP_MS = 7 * 24 * 60 * 60 * 1_000;

/**
 * Writes a notice to those of an organization whom it concerns, in the transaction of the fact: it is mailed exactly if
 * the fact happened. Sent later, by {@link sendQueuedMails}.
 */
export async function queueNotice(
  tx: Executor,
  clock: Clock,
  notice: {
    readonly organizationId: string;
    readonly kind: NoticeKind;
    readonly data: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const { organizationId, kind, data } = notice;
  const receivers = await tx
    .select({ email: user.email })
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .where(
      and(
        eq(member.organizationId, organizationId),
        isNull(member.removedAt),
        inArray(member.role, [...NOTICES[kind].roles]),
      ),
    );
  if (receivers.length === 0) return;
  const now = new Date(clock.nowMs());
  await tx.insert(mailOutbox).values(
    receivers.map(({ email }) => ({
      ...{ id: newId("mail"), organizationId, kind, data },
      toAddress: email,
      nextAttemptAt: now,
      createdAt: now,
    })),
  );
}

export interface QueueDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly mailer: Mailer;
  /** Public address of the site, without a slash at its end. */
  readonly appUrl: string;
}

/**
 * Sends what is due, each mail in a transaction of its own: one that the mail server refuses waits longer and longer and
 * holds up no other. Any number of processes at once.
 * @returns how many were sent
 */
export async function sendQueuedMails(deps: QueueDeps): Promise<number> {
  const { db, clock, mailer } = deps;
  await db.delete(mailOutbox).where(lt(mailOutbox.createdAt, new Date(clock.nowMs() - KEEP_MS)));
  if (!mailer.canSend) return 0;
  let sent = 0;
  for (let at = 0; at < MAX_PER_RUN; at += 1) {
    const outcome = await db.transaction((tx) => sendNext(tx, deps));
    if (outcome === "none") break;
    if (outcome === "sent") sent += 1;
  }
  return sent;
}

async function sendNext(tx: Executor, deps: QueueDeps): Promise<"none" | "sent" | "failed"> {
  const { clock, log, mailer, appUrl } = deps;
  const [next] = await tx
    .select()
    .from(mailOutbox)
    .where(lte(mailOutbox.nextAttemptAt, new Date(clock.nowMs())))
    .orderBy(asc(mailOutbox.nextAttemptAt))
    .limit(1)
    .for("update", { skipLocked: true });
  if (!next) return "none";
  const failure = isNoticeKind(next.kind)
    ? await mailer.send(noticeMail(next.toAddress, next.kind, next.data, appUrl)).then(
        () => null,
        (reason: unknown) => String(reason),
      )
    : null;
  if (failure === null) {
    await tx.delete(mailOutbox).where(eq(mailOutbox.id, next.id));
    return "sent";
  }
  log.warn({ mail: next.id, reason: failure }, "a mail was not sent; it is tried again");
  const attempts = next.attempts + 1;
  const delayMs = Math.min(FIRST_RETRY_MS * 2 ** next.attempts, LAST_RETRY_MS);
  await tx
    .update(mailOutbox)
    .set({ attempts, nextAttemptAt: new Date(clock.nowMs() + delayMs) })
    .where(eq(mailOutbox.id, next.id));
  return "failed";
}
