import type Stripe from "stripe";
import type { OrderEvent } from "../../order-states";
import { moveOrder } from "../../orders";
import { settlePayment, toPayment } from "../settle";
import { type Effect, type EventDeps, ignored } from "./handler";

/** The order of a checkout that was paid, credited. A checkout whose payment is still under way changes nothing yet. */
export async function settleSession(id: string, deps: EventDeps): Promise<Effect> {
  const session = await deps.stripe.api.checkout.sessions.retrieve(id, {
    expand: ["payment_intent.latest_charge", "invoice"],
  });
  if (session.payment_status !== "paid") return ignored(`payment is ${session.payment_status}`);
  const { payment_intent: intent, invoice } = session;
  if (intent === null || typeof intent === "string") return ignored("a checkout without a payment");
  return (tx) => settlePayment(tx, deps, toPayment(intent, typeof invoice === "object" ? invoice : null));
}

/** The order of a checkout that ended without money. One that was paid meanwhile stays paid. */
export function endSession(session: Stripe.Checkout.Session, event: OrderEvent, deps: EventDeps): Effect {
  const orderId = session.metadata?.order_id;
  const organizationId = session.metadata?.organization_id;
  if (!orderId || !organizationId) return ignored("names no order of ours");
  return async (tx) => {
    const moved = await moveOrder(tx, { organizationId, orderId, event }, deps.clock);
    return { outcome: moved ? "applied" : "ignored", orderId };
  };
}
