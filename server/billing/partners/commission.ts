import { and, eq, sql } from "drizzle-orm";
import { commission, type order, partner, referral } from "@/db/schema";
import { moveOutside } from "@/server/ledger";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { addMonthsUtc } from "../commitments/terms";
import { lockPartner } from "./lock";

const DAY_MS = 24 * 60 * 60 * 1_000;

type PaidOrder = Pick<typeof order.$inferSelect, "id" | "organizationId" | "amountNanoUsd">;

/**
 * What a paid order earns the partner who referred its organization, in the transaction of the payment. Once per order:
 * the row is its own, and so is the ledger's transfer.
 */
export async function earnCommission(tx: Executor, clock: Clock, paid: PaidOrder): Promise<void> {
  const [found] = await tx
    .select({ partner, referredAt: referral.createdAt })
    .from(referral)
    .innerJoin(partner, eq(partner.organizationId, referral.partnerOrganizationId))
    .where(and(eq(referral.organizationId, paid.organizationId), eq(partner.isActive, true)));
  if (!found) return;
  const { partner: rules, referredAt } = found;
  if (addMonthsUtc(referredAt, rules.commissionMonths).getTime() <= clock.nowMs()) return;
  if (await sharesMember(tx, rules.organizationId, paid.organizationId)) return;
  const amountNanoUsd = (paid.amountNanoUsd * BigInt(rules.commissionBasisPoints)) / 10_000n;
  if (amountNanoUsd === 0n) return;
  const [earned] = await tx
    .insert(commission)
    .values({
      orderId: paid.id,
      partnerOrganizationId: rules.organizationId,
      amountNanoUsd,
      availableAt: new Date(clock.nowMs() + rules.holdDays * DAY_MS),
      createdAt: new Date(clock.nowMs()),
    })
    .onConflictDoNothing()
    .returning();
  if (!earned) return;
  await moveOutside(tx, {
    organizationId: rules.organizationId,
    kind: "payout_earned",
    source: paid.id,
    from: "commission",
    to: "payouts",
    amountNanoUsd,
  });
}

/** Somebody who is in both refers themselves. */
async function sharesMember(tx: Executor, one: string, other: string): Promise<boolean> {
  const { rows } = await tx.execute<{ shared: boolean }>(sql`
    SELECT EXISTS (SELECT 1 FROM member a JOIN member b ON b.user_id = a.user_id
      WHERE a.organization_id = ${one} AND b.organization_id = ${other}) AS shared`);
  return rows[0]?.shared === true;
}

export interface MoneyBack {
  /** The refund or dispute. */
  readonly source: string;
  /** How much of the order's price. */
  readonly amountNanoUsd: bigint;
}

/** Takes the commission of money that left an order again: the same share of it, rounded up. Once per refund or dispute. */
export async function reverseCommission(tx: Executor, own: PaidOrder, back: MoneyBack): Promise<void> {
  const [row] = await tx.select().from(commission).where(eq(commission.orderId, own.id)).for("update");
  if (!row) return;
  await lockPartner(tx, row.partnerOrganizationId);
  const share = (row.amountNanoUsd * back.amountNanoUsd + own.amountNanoUsd - 1n) / own.amountNanoUsd;
  const left = row.amountNanoUsd - row.reversedNanoUsd;
  const amountNanoUsd = share < left ? share : left;
  if (amountNanoUsd === 0n) return;
  const isNew = await moveOutside(tx, {
    organizationId: row.partnerOrganizationId,
    kind: "payout_reversed",
    source: back.source,
    from: "payouts",
    to: "commission",
    amountNanoUsd,
  });
  if (isNew) await setReversed(tx, own.id, row.reversedNanoUsd + amountNanoUsd);
}

/** The opposite: the money did not leave after all, and its commission is earned again. */
export async function restoreCommission(
  tx: Executor,
  own: PaidOrder,
  { source }: Pick<MoneyBack, "source">,
): Promise<void> {
  const [row] = await tx.select().from(commission).where(eq(commission.orderId, own.id)).for("update");
  if (!row) return;
  const { rows } = await tx.execute<{ amount: bigint }>(sql`
    SELECT amount FROM transfer WHERE source = ${source} AND kind = 'payout_reversed'`);
  const amountNanoUsd = rows[0]?.amount ?? 0n;
  if (amountNanoUsd === 0n) return;
  const isNew = await moveOutside(tx, {
    organizationId: row.partnerOrganizationId,
    kind: "payout_earned",
    source,
    from: "commission",
    to: "payouts",
    amountNanoUsd,
  });
  if (isNew) await setReversed(tx, own.id, row.reversedNanoUsd - amountNanoUsd);
}

async function setReversed(tx: Executor, orderId: string, reversedNanoUsd: bigint): Promise<void> {
  await tx.update(commission).set({ reversedNanoUsd }).where(eq(commission.orderId, orderId));
}
