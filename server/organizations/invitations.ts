import { createHash, randomBytes } from "node:crypto";
import { and, desc, eq, gt, isNull, sql } from "drizzle-orm";
import { invitation, member, organization, user } from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
import { emitEvent } from "@/server/events";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { newId } from "@/server/platform/ids";
import type { Actor } from "./actor";
import { lockOrganization, notThere } from "./lock";
import { aboveOwn } from "./members";
import { mayGrant, type Role } from "./permissions";

export const INVITATION_VALID_DAYS = 7;
const DAY_MS = 86_400_000;
const SECRET_BYTES = 32;
const MAX_OPEN = 200;

export interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly invitedBy: string;
  readonly expiresAt: Date;
  readonly isExpired: boolean;
  readonly createdAt: Date;
}

interface By {
  readonly actor: Actor;
  readonly audit: AuditActor;
}

/** Invitations that were neither accepted nor revoked, newest first; expired ones can be sent again. */
export async function listInvitations(
  db: Executor,
  clock: Clock,
  organizationId: string,
): Promise<Invitation[]> {
  const rows = await db
    .select({
      id: invitation.id,
      email: invitation.email,
      role: invitation.role,
      invitedBy: user.name,
      expiresAt: invitation.expiresAt,
      createdAt: invitation.createdAt,
    })
    .from(invitation)
    .innerJoin(user, eq(user.id, invitation.invitedByUserId))
    .where(and(eq(invitation.organizationId, organizationId), isOpen()))
    .orderBy(desc(invitation.id))
    .limit(MAX_OPEN);
  return rows.map((row) => ({ ...row, isExpired: row.expiresAt.getTime() <= clock.nowMs() }));
}

/**
 * Invites an address. The secret of the link goes into the mail and nowhere else.
 * @throws AppError permission_denied (a role above one's own), conflict (member already, invited already, too many)
 */
export async function invite(
  tx: Executor,
  clock: Clock,
  by: By,
  input: { readonly email: string; readonly role: Role },
): Promise<{ id: string; secret: string }> {
  const { organizationId } = by.actor;
  if (!mayGrant(by.actor.role, input.role)) throw aboveOwn(by.actor.role);
  await lockOrganization(tx, organizationId);
  await requireRoom(tx, organizationId, input.email);
  const id = newId("invitation");
  const secret = randomBytes(SECRET_BYTES).toString("base64url");
  const [made] = await tx
    .insert(invitation)
    .values({
      id,
      organizationId,
      email: input.email,
      role: input.role,
      tokenHash: hash(secret),
      invitedByUserId: by.actor.userId,
      createdAt: new Date(clock.nowMs()),
      expiresAt: expiry(clock),
    })
    .onConflictDoNothing()
    .returning({ id: invitation.id });
  if (!made) throw new AppError("conflict", { message: "This address is invited already.", param: "email" });
  await emitEvent(tx, {
    organizationId,
    type: "member.invited",
    data: { member_id: null, email: input.email, role: input.role },
  });
  await recordAudit(tx, clock, {
    organizationId,
    actor: by.audit,
    action: "member.invited",
    target: { kind: "invitation", id, label: input.email },
    after: { role: input.role },
  });
  return { id, secret };
}

/** A new link with a new life; the earlier one stops working. @throws AppError not_found */
export async function resendInvitation(
  tx: Executor,
  clock: Clock,
  by: By,
  input: { readonly invitationId: string },
): Promise<{ email: string; role: Role; secret: string }> {
  const secret = randomBytes(SECRET_BYTES).toString("base64url");
  const [row] = await tx
    .update(invitation)
    .set({ tokenHash: hash(secret), expiresAt: expiry(clock) })
    .where(ownOpen(by.actor.organizationId, input.invitationId))
    .returning({ email: invitation.email, role: invitation.role });
  if (!row) throw notThere();
  await recordAudit(tx, clock, {
    organizationId: by.actor.organizationId,
    actor: by.audit,
    action: "member.invitation_resent",
    target: { kind: "invitation", id: input.invitationId, label: row.email },
  });
  return { ...row, secret };
}

