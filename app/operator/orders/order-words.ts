/** Every status of an order, in a word and a tone. */
export const ORDER_STATUS = {
  awaiting_approval: { tone: "neutral", label: "Waits for its owner" },
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
