import { and, eq, ne } from "drizzle-orm";
import { dispute } from "@/db/schema";
import { SYSTEM_ACTOR } from "@/server/audit";
import { moveOutside } from "@/server/ledger";
import { resumeOrganization, suspendOrganization } from "@/server/organizations";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { fromCents } from "@/server/platform/money";
import { mailOfOrder } from "../order-mails";
import { tellOf } from "../orders";
import { type OrderRow, refreshStatus } from "./money-back";
import { debitOrder, recreditOrder } from "./order-money";

export interface DisputeFact {
  readonly id: string;
  readonly amountCents: number;
  /** Stripe's status: needs_response, under_review, won, lost, warning_… */
  readonly status: string;
}

/**
 * Brings a dispute to what Stripe says of it now: an open one freezes its amount and stops the organization's keys, a won
 * one gives both back, a lost one takes the amount away. What the balance cannot carry is a debt. Repeatable, in any order.
 * @returns whether anything changed, or a sentence about what a person must look at
 */
export async function applyDispute(
  tx: Executor,
  clock: Clock,
  own: OrderRow,
  fact: DisputeFact,
): Promise<boolean | string> {
  // An inquiry of the bank: no money was taken, and none is frozen.
  if (fact.status.startsWith("warning_")) return false;
  const amountNanoUsd = fromCents(BigInt(fact.amountCents));
  const [opened] = await tx
    .insert(dispute)
    .values({
      id: fact.id,
      organizationId: own.organizationId,
      orderId: own.id,
      amountNanoUsd,
      status: "open",
      createdAt: new Date(clock.nowMs()),
    })
    .onConflictDoNothing()
    .returning();
  if (opened) {
    await debitOrder(tx, own, {
      kind: "dispute",
      source: fact.id,
      amountNanoUsd,
      to: "frozen",
      mayOwe: true,
      memo: own.id,
    });
    await tellOf(tx, "order.disputed", own.organizationId, { ...own, status: "disputed" });
    await mailOfOrder(tx, clock, "order_disputed", { ...own, amountNanoUsd });
  }
  const hasEnded = fact.status === "won" || fact.status === "lost";
  const [ended] = hasEnded
    ? await tx
        .update(dispute)
        .set({ status: fact.status === "won" ? "won" : "lost", closedAt: new Date(clock.nowMs()) })
        .where(and(eq(dispute.id, fact.id), eq(dispute.status, "open")))
        .returning()
    : [];
  if (ended?.status === "won")
    await recreditOrder(tx, own, {
      kind: "dispute_reinstated",
      source: fact.id,
      amountNanoUsd: ended.amountNanoUsd,
    });
  if (ended?.status === "lost")
    await moveOutside(tx, {
      organizationId: own.organizationId,
      source: fact.id,
      amountNanoUsd: ended.amountNanoUsd,
      kind: "dispute_lost",
      from: "frozen",
      to: "clearing",
    });
  if (ended)
    await mailOfOrder(tx, clock, "dispute_closed", { ...own, amountNanoUsd }, { outcome: ended.status });
  await refreshStatus(tx, own);
  if (opened || ended) await freezeOrThaw(tx, clock, own.organizationId, fact.id);
  if (hasEnded && !ended) return overturned(tx, fact);
  return Boolean(opened ?? ended);
}

/** The bank changed its mind after it had decided: nothing is moved by itself. */
async function overturned(tx: Executor, fact: DisputeFact): Promise<boolean | string> {
  const [row] = await tx.select().from(dispute).where(eq(dispute.id, fact.id));
  return row && row.status !== fact.status
    ? `dispute ${fact.id} was ${row.status} and is ${fact.status} now`
    : false;
}

/** Keys stand still while any dispute of the organization is open or lost; after a lost one an operator decides. */
async function freezeOrThaw(
  tx: Executor,
  clock: Clock,
  organizationId: string,
  disputeId: string,
): Promise<void> {
  const [against] = await tx
    .select({ id: dispute.id })
    .from(dispute)
    .where(and(eq(dispute.organizationId, organizationId), ne(dispute.status, "won")))
    .limit(1);
  const change = { organizationId, by: SYSTEM_ACTOR, for: "dispute" as const };
  if (against) await suspendOrganization(tx, clock, { ...change, reason: `Dispute ${disputeId}` });
  else await resumeOrganization(tx, clock, { ...change, reason: `Dispute ${disputeId} was won` });
}
