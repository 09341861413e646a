import { eq } from "drizzle-orm";
import { commitment, order } from "@/db/schema";
import type { Executor } from "@/server/platform/database";
import { newId } from "@/server/platform/ids";
import { toDecimalUsd, toWholeCents } from "@/server/platform/money";
import { COMMITMENT_PACK } from "../packs";
import { type Payment, type SettleDeps, settlePayment, type Verdict } from "../stripe/settle";
import { type CommitmentRow, tellOfCommitment } from "./commitments";
import { dayOf, mailOfCommitment } from "./mails";
import { periodOf } from "./terms";

/** An invoice of a subscription that is paid. */
export interface PeriodPayment extends Omit<Payment, "orderId" | "invoiceId"> {
  readonly commitmentId: string;
  readonly subscriptionId: string;
  readonly invoiceId: string;
  readonly periodStart: Date;
  readonly periodEnd: Date;
}

/**
 * Credits a period of a commitment, once per invoice: the period is an order of its own, settled like every other, and
 * the first of them begins the commitment. Every event that says "paid" comes here, in any order.
 */
export async function settlePeriod(tx: Executor, deps: SettleDeps, fact: PeriodPayment): Promise<Verdict> {
  const row = await lock(tx, fact.commitmentId);
  if (!row) return { outcome: "rejected", detail: `names ${fact.commitmentId}, which is no commitment` };
  const problem = mismatch(row, fact);
  if (problem) return { outcome: "rejected", detail: problem };
  const orderId = await provideOrder(tx, deps, row, fact);
  const verdict = await settlePayment(tx, deps, { ...fact, orderId });
  if (verdict.outcome === "applied") await beginOrRenew(tx, deps, row, fact);
  return verdict;
}

function mismatch(row: CommitmentRow, fact: PeriodPayment): string | null {
  if (row.organizationId !== fact.organizationId) return "is of another organization";
  if (row.acceptedByUserId === null) return `commitment ${row.id} is ${row.status}`;
  if (row.stripeSubscriptionId !== null && row.stripeSubscriptionId !== fact.subscriptionId)
    return `${fact.subscriptionId} is not the subscription of ${row.id}`;
  const price = periodOf(row)?.priceNanoUsd ?? 0n;
  if (BigInt(fact.amountCents) !== toWholeCents(price))
    return `${fact.amountCents} cents arrived for a period of ${toDecimalUsd(price)} USD`;
  return null;
}

/** The order of a period. Its attempt key has a colon, which no browser's can have. */
async function provideOrder(
  tx: Executor,
  { clock }: SettleDeps,
  row: CommitmentRow,
  fact: PeriodPayment,
): Promise<string> {
  const period = periodOf(row);
  if (!period || row.acceptedByUserId === null) throw new Error(`commitment ${row.id} has no period`);
  const [made] = await tx
    .insert(order)
    .values({
      id: newId("order"),
      organizationId: row.organizationId,
      createdByUserId: row.acceptedByUserId,
      pack: COMMITMENT_PACK,
      amountNanoUsd: period.priceNanoUsd,
      bonusNanoUsd: period.creditNanoUsd - period.priceNanoUsd,
      commitmentId: row.id,
      status: "approved",
      paymentMethod: row.payBy === "card" ? "card" : "invoice",
      attemptKey: `invoice:${fact.invoiceId}`,
      createdAt: new Date(clock.nowMs()),
    })
    .onConflictDoNothing({ target: [order.organizationId, order.attemptKey] })
    .returning({ id: order.id });
  if (made) return made.id;
  const [known] = await tx
    .select({ id: order.id })
    .from(order)
    .where(eq(order.attemptKey, `invoice:${fact.invoiceId}`));
  if (!known) throw new Error(`invoice ${fact.invoiceId} has no order`);
  return known.id;
}

