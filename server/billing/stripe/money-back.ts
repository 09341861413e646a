import { and, eq, inArray, ne, sql } from "drizzle-orm";
import { order, refund } from "@/db/schema";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { newId } from "@/server/platform/ids";
import { fromCents, toDecimalUsd } from "@/server/platform/money";
import { mailOfOrder } from "../order-mails";
import { type OrderStatus, PAID_STATUSES } from "../order-states";
import { tellOf } from "../orders";
import { debitOrder, recreditOrder } from "./order-money";

export type OrderRow = typeof order.$inferSelect;

/** What Stripe says of a refund. */
export interface RefundFact {
  readonly id: string;
  readonly amountCents: number;
  readonly status: string | null;
  readonly failureReason: string | null;
  /** Our own id of it; none for a refund made by hand at Stripe. */
  readonly ownId: string | undefined;
}

/** The order that a payment intent paid, locked: what happens to its money happens one after another. */
export async function lockOrderOf(tx: Executor, paymentIntentId: string): Promise<OrderRow | null> {
  const [row] = await tx
    .select()
    .from(order)
    .where(eq(order.stripePaymentIntentId, paymentIntentId))
    .for("update");
  return row ?? null;
}

/**
 * Brings a refund to what Stripe says of it. One that we did not ask for is taken from the balance now, as a debt where
 * the balance cannot carry it: the money has left. Repeatable, in any order.
 * @returns whether anything changed
 */
export async function applyRefund(
  tx: Executor,
  clock: Clock,
  own: OrderRow,
  fact: RefundFact,
): Promise<boolean> {
  const isFailed = fact.status === "failed" || fact.status === "canceled";
  const known = await knownRefund(tx, own, fact);
  if (!known && isFailed) {
    // Kept, so that an older event of the same refund, on its way still, does not take its money.
    await tx.insert(refund).values({ ...foreignRefund(clock, own, fact), status: "failed" });
    return false;
  }
  const row = known ?? (await takeForeignRefund(tx, clock, own, fact));
  if (row.stripeRefundId === null)
    await tx.update(refund).set({ stripeRefundId: fact.id }).where(eq(refund.id, row.id));
  if (isFailed) return reverseRefund(tx, clock, own, row.id, fact.failureReason ?? "failed at the bank");
  if (fact.status !== "succeeded" || row.status !== "pending") return !known;
  await tx
    .update(refund)
    .set({ status: "succeeded", closedAt: new Date(clock.nowMs()) })
    .where(and(eq(refund.id, row.id), eq(refund.status, "pending")));
  return true;
}

async function knownRefund(tx: Executor, own: OrderRow, fact: RefundFact) {
  const [byStripe] = await tx.select().from(refund).where(eq(refund.stripeRefundId, fact.id));
  if (byStripe || !fact.ownId) return byStripe;
  const [byOwn] = await tx
    .select()
    .from(refund)
    .where(and(eq(refund.id, fact.ownId), eq(refund.orderId, own.id)));
  return byOwn;
}

function foreignRefund(clock: Clock, own: OrderRow, fact: RefundFact) {
  return {
    id: newId("refund"),
    organizationId: own.organizationId,
    orderId: own.id,
    amountNanoUsd: fromCents(BigInt(fact.amountCents)),
    status: "pending" as const,
    stripeRefundId: fact.id,
    reason: "made at Stripe",
    createdAt: new Date(clock.nowMs()),
  };
}

async function takeForeignRefund(tx: Executor, clock: Clock, own: OrderRow, fact: RefundFact) {
  const values = foreignRefund(clock, own, fact);
  await tx.insert(refund).values(values);
  await debitOrder(tx, own, {
    kind: "refund",
    source: values.id,
    amountNanoUsd: values.amountNanoUsd,
    to: "clearing",
    mayOwe: true,
    memo: fact.id,
  });
  await refreshStatus(tx, own);
  await tellOf(tx, "order.refunded", own.organizationId, { ...own, status: await statusOf(tx, own) });
  await mailOfOrder(tx, clock, "order_refunded", own, { refundUsd: toDecimalUsd(values.amountNanoUsd) });
  return values;
}

/** The money of a refund that did not arrive goes back to the balance. Once, however often it is called. */
export async function reverseRefund(
  tx: Executor,
  clock: Clock,
  own: OrderRow,
  refundId: string,
  reason: string,
): Promise<boolean> {
  const [row] = await tx
    .update(refund)
    .set({ status: "failed", reason, closedAt: new Date(clock.nowMs()) })
    .where(and(eq(refund.id, refundId), ne(refund.status, "failed")))
    .returning();
  if (!row) return false;
  await recreditOrder(tx, own, {
    kind: "refund_reversed",
    source: row.id,
    amountNanoUsd: row.amountNanoUsd,
    memo: reason,
  });
  await refreshStatus(tx, own);
  await mailOfOrder(tx, clock, "refund_failed", own, { refundUsd: toDecimalUsd(row.amountNanoUsd) });
  return true;
}

async function statusOf(tx: Executor, own: OrderRow): Promise<OrderStatus> {
  const { rows } = await tx.execute<{ refunded: bigint; disputes: bigint }>(sql`
    SELECT (SELECT coalesce(sum(r.amount_nano_usd), 0)::bigint FROM refund r
        WHERE r.order_id = ${own.id} AND r.status <> 'failed') AS refunded,
      (SELECT count(*) FROM dispute d WHERE d.order_id = ${own.id} AND d.status <> 'won') AS disputes`);
  const { refunded = 0n, disputes = 0n } = rows[0] ?? {};
  if (disputes > 0n) return "disputed";
  if (refunded >= own.amountNanoUsd) return "refunded";
  return refunded > 0n ? "partially_refunded" : "paid";
}

/** The status of a paid order follows what became of its money. The caller holds the order's lock. */
export async function refreshStatus(tx: Executor, own: OrderRow): Promise<OrderStatus> {
  const status = await statusOf(tx, own);
  await tx
    .update(order)
    .set({ status })
    .where(and(eq(order.id, own.id), inArray(order.status, [...PAID_STATUSES])));
  return status;
}
