import { sql } from "drizzle-orm";
import type { Executor } from "@/server/platform/database";

/** Where money goes that leaves a balance, or comes from that returns to it. */
export type OutsideAccount = "clearing" | "frozen" | "payouts" | "platform";

export interface Debit {
  readonly organizationId: string;
  /** What happened; with the source, booked exactly once. */
  readonly kind: "refund" | "dispute" | "adjustment";
  readonly source: string;
  readonly amountNanoUsd: bigint;
  readonly to: OutsideAccount;
  /** Whose money is taken: `paid`, or `committed` for what a period of a commitment brought. Never both. */
  readonly bucket?: "paid" | "committed";
  /** What the balance cannot carry becomes a debt. False: then nothing is taken. */
  readonly mayOwe: boolean;
  readonly memo?: string;
}

export type DebitVerdict =
  | { readonly verdict: "taken"; readonly takenNanoUsd: bigint; readonly owedNanoUsd: bigint }
  | { readonly verdict: "already" }
  | { readonly verdict: "insufficient"; readonly availableNanoUsd: bigint };

/**
 * Takes money of one bucket out of a balance in the caller's transaction. Money in leases is called back first; what requests in
 * flight have reserved stays theirs.
 */
export async function debitBalance(executor: Executor, debit: Debit): Promise<DebitVerdict> {
  const { rows } = await executor.execute<{
    verdict: DebitVerdict["verdict"];
    taken: bigint;
    owed: bigint;
  }>(sql`
    SELECT verdict, taken, owed FROM debit_balance(${debit.organizationId}, ${debit.kind}, ${debit.source},
      ${debit.amountNanoUsd}, ${debit.to}, ${debit.mayOwe}, ${debit.memo ?? null}, ${debit.bucket ?? "paid"})`);
  const row = rows[0];
  if (row?.verdict === "taken") return { verdict: "taken", takenNanoUsd: row.taken, owedNanoUsd: row.owed };
  if (row?.verdict === "already") return { verdict: "already" };
  return { verdict: "insufficient", availableNanoUsd: row?.taken ?? 0n };
}

/** A move between accounts that are nobody's balance, in the caller's transaction. False when it was booked before. */
export async function moveOutside(
  executor: Executor,
  move: {
    readonly organizationId: string;
    readonly kind: "dispute_lost" | "payout_earned" | "payout_reversed" | "payout_paid" | "payout_returned";
    readonly source: string;
    readonly from: OutsideAccount | "commission";
    readonly to: OutsideAccount | "commission";
    readonly amountNanoUsd: bigint;
  },
): Promise<boolean> {
  const { rows } = await executor.execute<{ id: string }>(sql`
    INSERT INTO transfer (id, organization_id, kind, source, debit, credit, amount)
    VALUES (new_transfer_id(), ${move.organizationId}, ${move.kind}, ${move.source}, ${move.from}, ${move.to},
      ${move.amountNanoUsd})
    ON CONFLICT (source, kind) DO NOTHING RETURNING id`);
  return rows.length === 1;
}
