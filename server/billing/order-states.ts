import { order } from "@/db/schema";

export type OrderStatus = (typeof order.$inferSelect)["status"];
export const ORDER_STATUSES = order.status.enumValues;

export type OrderEvent =
  | "checkout_opened"
  | "paid"
  | "declined"
  | "canceled"
  | "expired"
  | "approved"
  | "rejected"
  | "money_arrived"
  | "lapsed"
  | "team_approved"
  | "team_approved_for_review"
  | "team_declined"
  | "withdrawn";

interface Transition {
  readonly from: readonly OrderStatus[];
  readonly to: OrderStatus;
}

/** The whole life of an order. What is not in the table cannot happen: a move is one conditional UPDATE over `from`. */
export const TRANSITIONS: Readonly<Record<OrderEvent, Transition>> = {
  // The buyer's own organization decides, where its policy wants that; see `approvals.ts`.
  team_approved: { from: ["awaiting_approval"], to: "created" },
  team_approved_for_review: { from: ["awaiting_approval"], to: "in_review" },
  team_declined: { from: ["awaiting_approval"], to: "canceled" },
  checkout_opened: { from: ["created"], to: "pending" },
  paid: { from: ["created", "pending"], to: "paid" },
  declined: { from: ["created", "pending"], to: "failed" },
  canceled: { from: ["created", "pending"], to: "canceled" },
  expired: { from: ["created", "pending"], to: "expired" },
  // The payment provider closed its checkout.
  lapsed: { from: ["created", "pending"], to: "expired" },
  // The buyer takes it back before it is paid; see `withdraw.ts`. Once its invoice is out, that is paid or left unpaid.
  withdrawn: { from: ["awaiting_approval", "created", "pending", "in_review"], to: "canceled" },
  approved: { from: ["in_review"], to: "approved" },
  rejected: { from: ["in_review"], to: "rejected" },
  // The payment provider has the money: it is credited whatever we thought of the order meanwhile.
  money_arrived: { from: ["created", "pending", "failed", "canceled", "expired", "approved"], to: "paid" },
};

/** Once paid, the status follows what became of the money; see `refreshStatus`. */
export const PAID_STATUSES: readonly OrderStatus[] = ["paid", "partially_refunded", "refunded", "disputed"];

/** Can the order still be paid in the checkout? */
export function isPayable(status: OrderStatus): boolean {
  return TRANSITIONS.paid.from.includes(status);
}
