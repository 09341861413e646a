import { type AuditActor, recordAudit } from "@/server/audit";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { toDecimalUsd } from "@/server/platform/money";
import type { BillingDeps } from "./create-order";
import { TRANSITIONS } from "./order-states";
import { moveOrder, type Order, readOrder } from "./orders";
import { AUTO_RECHARGE_PACK } from "./packs";
import { closeCheckout } from "./stripe/checkout";

export interface Withdrawal {
  readonly organizationId: string;
  readonly orderId: string;
  readonly by: AuditActor;
}

/**
 * Takes an order back that nobody has paid: it waits for approval, for its payment, or in review. Its checkout is closed
 * first, so that it cannot be paid afterwards. Repeated, and for an order that has lapsed, it is over all the same.
 * @param tx a transaction that holds no lock yet: the payment provider is asked in it
 * @throws AppError not_found, conflict (it is decided or paid, or charged by itself), service_unavailable
 */
export async function withdrawOrder(tx: Executor, deps: BillingDeps, input: Withdrawal): Promise<Order> {
  const before = await readOrder(tx, input, deps.clock);
  if (isOver(before)) return before;
  if (before.pack === AUTO_RECHARGE_PACK)
    throw new AppError("conflict", {
      message: "An automatic top-up is charged at once and cannot be withdrawn. Turn automatic top-ups off.",
    });
  if (!TRANSITIONS.withdrawn.from.includes(before.status)) throw tooLate(before);
  await closeCheckout(tx, deps, before.id);
  const moved = await moveOrder(tx, { ...input, event: "withdrawn" }, deps.clock);
  if (!moved) {
    const now = await readOrder(tx, input, deps.clock);
    if (isOver(now)) return now;
    throw tooLate(now);
  }
  await recordAudit(tx, deps.clock, {
    organizationId: input.organizationId,
    actor: input.by,
    action: "order.withdrawn",
    target: { kind: "order", id: moved.id, label: `$${toDecimalUsd(moved.amountNanoUsd)}` },
    before: { status: before.status },
    after: { status: moved.status },
  });
  return moved;
}

function isOver({ status }: Order): boolean {
  return status === "canceled" || status === "expired";
}

function tooLate({ status }: Order): AppError {
  const said =
    status === "approved"
      ? "Its invoice was sent already: leave it unpaid, or write to support."
      : `This order is ${status.replaceAll("_", " ")} already, and was left as it is.`;
  return new AppError("conflict", { message: said });
}
