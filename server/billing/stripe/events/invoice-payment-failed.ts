import { handle } from "./handler";
import { follow, subscriptionOf } from "./subscription";

/** A payment of an invoice was declined. The invoice stays open at Stripe, and so does the order; a commitment is late. */
export const invoicePaymentFailed = handle("invoice.payment_failed", async (event, deps) => {
  const invoice = event.data.object;
  const subscription = subscriptionOf(invoice);
  if (subscription) return follow(subscription.id, deps);
  return () =>
    Promise.resolve({
      outcome: "ignored",
      detail: "the invoice stays open",
      orderId: invoice.metadata?.order_id,
    });
});
