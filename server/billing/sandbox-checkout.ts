import { creditBalance } from "@/server/ledger";
import type { Database } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import type { BillingDeps } from "./create-order";
import { mailOfOrder } from "./order-mails";
import { isPayable } from "./order-states";
import { moveOrder, type Order, readOrder } from "./orders";
import { earnCommission } from "./partners/commission";

interface OrderName {
  readonly organizationId: string;
  readonly orderId: string;
}

/**
 * Pays an order with play money. The order's step to `paid` and the credit are one transaction, the step is taken by one
 * caller only, and the ledger takes an order as a source once: any number of repeated or parallel calls credit once.
 * @throws AppError permission_denied (sandbox off), not_found, conflict (the order cannot be paid any more)
 */
export async function payOrder(db: Database, deps: BillingDeps, name: OrderName): Promise<Order> {
  await requireSandboxOrder(db, deps, name);
  return db.transaction(async (tx) => {
    const paid = await moveOrder(tx, { ...name, event: "paid" }, deps.clock);
    if (!paid) return settledOrder(await readOrder(tx, name, deps.clock), "paid");
    const isCredited = await creditBalance(tx, {
      organizationId: name.organizationId,
      kind: "top_up",
      bucket: "paid",
      source: paid.id,
      amountNanoUsd: paid.amountNanoUsd,
    });
    if (!isCredited) {
      throw new AppError("internal_error", {
        message: "The payment could not be booked. Nothing was changed.",
        internal: `order ${paid.id} was credited before it was paid`,
      });
    }
    await earnCommission(tx, deps.clock, { ...paid, organizationId: name.organizationId });
    await mailOfOrder(tx, deps.clock, "order_paid", { ...paid, organizationId: name.organizationId });
    return paid;
  });
}

/**
 * The other two ends of the sandbox checkout: the card is declined, or the buyer leaves. Nothing is credited.
 * @throws AppError permission_denied (sandbox off), not_found, conflict (the order has ended otherwise)
 */
export async function closeOrder(
  db: Database,
  deps: BillingDeps,
  input: OrderName & { readonly event: "declined" | "canceled" },
): Promise<Order> {
  await requireSandboxOrder(db, deps, input);
  const closed = await db.transaction((tx) => moveOrder(tx, input, deps.clock));
  if (closed) return closed;
  const status = input.event === "declined" ? "failed" : "canceled";
  return settledOrder(await readOrder(db, input, deps.clock), status);
}

async function requireSandboxOrder(db: Database, deps: BillingDeps, name: OrderName): Promise<void> {
  if (!deps.sandboxPayments) {
    throw new AppError("permission_denied", { message: "The sandbox checkout is switched off here." });
  }
  const order = await readOrder(db, name, deps.clock);
  if (order.paymentMethod !== "sandbox") {
    throw new AppError("conflict", { message: "This order is not paid at the sandbox checkout." });
  }
}

/** A repeated call finds its own outcome and gets it again; any other outcome is a conflict. */
function settledOrder(order: Order, wanted: Order["status"]): Order {
  if (order.status === wanted) return order;
  throw new AppError("conflict", {
    message: isPayable(order.status)
      ? "The order was changed at the same moment. Please try again."
      : `This order is ${order.status} already, and was left as it is.`,
  });
}
