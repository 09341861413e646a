import { and, desc, eq, gt } from "drizzle-orm";
import { order, user } from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
import { type Role, readPolicy } from "@/server/organizations";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { type NanoUsd, parseUsd, toDecimalUsd } from "@/server/platform/money";
import { moveOrder, type Order, oldestAwaitingMs, orderColumns, readOrder } from "./orders";

const MOST_LISTED = 50;

/** A top-up that waits for somebody of its own organization. */
export interface AwaitingOrder extends Order {
  readonly askedBy: { readonly userId: string; readonly name: string; readonly email: string };
}

/**
 * Does the organization's policy let a top-up of this amount wait? An owner's never does: theirs is the last word anyway.
 * @param role of whoever asks for it
 */
export async function needsApproval(
  db: Executor,
  input: { readonly organizationId: string; readonly role: Role; readonly amountNanoUsd: NanoUsd },
): Promise<boolean> {
  if (input.role === "owner") return false;
  const limit = await readApprovalLimit(db, input.organizationId);
  return limit !== null && input.amountNanoUsd > limit;
}

/** Top-ups above it wait; null when none does. */
export async function readApprovalLimit(db: Executor, organizationId: string): Promise<NanoUsd | null> {
  const { topUpApprovalAboveUsd } = await readPolicy(db, organizationId);
  return topUpApprovalAboveUsd === null ? null : parseUsd(topUpApprovalAboveUsd);
}

/** What waits for a decision, newest first, at most 50. */
export async function listAwaiting(
  db: Executor,
  organizationId: string,
  clock: Clock,
): Promise<AwaitingOrder[]> {
  const rows = await db
    .select({ ...orderColumns, userId: user.id, name: user.name, email: user.email })
    .from(order)
    .innerJoin(user, eq(user.id, order.createdByUserId))
    .where(
      and(
        eq(order.organizationId, organizationId),
        eq(order.status, "awaiting_approval"),
        gt(order.createdAt, new Date(oldestAwaitingMs(clock))),
      ),
    )
    .orderBy(desc(order.id))
    .limit(MOST_LISTED);
  return rows.map(({ userId, name, email, ...row }) => ({ ...row, askedBy: { userId, name, email } }));
}

export interface Decision {
  readonly organizationId: string;
  readonly orderId: string;
  readonly isApproved: boolean;
  readonly by: { readonly userId: string; readonly role: Role; readonly audit: AuditActor };
}

/**
 * An owner or an admin decides. Of any number at once one decides; whoever asked for the top-up does not, unless they are an
 * owner. An approved order is payable for a day from now, or goes on to our own review.
 * @returns the order, and the address of whoever asked for it
 * @throws AppError not_found, permission_denied (one's own), conflict (decided or lapsed already)
 */
export async function decideOrder(
  tx: Executor,
  clock: Clock,
  decision: Decision,
): Promise<{ readonly order: Order; readonly askedBy: string }> {
  const { organizationId, orderId, isApproved, by } = decision;
  const before = await readOrder(tx, decision, clock);
  const [asked] = await tx
    .select({ userId: user.id, email: user.email })
    .from(order)
    .innerJoin(user, eq(user.id, order.createdByUserId))
    .where(eq(order.id, orderId));
  if (asked?.userId === by.userId && by.role !== "owner")
    throw new AppError("permission_denied", {
      message: "Somebody else has to decide about a top-up that you asked for.",
      metadata: { reason: "own_order" },
    });
  const event = !isApproved
    ? "team_declined"
    : before.paymentMethod === "invoice"
      ? "team_approved_for_review"
      : "team_approved";
  const moved = await moveOrder(tx, { organizationId, orderId, event }, clock);
  if (!moved)
    throw new AppError("conflict", { message: "This top-up does not wait for a decision any more." });
  await tx
    .update(order)
    .set({ decidedByUserId: by.userId, decidedAt: new Date(clock.nowMs()) })
    .where(eq(order.id, orderId));
  await recordAudit(tx, clock, {
    organizationId,
    actor: by.audit,
    action: isApproved ? "order.approved" : "order.rejected",
    target: { kind: "order", id: orderId, label: `$${toDecimalUsd(moved.amountNanoUsd)}` },
    before: { status: before.status },
    after: { status: moved.status },
  });
  return { order: await readOrder(tx, decision, clock), askedBy: asked?.email ?? "" };
}
