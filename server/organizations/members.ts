import { and, asc, count, eq, isNull } from "drizzle-orm";
import { member, user } from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
import { emitEvent } from "@/server/events";
import { releaseKeysOf } from "@/server/keys";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import type { Actor } from "./actor";
import { lockOrganization, notThere } from "./lock";
import { mayGrant, type Role } from "./permissions";

export interface Member {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly joinedAt: Date;
  readonly hasTwoFactor: boolean;
}

const columns = {
  id: member.id,
  userId: member.userId,
  name: user.name,
  email: user.email,
  role: member.role,
  joinedAt: member.createdAt,
  hasTwoFactor: user.hasTwoFactor,
};

/** Everybody who belongs to the organization now, in the order of joining. */
export async function listMembers(db: Executor, organizationId: string): Promise<Member[]> {
  return db
    .select(columns)
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .where(and(eq(member.organizationId, organizationId), isNull(member.removedAt)))
    .orderBy(asc(member.id));
}

/** One member, whoever asks. @throws AppError not_found, the same for a member of another organization and for none */
async function memberOf(tx: Executor, organizationId: string, memberId: string): Promise<Member> {
  const [found] = await tx
    .select(columns)
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .where(and(eq(member.id, memberId), eq(member.organizationId, organizationId), isNull(member.removedAt)));
  if (!found) throw notThere();
  return found;
}

/**
 * Gives a member another role.
 * @throws AppError not_found, permission_denied (a role above one's own, or of somebody above), conflict (last owner)
 */
export async function changeRole(
  tx: Executor,
  clock: Clock,
  by: { readonly actor: Actor; readonly audit: AuditActor },
  input: { readonly memberId: string; readonly role: Role },
): Promise<void> {
  const { organizationId } = by.actor;
  await lockOrganization(tx, organizationId);
  const target = await memberOf(tx, organizationId, input.memberId);
  if (!mayGrant(by.actor.role, target.role) || !mayGrant(by.actor.role, input.role))
    throw aboveOwn(by.actor.role);
  if (target.role === input.role) return;
  if (target.role === "owner") await requireAnotherOwner(tx, organizationId);
  await tx.update(member).set({ role: input.role }).where(eq(member.id, target.id));
  await emitEvent(tx, {
    organizationId,
    type: "member.role_changed",
    data: { member_id: target.id, email: target.email, role: input.role },
  });
  await recordAudit(tx, clock, {
    organizationId,
    actor: by.audit,
    action: "member.role_changed",
    target: { kind: "member", id: target.id, label: target.email },
    before: { role: target.role },
    after: { role: input.role },
  });
}

/**
 * Takes a member out. Their keys stop at once, or go on under a service account when one is named.
 * @throws AppError not_found, permission_denied (somebody above oneself), conflict (last owner)
 */
export async function removeMember(
  tx: Executor,
  clock: Clock,
  by: { readonly actor: Actor; readonly audit: AuditActor },
  input: { readonly memberId: string; readonly keysToServiceAccountId: string | null },
): Promise<{ revokedKeys: number; movedKeys: number }> {
  const { organizationId } = by.actor;
  await lockOrganization(tx, organizationId);
  const target = await memberOf(tx, organizationId, input.memberId);
  const isSelf = target.id === by.actor.memberId;
  if (!isSelf && !mayGrant(by.actor.role, target.role)) throw aboveOwn(by.actor.role);
  if (target.role === "owner") await requireAnotherOwner(tx, organizationId);
  await tx
    .update(member)
    .set({ removedAt: new Date(clock.nowMs()) })
    .where(eq(member.id, target.id));
  const keys = await releaseKeysOf(tx, clock, {
    organizationId,
    memberId: target.id,
    toServiceAccountId: input.keysToServiceAccountId,
    by: by.audit,
  });
  await emitEvent(tx, {
    organizationId,
    type: "member.removed",
    data: { member_id: target.id, email: target.email, role: target.role },
  });
  await recordAudit(tx, clock, {
    organizationId,
    actor: by.audit,
    action: isSelf ? "member.left" : "member.removed",
    target: { kind: "member", id: target.id, label: target.email },
    before: { role: target.role },
    after: keys,
  });
  return keys;
}

/**
 * Makes another member an owner and the caller an admin, in one step.
 * @throws AppError permission_denied (the caller is no owner), not_found
 */
export async function transferOwnership(
  tx: Executor,
  clock: Clock,
  by: { readonly actor: Actor; readonly audit: AuditActor },
  input: { readonly memberId: string },
): Promise<void> {
  const { organizationId } = by.actor;
  await lockOrganization(tx, organizationId);
  // Read again under the lock: the session's copy may be older than the last change.
  const self = await memberOf(tx, organizationId, by.actor.memberId);
  if (self.role !== "owner") throw aboveOwn(self.role);
  const target = await memberOf(tx, organizationId, input.memberId);
  if (target.id === self.id) throw new AppError("conflict", { message: "You are the owner already." });
  await tx.update(member).set({ role: "owner" }).where(eq(member.id, target.id));
  await tx.update(member).set({ role: "admin" }).where(eq(member.id, self.id));
  await recordAudit(tx, clock, {
    organizationId,
    actor: by.audit,
    action: "organization.ownership_transferred",
    target: { kind: "member", id: target.id, label: target.email },
    before: { owner: self.email },
    after: { owner: target.email },
  });
}

/** Under the organization's lock: is there an owner beside the one who goes? @throws AppError conflict */
async function requireAnotherOwner(tx: Executor, organizationId: string): Promise<void> {
  const [owners] = await tx
    .select({ n: count() })
    .from(member)
    .where(
      and(eq(member.organizationId, organizationId), eq(member.role, "owner"), isNull(member.removedAt)),
    );
  if (Number(owners?.n ?? 0) < 2) {
    throw new AppError("conflict", {
      message: "An organization needs an owner. Make somebody else one first.",
      metadata: { reason: "last_owner" },
    });
  }
}

export function aboveOwn(role: Role): AppError {
  return new AppError("permission_denied", {
    message: `Your role (${role}) cannot give or change a role above it.`,
    metadata: { role },
  });
}
