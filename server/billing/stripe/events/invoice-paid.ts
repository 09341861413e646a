import { settlePayment, toPayment } from "../settle";
import { handle, ignored } from "./handler";
import { readIntent } from "./payment";
import { INVOICE_EXPAND, intentOf, settleInvoice, subscriptionOf } from "./subscription";

/** An invoice is paid: of a commitment's period, of an approved order, or the one that a checkout writes afterwards. */
export const invoicePaid = handle("invoice.paid", async (event, deps) => {
  const invoice = await deps.stripe.api.invoices.retrieve(event.data.object.id, INVOICE_EXPAND);
  if (invoice.status !== "paid") return ignored(`invoice is ${invoice.status}`);
  const intentId = intentOf(invoice);
  const intent = intentId ? await readIntent(deps.stripe, intentId) : null;
  if (subscriptionOf(invoice)) return settleInvoice(invoice, intent, deps);
  if (!invoice.metadata?.order_id) return ignored("names no order of ours");
  if (intent) return (tx) => settlePayment(tx, deps, toPayment(intent, invoice));
  // Paid past Stripe, by a transfer that somebody confirmed there.
  return (tx) =>
    settlePayment(tx, deps, {
      orderId: invoice.metadata?.order_id,
      organizationId: invoice.metadata?.organization_id,
      paymentIntentId: null,
      invoiceId: invoice.id ?? null,
      amountCents: invoice.total,
      currency: invoice.currency,
      livemode: invoice.livemode,
      invoiceUrl: invoice.hosted_invoice_url ?? null,
      receiptUrl: null,
    });
});
