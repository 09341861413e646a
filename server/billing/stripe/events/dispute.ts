import { applyDispute } from "../dispute";
import { type Effect, type EventDeps, idOf, ignored } from "./handler";
import { isVerdict, paidOrderOf, readPayment } from "./payment";

/** All four events of a dispute do the same: the dispute is fetched, and our books follow what it is now. */
export async function followDispute(id: string, deps: EventDeps): Promise<Effect> {
  const found = await deps.stripe.api.disputes.retrieve(id);
  const intentId = idOf(found.payment_intent);
  if (!intentId) return ignored("a dispute without a payment intent");
  const payment = await readPayment(deps.stripe, intentId);
  return async (tx) => {
    const own = await paidOrderOf(tx, deps, payment);
    if (isVerdict(own)) return own;
    const fact = { id: found.id, amountCents: found.amount, status: found.status };
    const change = await applyDispute(tx, deps.clock, own, fact);
    if (typeof change === "string") return { outcome: "rejected", detail: change, orderId: own.id };
    return { outcome: change ? "applied" : "ignored", orderId: own.id };
  };
}
