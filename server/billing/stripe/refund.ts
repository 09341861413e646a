import { and, eq, lt, sql } from "drizzle-orm";
import type Stripe from "stripe";
import { order, refund } from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
import type { Database, Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { newId } from "@/server/platform/ids";
import { type NanoUsd, toDecimalUsd, toWholeCents } from "@/server/platform/money";
import type { BillingDeps } from "../create-order";
import { mailOfOrder } from "../order-mails";
import { PAID_STATUSES } from "../order-states";
import { tellOf } from "../orders";
import { isUndecided, required, type StripeAccess } from "./access";
import { applyRefund, type OrderRow, type RefundFact, refreshStatus, reverseRefund } from "./money-back";
import { debitOrder } from "./order-money";

/** A refund that Stripe was not asked for by then is asked for again by the job. */
const RETRY_AFTER_MS = 60_000;
const BATCH = 20;

export interface RefundRequest {
  readonly orderId: string;
  /** Null: all that was not refunded yet. */
  readonly amountNanoUsd: NanoUsd | null;
  readonly reason: string | null;
  readonly by: AuditActor;
}

export interface RefundResult {
  readonly refundId: string;
  readonly amountNanoUsd: NanoUsd;
  /** pending: taken from the balance, and Stripe has not answered yet. failed: the balance has it again. */
  readonly status: "pending" | "succeeded" | "failed";
}

/**
 * Refunds unspent money of a paid order: taken from the balance first, then Stripe is asked with the refund's id as
 * idempotency key, and the balance gets it back if Stripe says no.
 * @throws AppError not_found, conflict (not paid by Stripe, more than is left of the order or of the balance),
 *   service_unavailable (Stripe is not configured)
 */
export async function refundOrder(
  db: Database,
  deps: BillingDeps,
  request: RefundRequest,
): Promise<RefundResult> {
  const stripe = required(deps.stripe);
  const taken = await db.transaction((tx) => takeRefund(tx, deps, request));
  return askForRefund(db, deps, stripe, taken);
}

async function takeRefund(tx: Executor, deps: BillingDeps, request: RefundRequest) {
  const [own] = await tx.select().from(order).where(eq(order.id, request.orderId)).for("update");
  if (!own) throw new AppError("not_found", { message: "There is no such order." });
  if (!PAID_STATUSES.includes(own.status) || own.stripePaymentIntentId === null)
    throw new AppError("conflict", {
      message: `The order is ${own.status} and has no payment at Stripe to refund.`,
    });
  if (own.status === "disputed")
    throw new AppError("conflict", {
      message: "The payment is disputed: the bank decides where its money goes.",
    });
  const amountNanoUsd = await amountToRefund(tx, own, request.amountNanoUsd);
  const values = {
    id: newId("refund"),
    organizationId: own.organizationId,
    orderId: own.id,
    amountNanoUsd,
    status: "pending" as const,
    reason: request.reason,
    createdAt: new Date(deps.clock.nowMs()),
  };
  await tx.insert(refund).values(values);
  const debit = await debitOrder(tx, own, {
    kind: "refund",
    source: values.id,
    amountNanoUsd,
    to: "clearing",
    mayOwe: false,
    memo: own.id,
  });
  if (debit.verdict !== "taken")
    throw new AppError("conflict", {
      message: `Only unspent money can be refunded. Of this balance that is $${toDecimalUsd(
        debit.verdict === "insufficient" ? debit.availableNanoUsd : 0n,
      )}.`,
    });
  const status = await refreshStatus(tx, own);
  await tellOf(tx, "order.refunded", own.organizationId, { ...own, status });
  await mailOfOrder(tx, deps.clock, "order_refunded", own, { refundUsd: toDecimalUsd(amountNanoUsd) });
  await recordAudit(tx, deps.clock, {
    organizationId: own.organizationId,
    actor: request.by,
    action: "order.refunded",
    target: { kind: "order", id: own.id, label: own.id },
    before: { status: own.status },
    after: { status, refundId: values.id, amountUsd: toDecimalUsd(amountNanoUsd), reason: request.reason },
  });
  return { ...values, paymentIntentId: own.stripePaymentIntentId };
}

async function amountToRefund(tx: Executor, own: OrderRow, wanted: NanoUsd | null): Promise<NanoUsd> {
  const { rows } = await tx.execute<{ refunded: bigint }>(sql`
    SELECT coalesce(sum(amount_nano_usd), 0)::bigint AS refunded FROM refund
    WHERE order_id = ${own.id} AND status <> 'failed'`);
  const left = own.amountNanoUsd - (rows[0]?.refunded ?? 0n);
  const amount = wanted ?? left;
  if (amount <= 0n || amount > left || toWholeCents(amount) === null)
    throw new AppError("conflict", {
      message: `Of this order $${toDecimalUsd(left)} can be refunded, in whole cents.`,
    });
  return amount;
}

interface TakenRefund {
  readonly id: string;
  readonly orderId: string;
  readonly amountNanoUsd: NanoUsd;
  readonly paymentIntentId: string;
}

async function askForRefund(
  db: Database,
  deps: BillingDeps,
  stripe: StripeAccess,
  taken: TakenRefund,
): Promise<RefundResult> {
  const answer = await stripe.api.refunds
    .create(
      {
        payment_intent: taken.paymentIntentId,
        amount: Number(toWholeCents(taken.amountNanoUsd)),
        reason: "requested_by_customer",
        metadata: { refund_id: taken.id, order_id: taken.orderId },
      },
      { idempotencyKey: taken.id },
    )
    .catch((reason: unknown) => (isUndecided(reason) ? null : String(reason)));
  if (answer !== null) await recordAnswer(db, deps, taken, answer);
  const [row] = await db.select().from(refund).where(eq(refund.id, taken.id));
  return { refundId: taken.id, amountNanoUsd: taken.amountNanoUsd, status: row?.status ?? "pending" };
}

/** Books what Stripe answered: a refund, or why there is none. */
async function recordAnswer(
  db: Database,
  { clock }: BillingDeps,
  taken: Pick<TakenRefund, "id" | "orderId">,
  answer: Stripe.Refund | string,
): Promise<void> {
  await db.transaction(async (tx) => {
    const [own] = await tx.select().from(order).where(eq(order.id, taken.orderId)).for("update");
    if (!own) return;
    if (typeof answer === "string") await reverseRefund(tx, clock, own, taken.id, answer);
    else await applyRefund(tx, clock, own, toRefundFact(answer));
  });
}

/** Asks Stripe again for refunds that it has not answered: its answer was lost, or the process died in between. */
export async function retryRefunds(db: Database, deps: BillingDeps): Promise<number> {
  if (!deps.stripe) return 0;
  const rows = await db
    .select({
      id: refund.id,
      orderId: refund.orderId,
      amountNanoUsd: refund.amountNanoUsd,
      paymentIntentId: order.stripePaymentIntentId,
    })
    .from(refund)
    .innerJoin(order, eq(order.id, refund.orderId))
    .where(
      and(
        eq(refund.status, "pending"),
        sql`${refund.stripeRefundId} IS NULL`,
        lt(refund.createdAt, new Date(deps.clock.nowMs() - RETRY_AFTER_MS)),
      ),
    )
    .limit(BATCH);
  for (const { paymentIntentId, ...row } of rows) {
    if (!paymentIntentId) continue;
    // Looked for first: an idempotency key is forgotten after a day, and the refund would be made twice.
    const made = await madeRefund(deps.stripe, paymentIntentId, row.id).catch(() => undefined);
    if (made === undefined) continue;
    if (made) await recordAnswer(db, deps, row, made);
    else await askForRefund(db, deps, deps.stripe, { ...row, paymentIntentId });
  }
  return rows.length;
}

async function madeRefund(stripe: StripeAccess, paymentIntentId: string, refundId: string) {
  const { data } = await stripe.api.refunds.list({ payment_intent: paymentIntentId, limit: 100 });
  return data.find((made) => made.metadata?.refund_id === refundId) ?? null;
}

export function toRefundFact(found: Stripe.Refund): RefundFact {
  return {
    id: found.id,
    amountCents: found.amount,
    status: found.status,
    failureReason: found.failure_reason ?? null,
    ownId: found.metadata?.refund_id,
  };
}
