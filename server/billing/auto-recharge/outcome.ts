import { and, eq, isNull } from "drizzle-orm";
import { autoRecharge, recharge } from "@/db/schema";
import { emitEvent } from "@/server/events";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { toDecimalUsd } from "@/server/platform/money";
import { moveOrder } from "../orders";

/** The code with which a bank asks for the card's owner. */
const NEEDS_OWNER = "authentication_required";

/**
 * An automatic top-up that was not paid: it ends, and with it all further ones until a person sets them going again.
 * @returns false when it had ended before
 */
export async function failRecharge(
  tx: Executor,
  clock: Clock,
  rechargeId: string,
  reason: string,
): Promise<boolean> {
  const now = new Date(clock.nowMs());
  const needsOwner = reason === NEEDS_OWNER;
  const [row] = await tx
    .update(recharge)
    .set({ status: needsOwner ? "action_required" : "failed", reason, closedAt: now })
    .where(and(eq(recharge.id, rechargeId), eq(recharge.status, "pending")))
    .returning();
  if (!row) return false;
  const name = { organizationId: row.organizationId, orderId: row.orderId };
  await moveOrder(tx, { ...name, event: "declined" }, clock);
  await tx
    .update(autoRecharge)
    .set({ pausedReason: reason, pausedAt: now, pauseToldAt: null })
    .where(and(eq(autoRecharge.organizationId, row.organizationId), isNull(autoRecharge.pausedReason)));
  await emitEvent(tx, {
    organizationId: row.organizationId,
    type: needsOwner ? "auto_recharge.action_required" : "auto_recharge.failed",
    data: { recharge_id: row.id, amount_usd: toDecimalUsd(row.amountNanoUsd), status: row.status, reason },
  });
  return true;
}
