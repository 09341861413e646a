import { and, eq, ne, sql } from "drizzle-orm";
import type Stripe from "stripe";
import { order, recharge } from "@/db/schema";
import { emitEvent } from "@/server/events";
import { creditBalance } from "@/server/ledger";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { toDecimalUsd, toWholeCents } from "@/server/platform/money";
import { mailOfOrder } from "../order-mails";
import { PAID_STATUSES } from "../order-states";
import { moveOrder } from "../orders";
import { earnCommission } from "../partners/commission";

/** What became of an event. rejected: it does not fit our own order, nothing was credited, and somebody has to look. */
export interface Verdict {
  readonly outcome: "applied" | "ignored" | "rejected";
  readonly detail?: string;
  readonly orderId?: string;
}

export interface SettleDeps {
  readonly clock: Clock;
  /** The mode of our own key. */
  readonly livemode: boolean;
}

/** Money that Stripe says has arrived. */
export interface Payment {
  readonly orderId: string | undefined;
  readonly organizationId: string | undefined;
  /** Null for an invoice that was paid past Stripe. */
  readonly paymentIntentId: string | null;
  readonly invoiceId: string | null;
  readonly amountCents: number;
  readonly currency: string;
  readonly livemode: boolean;
  readonly invoiceUrl: string | null;
  readonly receiptUrl: string | null;
}

/**
 * Credits the order that a payment pays, once: the order's step to `paid`, the ledger's uniqueness per order, and the
 * uniqueness of the payment intent are one transaction. Every event that says "paid" comes here, in any order.
 */
export async function settlePayment(tx: Executor, deps: SettleDeps, payment: Payment): Promise<Verdict> {
  if (!payment.orderId) return { outcome: "ignored", detail: "names no order of ours" };
  const [own] = await tx.select().from(order).where(eq(order.id, payment.orderId)).for("update");
  if (!own) return { outcome: "rejected", detail: `names ${payment.orderId}, which is no order` };
  const orderId = own.id;
  const problem = mismatch(own, deps, payment) ?? (await usedElsewhere(tx, orderId, payment));
  if (problem) return { outcome: "rejected", detail: problem, orderId };
  if (PAID_STATUSES.includes(own.status)) {
    if (own.stripePaymentIntentId !== payment.paymentIntentId)
      return {
        outcome: "rejected",
        detail: `second payment ${payment.paymentIntentId} of a paid order`,
        orderId,
      };
    await keepPages(tx, orderId, payment);
    return { outcome: "ignored", detail: "credited before", orderId };
  }
  await keepPages(tx, orderId, payment);
  await tx.update(order).set({ stripePaymentIntentId: payment.paymentIntentId }).where(eq(order.id, orderId));
  const name = { organizationId: own.organizationId, orderId };
  const paid = await moveOrder(tx, { ...name, event: "money_arrived" }, deps.clock);
  if (!paid) return { outcome: "rejected", detail: `paid while it was ${own.status}`, orderId };
  await creditOrder(tx, own, payment.paymentIntentId ?? payment.invoiceId ?? undefined);
  await earnCommission(tx, deps.clock, own);
  const isRecharge = await closeRecharge(tx, deps.clock, orderId);
  // A period of a commitment has a mail of its own, which names its credit too.
  if (own.commitmentId === null)
    await mailOfOrder(tx, deps.clock, "order_paid", own, {
      isRecharge: isRecharge ? "yes" : "no",
      receiptUrl: payment.receiptUrl ?? payment.invoiceUrl ?? "",
    });
  return { outcome: "applied", orderId };
}

/** What a paid order brings: paid money, or the committed money of a period with its discount. */
async function creditOrder(tx: Executor, own: typeof order.$inferSelect, memo?: string): Promise<void> {
  const credit = { organizationId: own.organizationId, source: own.id, memo };
  const amountNanoUsd = own.amountNanoUsd;
  if (own.commitmentId === null) {
    await creditBalance(tx, { ...credit, kind: "top_up", bucket: "paid", amountNanoUsd });
    return;
  }
  await creditBalance(tx, { ...credit, kind: "commitment", bucket: "committed", amountNanoUsd });
  if (own.bonusNanoUsd > 0n)
    await creditBalance(tx, {
      ...credit,
      kind: "commitment_discount",
      bucket: "committed",
      amountNanoUsd: own.bonusNanoUsd,
    });
}

function mismatch(own: typeof order.$inferSelect, deps: SettleDeps, payment: Payment): string | null {
  if (payment.livemode !== deps.livemode) return `livemode is ${payment.livemode}`;
  if (payment.currency !== "usd") return `currency is ${payment.currency}`;
  if (BigInt(payment.amountCents) !== toWholeCents(own.amountNanoUsd))
    return `${payment.amountCents} cents arrived for ${toDecimalUsd(own.amountNanoUsd)} USD`;
  if (payment.organizationId !== own.organizationId) return "is of another organization";
  if (own.paymentMethod === "sandbox") return "the order is one of the sandbox";
  return null;
}

async function usedElsewhere(
  tx: Executor,
  orderId: string,
  { paymentIntentId }: Payment,
): Promise<string | null> {
  if (paymentIntentId === null) return null;
  const [other] = await tx
    .select({ id: order.id })
    .from(order)
    .where(and(eq(order.stripePaymentIntentId, paymentIntentId), ne(order.id, orderId)));
  return other ? `${paymentIntentId} paid ${other.id} already` : null;
}

async function keepPages(
  tx: Executor,
  orderId: string,
  { invoiceId, invoiceUrl, receiptUrl }: Payment,
): Promise<void> {
  await tx
    .update(order)
    .set({
      stripeInvoiceId: sql`coalesce(${order.stripeInvoiceId}, ${invoiceId})`,
      invoiceUrl: sql`coalesce(${invoiceUrl}, ${order.invoiceUrl})`,
      receiptUrl: sql`coalesce(${receiptUrl}, ${order.receiptUrl})`,
    })
    .where(eq(order.id, orderId));
}

/** Ends the automatic top-up that this order was. @returns whether it was one */
async function closeRecharge(tx: Executor, clock: Clock, orderId: string): Promise<boolean> {
  const [row] = await tx
    .update(recharge)
    .set({ status: "succeeded", reason: null, closedAt: new Date(clock.nowMs()) })
    .where(and(eq(recharge.orderId, orderId), ne(recharge.status, "succeeded")))
    .returning();
  if (!row) return false;
  await emitEvent(tx, {
    organizationId: row.organizationId,
    type: "auto_recharge.succeeded",
    data: {
      recharge_id: row.id,
      amount_usd: toDecimalUsd(row.amountNanoUsd),
      status: row.status,
      reason: null,
    },
  });
  return true;
}

/** A payment intent with its charge, as a payment. */
export function toPayment(intent: Stripe.PaymentIntent, invoice: Stripe.Invoice | null = null): Payment {
  const charge = typeof intent.latest_charge === "object" ? intent.latest_charge : null;
  const metadata = intent.metadata.order_id ? intent.metadata : (invoice?.metadata ?? {});
  return {
    orderId: metadata.order_id,
    organizationId: metadata.organization_id,
    paymentIntentId: intent.id,
    invoiceId: invoice?.id ?? null,
    amountCents: intent.amount_received,
    currency: intent.currency,
    livemode: intent.livemode,
    invoiceUrl: invoice?.hosted_invoice_url ?? null,
    receiptUrl: charge?.receipt_url ?? null,
  };
}