/** @throws AppError not_found */
export async function revokeInvitation(
  tx: Executor,
  clock: Clock,
  by: By,
  input: { readonly invitationId: string },
): Promise<void> {
  const [row] = await tx
    .update(invitation)
    .set({ revokedAt: new Date(clock.nowMs()) })
    .where(ownOpen(by.actor.organizationId, input.invitationId))
    .returning({ email: invitation.email });
  if (!row) throw notThere();
  await recordAudit(tx, clock, {
    organizationId: by.actor.organizationId,
    actor: by.audit,
    action: "member.invitation_revoked",
    target: { kind: "invitation", id: input.invitationId, label: row.email },
  });
}

export interface InvitationView {
  readonly organizationName: string;
  readonly email: string;
  readonly role: Role;
}

/** What the page behind the link shows; null when the link does not work (any more). Changes nothing. */
export async function inspectInvitation(
  db: Executor,
  clock: Clock,
  secret: string,
): Promise<InvitationView | null> {
  const [row] = await db
    .select({ organizationName: organization.name, email: invitation.email, role: invitation.role })
    .from(invitation)
    .innerJoin(organization, eq(organization.id, invitation.organizationId))
    .where(
      and(
        eq(invitation.tokenHash, hash(secret)),
        isOpen(),
        gt(invitation.expiresAt, new Date(clock.nowMs())),
      ),
    );
  return row ?? null;
}

/**
 * Joins. Only the confirmed owner of the invited address can, and once.
 * @throws AppError not_found (the link does not work), permission_denied (invited was another address)
 */
export async function acceptInvitation(
  tx: Executor,
  clock: Clock,
  who: { readonly userId: string; readonly email: string; readonly audit: AuditActor },
  secret: string,
): Promise<{ organizationId: string }> {
  const [found] = await tx
    .select()
    .from(invitation)
    .where(
      and(
        eq(invitation.tokenHash, hash(secret)),
        isOpen(),
        gt(invitation.expiresAt, new Date(clock.nowMs())),
      ),
    )
    .for("update");
  if (!found) throw new AppError("not_found", { message: "This invitation does not work any more." });
  if (found.email.toLowerCase() !== who.email.toLowerCase()) {
    throw new AppError("permission_denied", {
      message: `This invitation is for ${found.email}. Sign in with that address to accept it.`,
      metadata: { reason: "other_address" },
    });
  }
  const { organizationId, role } = found;
  await lockOrganization(tx, organizationId);
  const now = new Date(clock.nowMs());
  const [joined] = await tx
    .insert(member)
    .values({ id: newId("member"), organizationId, userId: who.userId, role, createdAt: now })
    .onConflictDoUpdate({
      target: [member.organizationId, member.userId],
      set: {
        role: sql`CASE WHEN ${member.removedAt} IS NULL THEN ${member.role} ELSE ${role} END`,
        removedAt: null,
      },
    })
    .returning({ id: member.id });
  await tx.update(invitation).set({ acceptedAt: now }).where(eq(invitation.id, found.id));
  const memberId = joined?.id ?? "";
  await emitEvent(tx, {
    organizationId,
    type: "member.joined",
    data: { member_id: memberId, email: who.email, role },
  });
  await recordAudit(tx, clock, {
    organizationId,
    actor: who.audit,
    action: "member.joined",
    target: { kind: "member", id: memberId, label: who.email },
    after: { role },
  });
  return { organizationId };
}

async function requireRoom(tx: Executor, organizationId: string, email: string): Promise<void> {
  const [already] = await tx
    .select({ id: member.id })
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .where(
      and(
        eq(member.organizationId, organizationId),
        isNull(member.removedAt),
        sql`lower(${user.email}) = lower(${email})`,
      ),
    );
  if (already)
    throw new AppError("conflict", { message: "This person is a member already.", param: "email" });
  const open = await tx
    .select({ id: invitation.id })
    .from(invitation)
    .where(and(eq(invitation.organizationId, organizationId), isOpen()))
    .limit(MAX_OPEN);
  if (open.length >= MAX_OPEN)
    throw new AppError("conflict", {
      message: `At most ${MAX_OPEN} invitations can be open. Revoke some first.`,
    });
}

function isOpen() {
  return and(isNull(invitation.acceptedAt), isNull(invitation.revokedAt));
}

function ownOpen(organizationId: string, invitationId: string) {
  return and(eq(invitation.id, invitationId), eq(invitation.organizationId, organizationId), isOpen());
}

function expiry(clock: Clock): Date {
  return new Date(clock.nowMs() + INVITATION_VALID_DAYS * DAY_MS);
}

function hash(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