async function beginOrRenew(
  tx: Executor,
  { clock }: SettleDeps,
  row: CommitmentRow,
  fact: PeriodPayment,
): Promise<void> {
  const isNewest = !row.periodEnd || fact.periodEnd > row.periodEnd;
  const isFirst = row.startedAt === null;
  const [kept] = await tx
    .update(commitment)
    .set({
      stripeSubscriptionId: fact.subscriptionId,
      // A first invoice that is paid late is still the first period; what ended stays ended.
      startedAt: row.startedAt && row.startedAt < fact.periodStart ? row.startedAt : fact.periodStart,
      ...(isNewest && {
        periodStart: fact.periodStart,
        periodEnd: fact.periodEnd,
        invoiceUrl: fact.invoiceUrl,
      }),
      ...(row.status === "accepted" || (row.status === "past_due" && isNewest)
        ? { status: "active" as const }
        : {}),
    })
    .where(eq(commitment.id, row.id))
    .returning();
  const period = periodOf(row);
  if (!kept || !period) return;
  await tellOfCommitment(tx, isFirst ? "subscription.created" : "subscription.renewed", {
    ...kept,
    periodStart: fact.periodStart,
    periodEnd: fact.periodEnd,
  });
  await mailOfCommitment(tx, clock, isFirst ? "commitment_began" : "commitment_renewed", kept, {
    creditUsd: toDecimalUsd(period.creditNanoUsd),
    priceUsd: toDecimalUsd(period.priceNanoUsd),
    periodStart: dayOf(fact.periodStart),
    periodEnd: dayOf(fact.periodEnd),
    receiptUrl: fact.receiptUrl ?? fact.invoiceUrl ?? "",
  });
}

/** A subscription as Stripe described it when it was read. */
export interface SubscriptionFact {
  readonly id: string;
  readonly commitmentId: string;
  readonly organizationId: string | undefined;
  readonly livemode: boolean;
  /** Stripe's: incomplete, active, past_due, unpaid, canceled, … */
  readonly status: string;
  readonly cancelAt: Date | null;
  /** The newest invoice, where it can be paid. */
  readonly invoiceUrl: string | null;
  readonly readAt: Date;
}

const ENDED = ["canceled", "incomplete_expired"];
const LATE = ["past_due", "unpaid"];

/**
 * Brings a commitment to what Stripe says of its subscription: late, in order again, or over. What is paid is not decided
 * here. An older reading changes nothing: every change at Stripe is told by an event, which reads anew.
 */
export async function followSubscription(
  tx: Executor,
  deps: SettleDeps,
  fact: SubscriptionFact,
): Promise<Verdict> {
  const row = await lock(tx, fact.commitmentId);
  if (!row) return { outcome: "rejected", detail: `names ${fact.commitmentId}, which is no commitment` };
  if (fact.livemode !== deps.livemode) return { outcome: "rejected", detail: `livemode is ${fact.livemode}` };
  if (row.organizationId !== fact.organizationId)
    return { outcome: "rejected", detail: "is of another organization" };
  if (row.stripeSubscriptionId !== null && row.stripeSubscriptionId !== fact.id)
    return { outcome: "rejected", detail: `${fact.id} is not the subscription of ${row.id}` };
  const isOver = ENDED.includes(fact.status);
  if (row.status === "canceled" || row.acceptedByUserId === null)
    return isOver || fact.cancelAt !== null
      ? { outcome: "ignored", detail: "ended before" }
      : { outcome: "rejected", detail: `${fact.id} runs at Stripe and ${row.id} is ${row.status}` };
  if (row.readAt && row.readAt > fact.readAt)
    return { outcome: "ignored", detail: "a newer reading was applied" };
  const status = nextStatus(row, fact.status);
  const [kept] = await tx
    .update(commitment)
    .set({
      stripeSubscriptionId: fact.id,
      status,
      readAt: fact.readAt,
      ...(fact.cancelAt ? { endsAt: fact.cancelAt } : {}),
      ...(fact.invoiceUrl ? { invoiceUrl: fact.invoiceUrl } : {}),
      ...(isOver ? { endedAt: new Date(deps.clock.nowMs()) } : {}),
    })
    .where(eq(commitment.id, row.id))
    .returning();
  if (!kept || status === row.status) return { outcome: "ignored", detail: `stays ${row.status}` };
  if (status === "past_due") {
    await tellOfCommitment(tx, "subscription.past_due", kept);
    await mailOfCommitment(tx, deps.clock, "commitment_past_due", kept, {
      invoiceUrl: kept.invoiceUrl ?? "",
    });
  }
  if (status === "canceled") {
    await tellOfCommitment(tx, "subscription.canceled", kept);
    await mailOfCommitment(tx, deps.clock, "commitment_canceled", kept);
  }
  return { outcome: "applied" };
}

/** One that was accepted begins with its first payment only, whatever Stripe calls it meanwhile. */
function nextStatus(row: CommitmentRow, theirs: string): CommitmentRow["status"] {
  if (ENDED.includes(theirs)) return "canceled";
  if (row.status === "accepted") return "accepted";
  return LATE.includes(theirs) ? "past_due" : "active";
}

async function lock(tx: Executor, commitmentId: string): Promise<CommitmentRow | null> {
  const [row] = await tx.select().from(commitment).where(eq(commitment.id, commitmentId)).for("update");
  return row ?? null;
}
