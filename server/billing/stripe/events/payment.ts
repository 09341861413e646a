import type Stripe from "stripe";
import type { Executor } from "@/server/platform/database";
import { settlePeriod } from "../../commitments/follow";
import type { StripeAccess } from "../access";
import { organizationOfCustomer } from "../customer";
import { lockOrderOf, type OrderRow } from "../money-back";
import { settlePayment, toPayment, type Verdict } from "../settle";
import { type EventDeps, idOf } from "./handler";
import { INVOICE_EXPAND, toPeriodPayment } from "./subscription";

/** A payment intent as it is now, with its charge. */
export function readIntent(stripe: StripeAccess, id: string): Promise<Stripe.PaymentIntent> {
  return stripe.api.paymentIntents.retrieve(id, { expand: ["latest_charge"] });
}

/** A payment as it is now, and the invoice that it paid when it names no order itself: one of a subscription. */
export interface PlacedPayment {
  readonly intent: Stripe.PaymentIntent;
  readonly invoice: Stripe.Invoice | null;
}

/** What {@link paidOrderOf} needs, fetched before the transaction. */
export async function readPayment({ api, ...rest }: StripeAccess, id: string): Promise<PlacedPayment> {
  const intent = await readIntent({ api, ...rest }, id);
  if (intent.metadata.order_id || !intent.customer) return { intent, invoice: null };
  const { data } = await api.invoicePayments.list({
    payment: { type: "payment_intent", payment_intent: id },
    limit: 1,
  });
  const invoiceId = idOf(data[0]?.invoice);
  const invoice = invoiceId ? await api.invoices.retrieve(invoiceId, INVOICE_EXPAND) : null;
  return { intent, invoice };
}

/**
 * The order whose money an event moves, credited first if the event of its payment has not come yet.
 * @returns a verdict when there is none
 * @throws Error for a payment of our customer that cannot be placed yet: Stripe sends the event again later
 */
export async function paidOrderOf(
  tx: Executor,
  deps: EventDeps,
  { intent, invoice }: PlacedPayment,
): Promise<OrderRow | Verdict> {
  const known = await lockOrderOf(tx, intent.id);
  if (known) return known;
  const period = invoice && toPeriodPayment(invoice, intent);
  const verdict = period
    ? await settlePeriod(tx, deps, period)
    : await settlePayment(tx, deps, toPayment(intent));
  const settled = await lockOrderOf(tx, intent.id);
  if (settled) return settled;
  if (verdict.outcome === "rejected") return verdict;
  const customer = idOf(intent.customer);
  if (customer && (await organizationOfCustomer(tx, customer)))
    throw new Error(`payment ${intent.id} is of a customer of ours and not placed yet`);
  return { outcome: "ignored", detail: "a payment that is not ours" };
}

export const isVerdict = (found: OrderRow | Verdict): found is Verdict => "outcome" in found;
