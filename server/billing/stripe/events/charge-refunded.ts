import { applyRefund } from "../money-back";
import { toRefundFact } from "../refund";
import { handle, idOf, ignored } from "./handler";
import { isVerdict, paidOrderOf, readPayment } from "./payment";

/** Money went back to the payer: asked for by us, or by hand at Stripe. All refunds of the payment are looked at. */
export const chargeRefunded = handle("charge.refunded", async (event, deps) => {
  const intentId = idOf(event.data.object.payment_intent);
  if (!intentId) return ignored("a charge without a payment intent");
  const payment = await readPayment(deps.stripe, intentId);
  const { data: refunds } = await deps.stripe.api.refunds.list({ payment_intent: intentId, limit: 100 });
  return async (tx) => {
    const own = await paidOrderOf(tx, deps, payment);
    if (isVerdict(own)) return own;
    let hasChanged = false;
    for (const found of refunds)
      hasChanged = (await applyRefund(tx, deps.clock, own, toRefundFact(found))) || hasChanged;
    return { outcome: hasChanged ? "applied" : "ignored", orderId: own.id };
  };
});
