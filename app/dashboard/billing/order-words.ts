import { AUTO_RECHARGE_PACK, COMMITMENT_PACK, PACKS } from "@/server/billing/packs";

/** Every status of an order, in a word and a tone. */
export const ORDER_STATUS = {
  awaiting_approval: { tone: "warning", label: "Waits for approval" },
  created: { tone: "accent", label: "Open" },
  pending: { tone: "accent", label: "Awaiting payment" },
  paid: { tone: "positive", label: "Paid" },
  failed: { tone: "negative", label: "Declined" },
  canceled: { tone: "neutral", label: "Canceled" },
  expired: { tone: "neutral", label: "Expired" },
  in_review: { tone: "warning", label: "In review" },
  approved: { tone: "positive", label: "Approved" },
  rejected: { tone: "negative", label: "Rejected" },
  partially_refunded: { tone: "neutral", label: "Partly refunded" },
  refunded: { tone: "neutral", label: "Refunded" },
  disputed: { tone: "warning", label: "Disputed" },
} as const;

export type OrderStatus = keyof typeof ORDER_STATUS;
export const ORDER_STATUSES = Object.keys(ORDER_STATUS) as OrderStatus[];

interface Placed {
  readonly status: OrderStatus;
  readonly pack: string;
}

/** Can somebody pay it now? An automatic top-up is charged by itself. */
export function isPayable({ status, pack }: Placed): boolean {
  return status === "created" || (status === "pending" && pack !== AUTO_RECHARGE_PACK);
}

/** Can the buyer take it back? */
export function isWithdrawable(order: Placed): boolean {
  return isPayable(order) || order.status === "awaiting_approval" || order.status === "in_review";
}

export function packName(slug: string): string {
  if (slug === AUTO_RECHARGE_PACK) return "Auto-recharge";
  if (slug === COMMITMENT_PACK) return "Commitment period";
  return PACKS.find((pack) => pack.slug === slug)?.name ?? "Custom amount";
}
