import { and, asc, desc, eq, isNull, sql } from "drizzle-orm";
import { member, user, userSession } from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
import { releaseKeysOf } from "@/server/keys";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { contains } from "@/server/platform/matching";

const MAX_FOUND = 50;

/** For the operator console only: people by part of their id, name or address, newest first. */
export async function searchUsers(db: Executor, text: string) {
  return db
    .select({
      id: user.id,
      email: user.email,
      name: user.name,
      isOperator: user.isOperator,
      hasTwoFactor: user.hasTwoFactor,
      emailVerifiedAt: user.emailVerifiedAt,
      createdAt: user.createdAt,
      suspendedAt: user.suspendedAt,
      deletedAt: user.deletedAt,
      organizations: sql<number>`(SELECT count(*)::int FROM ${member} m WHERE m.user_id = "user".id AND m.removed_at IS NULL)`,
      sessions: sql<number>`(SELECT count(*)::int FROM ${userSession} s WHERE s.user_id = "user".id AND s.ended_at IS NULL AND s.expires_at > now())`,
    })
    .from(user)
    .where(contains(text, user.id, user.email, user.name))
    .orderBy(desc(user.createdAt), desc(user.id))
    .limit(MAX_FOUND);
}

/** What an operator does to a person's account, and why. */
interface Act {
  readonly userId: string;
  readonly reason: string;
  readonly by: AuditActor;
}

/** Ends every session of a person; they may sign in again. @throws AppError not_found */
export async function signOutUser(tx: Executor, clock: Clock, act: Act): Promise<{ endedSessions: number }> {
  const { email } = await lockUser(tx, act.userId);
  const endedSessions = await endSessions(tx, clock, act.userId);
  await note(tx, clock, act, "user.signed_out", email, { sessions: endedSessions });
  return { endedSessions };
}

/**
 * Keeps a person out: every session ends at its next call, and no way to sign in opens one. Keys of their own are revoked
 * in every organization, as when a member is removed; service accounts' keys go on. Repeated, it changes nothing.
 * @returns whether that changed anything
 * @throws AppError not_found, conflict (oneself)
 */
export async function suspendUser(tx: Executor, clock: Clock, act: Act): Promise<boolean> {
  if (act.by.id === act.userId)
    throw new AppError("conflict", { message: "You cannot suspend yourself. Another operator does." });
  const { email, suspendedAt } = await lockUser(tx, act.userId);
  if (suspendedAt) return false;
  await tx
    .update(user)
    .set({ suspendedAt: new Date(clock.nowMs()) })
    .where(eq(user.id, act.userId));
  const sessions = await endSessions(tx, clock, act.userId);
  const memberships = await tx
    .select({ memberId: member.id, organizationId: member.organizationId })
    .from(member)
    .where(and(eq(member.userId, act.userId), isNull(member.removedAt)))
    .orderBy(asc(member.organizationId));
  let revokedKeys = 0;
  for (const membership of memberships)
    revokedKeys += (await releaseKeysOf(tx, clock, { ...membership, toServiceAccountId: null, by: act.by }))
      .revokedKeys;
  await note(tx, clock, act, "user.suspended", email, { sessions, revokedKeys });
  return true;
}

/**
 * Lets a person sign in again. Keys that were revoked stay so: they make new ones.
 * @returns whether that changed anything
 * @throws AppError not_found
 */
export async function unsuspendUser(tx: Executor, clock: Clock, act: Act): Promise<boolean> {
  const { email, suspendedAt } = await lockUser(tx, act.userId);
  if (!suspendedAt) return false;
  await tx.update(user).set({ suspendedAt: null }).where(eq(user.id, act.userId));
  await note(tx, clock, act, "user.unsuspended", email, {});
  return true;
}

async function lockUser(tx: Executor, userId: string) {
  const [found] = await tx
    .select({ email: user.email, suspendedAt: user.suspendedAt })
    .from(user)
    .where(and(eq(user.id, userId), isNull(user.deletedAt)))
    .for("update");
  if (!found) throw new AppError("not_found", { message: "There is no such user." });
  return found;
}

async function endSessions(tx: Executor, clock: Clock, userId: string): Promise<number> {
  await tx
    .update(user)
    .set({ sessionVersion: sql`${user.sessionVersion} + 1` })
    .where(eq(user.id, userId));
  const ended = await tx
    .update(userSession)
    .set({ endedAt: new Date(clock.nowMs()) })
    .where(and(eq(userSession.userId, userId), isNull(userSession.endedAt)))
    .returning({ id: userSession.id });
  return ended.length;
}

function note(
  tx: Executor,
  clock: Clock,
  { userId, reason, by }: Act,
  action: "user.signed_out" | "user.suspended" | "user.unsuspended",
  email: string,
  figures: Readonly<Record<string, number>>,
): Promise<void> {
  return recordAudit(tx, clock, {
    organizationId: null,
    actor: by,
    action,
    target: { kind: "user", id: userId, label: email },
    after: { ...figures, reason },
  });
}
