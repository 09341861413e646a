import { applyRefund } from "../money-back";
import { toRefundFact } from "../refund";
import { handle, idOf, ignored } from "./handler";
import { isVerdict, paidOrderOf, readPayment } from "./payment";

/** The bank sent a refund back: the balance gets the money again. */
export const refundFailed = handle("refund.failed", async (event, deps) => {
  const found = await deps.stripe.api.refunds.retrieve(event.data.object.id);
  const intentId = idOf(found.payment_intent);
  if (!intentId) return ignored("a refund without a payment intent");
  const payment = await readPayment(deps.stripe, intentId);
  return async (tx) => {
    const own = await paidOrderOf(tx, deps, payment);
    if (isVerdict(own)) return own;
    const hasChanged = await applyRefund(tx, deps.clock, own, toRefundFact(found));
    return { outcome: hasChanged ? "applied" : "ignored", orderId: own.id };
  };
});
