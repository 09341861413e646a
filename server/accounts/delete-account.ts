import { and, asc, eq, isNull, sql } from "drizzle-orm";
import {
  alertNotice,
  apiKey,
  autoRecharge,
  dataExport,
  emailToken,
  invitation,
  linkedAccount,
  managementKey,
  member,
  organization,
  recoveryCode,
  ticket,
  ticketMessage,
  twoFactor,
  user,
  userSession,
  webhookEndpoint,
} from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
import { revokeKey } from "@/server/keys";
import { type Actor, removeMember, suspendOrganization } from "@/server/organizations";
import type { Clock } from "@/server/platform/clock";
import type { Database, Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { deletePromptsOf } from "@/server/prompts";
import { type Farewell, planFarewell } from "./farewell";

interface Own {
  readonly actor: Actor;
  readonly audit: AuditActor;
}

/**
 * Deletes a person's account, all of it or nothing. Their identity has been proven by the caller.
 *
 * The person leaves every organization; one that nobody else is in is closed: suspended for good, its keys revoked, its
 * automatic top-ups, webhooks and prompts gone. Name, address, password, second factor, links and sessions are deleted.
 * Kept for the books, without the name where the record allows: orders, transfers, usage records, and the audit trails, which
 * cannot be changed and name who did what.
 * @throws AppError conflict (`obstacles`, or a balance that is not given up), permission_denied (an operator's account)
 */
export async function deleteAccount(
  db: Database,
  clock: Clock,
  own: Own,
  wish: { readonly givesUpBalance: boolean },
): Promise<void> {
  if (own.actor.isOperator)
    throw new AppError("permission_denied", {
      message: "This account works for the platform. Another operator takes that away first.",
    });
  await db.transaction(async (tx) => {
    await lockAll(tx, own.actor.userId);
    const plan = await planFarewell(tx, own.actor.userId);
    requireFree(plan, wish.givesUpBalance);
    for (const farewell of plan) await leave(tx, clock, own, farewell);
    await forgetPerson(tx, clock, own.actor);
  });
}

/** The person and their organizations, in the order of their ids: nothing is joined, paid or used meanwhile. */
async function lockAll(tx: Executor, userId: string): Promise<void> {
  await tx.select({ id: user.id }).from(user).where(eq(user.id, userId)).for("update");
  const own = tx
    .select({ id: member.organizationId })
    .from(member)
    .where(and(eq(member.userId, userId), isNull(member.removedAt)));
  await tx
    .select({ id: organization.id })
    .from(organization)
    .where(sql`${organization.id} IN ${own}`)
    .orderBy(asc(organization.id))
    .for("no key update");
}

function requireFree(plan: readonly Farewell[], givesUpBalance: boolean): void {
  const obstacles = plan.flatMap((farewell) =>
    farewell.obstacles.map((obstacle) => ({ organization: farewell.name, obstacle })),
  );
  if (obstacles.length > 0)
    throw new AppError("conflict", {
      message: "Your account cannot be deleted yet. See what is in the way.",
      metadata: { reason: "obstacles", obstacles },
    });
  if (!givesUpBalance && plan.some(({ balanceNanoUsd }) => balanceNanoUsd > 0n))
    throw new AppError("conflict", {
      message: "There is balance left. Ask us for a refund first, or say that you give it up.",
      metadata: { reason: "balance_left" },
    });
}

async function leave(tx: Executor, clock: Clock, own: Own, farewell: Farewell): Promise<void> {
  const { organizationId, memberId, role } = farewell;
  await noteDeletion(tx, clock, own, organizationId);
  if (farewell.fate === "closed") return close(tx, clock, own, farewell);
  const actor = { ...own.actor, organizationId, memberId, role };
  await removeMember(tx, clock, { actor, audit: own.audit }, { memberId, keysToServiceAccountId: null });
}

/** Nobody is left in it: whatever acts by itself stops, and no request of it is admitted any more. */
async function close(tx: Executor, clock: Clock, own: Own, { organizationId, memberId }: Farewell) {
  const now = new Date(clock.nowMs());
  const live = await tx
    .select({ id: apiKey.id })
    .from(apiKey)
    .where(and(eq(apiKey.organizationId, organizationId), eq(apiKey.status, "active")))
    .orderBy(asc(apiKey.id));
  for (const { id } of live) await revokeKey(tx, { organizationId, keyId: id, by: own.audit }, clock);
  await tx
    .update(managementKey)
    .set({ revokedAt: now })
    .where(and(eq(managementKey.organizationId, organizationId), isNull(managementKey.revokedAt)));
  await tx
    .update(autoRecharge)
    .set({ isEnabled: false })
    .where(eq(autoRecharge.organizationId, organizationId));
  // Their deliveries go with them.
  await tx.delete(webhookEndpoint).where(eq(webhookEndpoint.organizationId, organizationId));
  await tx
    .update(invitation)
    .set({ revokedAt: now })
    .where(
      and(
        eq(invitation.organizationId, organizationId),
        isNull(invitation.acceptedAt),
        isNull(invitation.revokedAt),
      ),
    );
  await deletePromptsOf(tx, organizationId);
  await tx.update(member).set({ removedAt: now }).where(eq(member.id, memberId));
  await suspendOrganization(tx, clock, {
    organizationId,
    by: own.audit,
    for: "closed",
    reason: "closed with the account of its last member",
  });
}

function noteDeletion(tx: Executor, clock: Clock, own: Own, organizationId: string): Promise<void> {
  return recordAudit(tx, clock, {
    organizationId,
    actor: own.audit,
    action: "account.deleted",
    target: { kind: "user", id: own.actor.userId, label: own.actor.email },
  });
}

/** What is left of the person is an id that orders and records name. */
async function forgetPerson(tx: Executor, clock: Clock, { userId, email }: Actor): Promise<void> {
  const address = `deleted-${userId}@deleted.invalid`;
  await tx
    .update(user)
    .set({
      email: address,
      name: "Deleted account",
      passwordHash: null,
      emailVerifiedAt: null,
      hasTwoFactor: false,
      sessionVersion: sql`${user.sessionVersion} + 1`,
      deletedAt: new Date(clock.nowMs()),
    })
    .where(eq(user.id, userId));
  for (const table of [emailToken, twoFactor, recoveryCode, linkedAccount, userSession, dataExport])
    await tx.delete(table).where(eq(table.userId, userId));
  await tx.delete(alertNotice).where(eq(alertNotice.recipient, email));
  // What was written to us stays with its organization; who wrote it does not.
  await tx.update(ticket).set({ email: address, name: "Deleted account" }).where(eq(ticket.userId, userId));
  await tx
    .update(ticketMessage)
    .set({ authorName: "Deleted account" })
    .where(and(eq(ticketMessage.userId, userId), eq(ticketMessage.author, "customer")));
  await tx
    .update(invitation)
    .set({ email: address, revokedAt: sql`coalesce(${invitation.revokedAt}, ${new Date(clock.nowMs())})` })
    .where(sql`lower(${invitation.email}) = lower(${email}) AND ${invitation.acceptedAt} IS NULL`);
  await tx
    .update(invitation)
    .set({ email: address })
    .where(sql`lower(${invitation.email}) = lower(${email})`);
}
