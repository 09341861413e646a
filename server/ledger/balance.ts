import { sql } from "drizzle-orm";
import type { Executor } from "@/server/platform/database";

export interface Credit {
  readonly organizationId: string;
  /**
   * top_up: money that came in from outside. grant: given by the platform. commitment: a paid period of a commitment;
   * commitment_discount: what is credited of it beyond what was paid.
   * refund_reversed, dispute_reinstated: money that had left and is back. payout_converted: commission kept as balance.
   */
  readonly kind:
    | "top_up"
    | "grant"
    | "commitment"
    | "commitment_discount"
    | "refund_reversed"
    | "dispute_reinstated"
    | "payout_converted";
  readonly bucket: "promotional" | "committed" | "paid";
  /** The fact behind it (an order id, a grant id); with the kind, credited exactly once. */
  readonly source: string;
  readonly amountNanoUsd: bigint;
  readonly memo?: string;
  /** Promotional money only: what is unspent then is taken back. Without it the money stays. */
  readonly expiresAt?: Date;
}

/**
 * Adds money in the caller's transaction. False when this (source, kind) was credited before: nothing changed.
 * @throws RangeError for an end of money that is not promotional
 */
export async function creditBalance(executor: Executor, credit: Credit): Promise<boolean> {
  if (credit.expiresAt && credit.bucket !== "promotional")
    throw new RangeError("only promotional money expires");
  const result = await executor.execute<{ credited: boolean }>(sql`
    SELECT credit_balance(${credit.organizationId}, ${credit.kind}, ${credit.bucket}, ${credit.source},
      ${credit.amountNanoUsd}, ${credit.memo ?? null}, ${credit.expiresAt?.toISOString() ?? null}) AS credited`);
  return result.rows[0]?.credited === true;
}

/** What an organization has, nano-USD. total = available + reserved; a debt is already subtracted. */
export interface BalanceReading {
  readonly totalNanoUsd: bigint;
  readonly availableNanoUsd: bigint;
  readonly reservedNanoUsd: bigint;
  readonly debtNanoUsd: bigint;
}

/** The balance as its owner sees it: leases are an inner matter and count as theirs until spent. */
export async function readBalance(executor: Executor, organizationId: string): Promise<BalanceReading> {
  const result = await executor.execute<{ own: bigint; leased: bigint; reserved: bigint; debt: bigint }>(sql`
    SELECT b.promotional + b.committed + b.paid AS own, b.debt,
      (SELECT coalesce(sum(l.granted - l.returned - coalesce((
          SELECT sum(i.cost) FROM intent i WHERE i.lease_id = l.id), 0)), 0)::bigint
        FROM lease l WHERE l.organization_id = b.organization_id AND l.state <> 'closed') AS leased,
      (SELECT coalesce(sum(i.reserved), 0)::bigint FROM intent i
        WHERE i.organization_id = b.organization_id AND i.state = 'started') AS reserved
    FROM balance b WHERE b.organization_id = ${organizationId}`);
  const row = result.rows[0];
  if (!row) return { totalNanoUsd: 0n, availableNanoUsd: 0n, reservedNanoUsd: 0n, debtNanoUsd: 0n };
  const totalNanoUsd = row.own + row.leased - row.debt;
  return {
    totalNanoUsd,
    availableNanoUsd: totalNanoUsd - row.reserved,
    reservedNanoUsd: row.reserved,
    debtNanoUsd: row.debt,
  };
}

/** All that was ever added to a balance, less what was refunded or disputed, and what of it is gone, nano-USD. */
export async function readCredits(executor: Executor, organizationId: string) {
  const { rows } = await executor.execute<{ added: bigint }>(sql`
    SELECT coalesce(sum(CASE
        WHEN kind IN ('top_up', 'grant', 'commitment', 'commitment_discount', 'payout_converted', 'refund_reversed', 'dispute_reinstated') THEN amount
        WHEN kind IN ('refund', 'refund_owed', 'dispute', 'dispute_owed', 'adjustment', 'adjustment_owed') THEN -amount
        ELSE 0 END), 0)::bigint AS added
    FROM transfer WHERE organization_id = ${organizationId}`);
  const addedNanoUsd = rows[0]?.added ?? 0n;
  const { totalNanoUsd } = await readBalance(executor, organizationId);
  return { addedNanoUsd, usedNanoUsd: addedNanoUsd - totalNanoUsd, leftNanoUsd: totalNanoUsd };
}
