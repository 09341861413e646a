import { and, desc, eq, gt, isNull, sql } from "drizzle-orm";
import { user, userSession } from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
import type { Actor } from "@/server/organizations";
import type { Clock } from "@/server/platform/clock";
import type { Database, Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { hashPassword, verifyPassword } from "./passwords";
import { forgetAttempts, takeAttempt } from "./throttle";
import { findUser } from "./users";

const MAX_SESSIONS = 100;

export interface OwnProfile {
  readonly name: string;
  readonly email: string;
  readonly hasTwoFactor: boolean;
  /** False for a person who signs in through another service only. */
  readonly hasPassword: boolean;
  readonly createdAt: Date;
}

export interface OwnSession {
  readonly id: string;
  readonly createdAt: Date;
  readonly lastSeenAt: Date | null;
  /** As the browser names itself; null for sessions that were opened without one. */
  readonly userAgent: string | null;
  readonly isCurrent: boolean;
}

/** A signed-in person who changes something of their own. */
export interface Own {
  readonly actor: Actor;
  readonly audit: AuditActor;
}

/** @throws AppError unauthenticated when the account has gone */
export async function readProfile(db: Executor, actor: Actor): Promise<OwnProfile> {
  const found = await findUser(db, actor.userId);
  if (!found) throw new AppError("unauthenticated", { message: "This account does not exist any more." });
  const { name, email, hasTwoFactor, passwordHash, createdAt } = found;
  return { name, email, hasTwoFactor, hasPassword: passwordHash !== null, createdAt };
}

export async function renameSelf(db: Executor, actor: Actor, name: string): Promise<void> {
  await db.update(user).set({ name }).where(eq(user.id, actor.userId));
}

/**
 * Sets a new password by the old one and ends every session, this one too: whoever has a copy of a cookie is out.
 * @throws AppError unauthenticated (wrong password), rate_limit_exceeded
 */
export async function changePassword(
  deps: { readonly db: Database; readonly clock: Clock },
  own: Own,
  input: { readonly current: string; readonly password: string },
): Promise<void> {
  await requirePassword(deps, own.actor, input.current);
  const passwordHash = await hashPassword(input.password);
  await deps.db.transaction(async (tx) => {
    await tx
      .update(user)
      .set({ passwordHash, sessionVersion: sql`${user.sessionVersion} + 1` })
      .where(eq(user.id, own.actor.userId));
    await note(tx, deps.clock, own, "account.password_changed");
  });
}

/**
 * Proves once more who sits there.
 * @throws AppError permission_denied (wrong password), conflict (the account has none yet), rate_limit_exceeded
 */
export async function requirePassword(
  deps: { readonly db: Executor; readonly clock: Clock },
  actor: Actor,
  password: string,
): Promise<void> {
  await takeAttempt(deps.db, deps.clock, "account", actor.email);
  const found = await findUser(deps.db, actor.userId);
  if (found && found.passwordHash === null)
    throw new AppError("conflict", {
      message:
        "Your account has no password yet. Set one first, by “Forgot your password?” on the sign-in page.",
      metadata: { reason: "no_password" },
    });
  if (!(await verifyPassword(found?.passwordHash ?? null, password)))
    throw new AppError("permission_denied", { message: "The password is not right.", param: "current" });
  await forgetAttempts(deps.db, "account", actor.email);
}

/** Browsers that are signed in now, newest first. */
export async function listSessions(db: Executor, clock: Clock, actor: Actor): Promise<OwnSession[]> {
  const rows = await db
    .select({
      id: userSession.id,
      createdAt: userSession.createdAt,
      lastSeenAt: userSession.lastSeenAt,
      userAgent: userSession.userAgent,
    })
    .from(userSession)
    .where(open(clock, actor.userId))
    .orderBy(desc(userSession.createdAt))
    .limit(MAX_SESSIONS);
  return rows.map((row) => ({ ...row, isCurrent: row.id === actor.sessionId }));
}

/** Ends one of the person's own sessions. @throws AppError not_found, also for somebody else's */
export async function endOwnSession(
  tx: Executor,
  clock: Clock,
  own: Own,
  input: { readonly session: string },
): Promise<void> {
  const ended = await tx
    .update(userSession)
    .set({ endedAt: new Date(clock.nowMs()) })
    .where(and(open(clock, own.actor.userId), eq(userSession.id, input.session)))
    .returning({ id: userSession.id });
  if (ended.length === 0) throw new AppError("not_found", { message: "There is no such open session." });
  await note(tx, clock, own, "account.sessions_ended");
}

/** Ends every session of the person, this one too. */
export async function endAllSessions(tx: Executor, clock: Clock, own: Own): Promise<void> {
  await tx
    .update(user)
    .set({ sessionVersion: sql`${user.sessionVersion} + 1` })
    .where(eq(user.id, own.actor.userId));
  await tx
    .update(userSession)
    .set({ endedAt: new Date(clock.nowMs()) })
    .where(and(eq(userSession.userId, own.actor.userId), isNull(userSession.endedAt)));
  await note(tx, clock, own, "account.sessions_ended");
}

function open(clock: Clock, userId: string) {
  return and(
    eq(userSession.userId, userId),
    isNull(userSession.endedAt),
    gt(userSession.expiresAt, new Date(clock.nowMs())),
  );
}

/** An account's changes stand in the trail of the organization that the person acts for. */
function note(
  tx: Executor,
  clock: Clock,
  own: Own,
  action: "account.password_changed" | "account.sessions_ended",
): Promise<void> {
  return recordAudit(tx, clock, {
    organizationId: own.actor.organizationId,
    actor: own.audit,
    action,
    target: { kind: "user", id: own.actor.userId, label: own.actor.email },
  });
}
