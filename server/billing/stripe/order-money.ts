import type { order } from "@/db/schema";
import { type Credit, creditBalance, type Debit, type DebitVerdict, debitBalance } from "@/server/ledger";
import type { Executor } from "@/server/platform/database";
import { restoreCommission, reverseCommission } from "../partners/commission";

type OrderMoney = Pick<
  typeof order.$inferSelect,
  "id" | "organizationId" | "amountNanoUsd" | "bonusNanoUsd" | "commitmentId"
>;

const bucketOf = (own: OrderMoney) => (own.commitmentId === null ? "paid" : "committed");

/** The part of an order's discount that goes and comes with a part of its price. */
function bonusOf(own: OrderMoney, amountNanoUsd: bigint): bigint {
  return (own.bonusNanoUsd * amountNanoUsd) / own.amountNanoUsd;
}

/**
 * Takes money of a paid order back, from the bucket that it came to. Of a commitment's period the discount goes with it:
 * what was credited beyond the price is not left behind. The commission that it earned somebody goes too.
 */
export async function debitOrder(
  tx: Executor,
  own: OrderMoney,
  debit: Omit<Debit, "organizationId" | "bucket">,
): Promise<DebitVerdict> {
  const base = { ...debit, organizationId: own.organizationId, bucket: bucketOf(own) } as const;
  const verdict = await debitBalance(tx, base);
  if (verdict.verdict !== "taken") return verdict;
  await reverseCommission(tx, own, debit);
  const bonus = bonusOf(own, debit.amountNanoUsd);
  if (bonus === 0n) return verdict;
  const more = await debitBalance(tx, { ...base, kind: "adjustment", to: "platform", amountNanoUsd: bonus });
  return more.verdict === "insufficient" ? more : verdict;
}

/** The opposite, for money that did not leave after all. */
export async function recreditOrder(
  tx: Executor,
  own: OrderMoney,
  credit: Pick<Credit, "source" | "amountNanoUsd" | "memo"> & {
    readonly kind: "refund_reversed" | "dispute_reinstated";
  },
): Promise<void> {
  const base = { ...credit, organizationId: own.organizationId, bucket: bucketOf(own) } as const;
  await creditBalance(tx, base);
  await restoreCommission(tx, own, credit);
  const amountNanoUsd = bonusOf(own, credit.amountNanoUsd);
  if (amountNanoUsd > 0n) await creditBalance(tx, { ...base, kind: "commitment_discount", amountNanoUsd });
}
