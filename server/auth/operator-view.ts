import { and, desc, eq, isNull, sql } from "drizzle-orm";
import { member, user, userSession } from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
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
      organizations: sql<number>`(SELECT count(*)::int FROM ${member} m WHERE m.user_id = "user".id AND m.removed_at IS NULL)`,
      sessions: sql<number>`(SELECT count(*)::int FROM ${userSession} s WHERE s.user_id = "user".id AND s.ended_at IS NULL AND s.expires_at > now())`,
    })
    .from(user)
    .where(contains(text, user.id, user.email, user.name))
    .orderBy(desc(user.createdAt), desc(user.id))
    .limit(MAX_FOUND);
}

/** Ends every session of a person; they may sign in again. @throws AppError not_found */
export async function signOutUser(
  tx: Executor,
  clock: Clock,
  input: { readonly userId: string; readonly reason: string; readonly by: AuditActor },
): Promise<{ endedSessions: number }> {
  const [found] = await tx
    .update(user)
    .set({ sessionVersion: sql`${user.sessionVersion} + 1` })
    .where(eq(user.id, input.userId))
    .returning({ email: user.email });
  if (!found) throw new AppError("not_found", { message: "There is no such user." });
  const ended = await tx
    .update(userSession)
    .set({ endedAt: new Date(clock.nowMs()) })
    .where(and(eq(userSession.userId, input.userId), isNull(userSession.endedAt)))
    .returning({ id: userSession.id });
  await recordAudit(tx, clock, {
    organizationId: null,
    actor: input.by,
    action: "user.signed_out",
    target: { kind: "user", id: input.userId, label: found.email },
    after: { sessions: ended.length, reason: input.reason },
  });
  return { endedSessions: ended.length };
}
