import type Stripe from "stripe";
import type { Executor } from "@/server/platform/database";
import type { PeriodPayment, SubscriptionFact } from "../../commitments/follow";
import { followSubscription, settlePeriod } from "../../commitments/follow";
import type { Verdict } from "../settle";
import { type Effect, type EventDeps, idOf, ignored } from "./handler";

/** The invoice with what paid it. */
export const INVOICE_EXPAND = { expand: ["payments"] };

/** What an invoice says of the subscription that wrote it; null for every other invoice. */
export function subscriptionOf(invoice: Stripe.Invoice): { id: string; commitmentId: string } | null {
  const details = invoice.parent?.subscription_details;
  const commitmentId = details?.metadata?.commitment_id;
  const id = idOf(details?.subscription);
  return id && commitmentId ? { id, commitmentId } : null;
}

export function intentOf(invoice: Stripe.Invoice): string | null {
  return idOf(
    invoice.payments?.data.find(({ payment }) => payment.type === "payment_intent")?.payment.payment_intent,
  );
}

/** A paid invoice of a commitment as the period that it pays; null while it is not, or for what is none of ours. */
export function toPeriodPayment(
  invoice: Stripe.Invoice,
  intent: Stripe.PaymentIntent | null,
): PeriodPayment | null {
  const own = subscriptionOf(invoice);
  const period = invoice.lines.data[0]?.period;
  if (!own || !invoice.id || invoice.status !== "paid" || !period) return null;
  const charge = typeof intent?.latest_charge === "object" ? intent.latest_charge : null;
  return {
    commitmentId: own.commitmentId,
    subscriptionId: own.id,
    organizationId: invoice.parent?.subscription_details?.metadata?.organization_id,
    invoiceId: invoice.id,
    paymentIntentId: intent?.id ?? null,
    amountCents: invoice.amount_paid,
    currency: invoice.currency,
    livemode: invoice.livemode,
    invoiceUrl: invoice.hosted_invoice_url ?? null,
    receiptUrl: charge?.receipt_url ?? null,
    periodStart: new Date(period.start * 1_000),
    periodEnd: new Date(period.end * 1_000),
  };
}

/** The subscription of a commitment as it is now. Null: not one of ours. */
async function readSubscription(id: string, deps: EventDeps): Promise<SubscriptionFact | null> {
  const readAt = new Date(deps.clock.nowMs());
  const found = await deps.stripe.api.subscriptions.retrieve(id, { expand: ["latest_invoice"] });
  const { commitment_id: commitmentId, organization_id: organizationId } = found.metadata;
  if (!commitmentId) return null;
  const invoice = typeof found.latest_invoice === "object" ? found.latest_invoice : null;
  return {
    id: found.id,
    commitmentId,
    organizationId,
    livemode: found.livemode,
    status: found.status,
    cancelAt: found.cancel_at === null ? null : new Date(found.cancel_at * 1_000),
    invoiceUrl: invoice?.hosted_invoice_url ?? null,
    readAt,
  };
}

/** All events of a subscription do the same: it is fetched, and our commitment follows what it is now. */
export async function follow(id: string, deps: EventDeps): Promise<Effect> {
  const fact = await readSubscription(id, deps);
  if (!fact) return ignored("names no commitment of ours");
  return (tx) => followSubscription(tx, deps, fact);
}

/** A paid period, credited; and the commitment brought to what Stripe says of it. */
export async function settleInvoice(
  invoice: Stripe.Invoice,
  intent: Stripe.PaymentIntent | null,
  deps: EventDeps,
): Promise<Effect> {
  const fact = toPeriodPayment(invoice, intent);
  if (!fact) return ignored("pays no period of ours");
  const subscription = await readSubscription(fact.subscriptionId, deps);
  return async (tx: Executor): Promise<Verdict> => {
    const verdict = await settlePeriod(tx, deps, fact);
    if (subscription && verdict.outcome !== "rejected") await followSubscription(tx, deps, subscription);
    return verdict;
  };
}
