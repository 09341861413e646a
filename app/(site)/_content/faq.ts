export interface FaqEntry {
  readonly id: string;
  readonly question: string;
  /** Paragraphs. What is not open yet is said in the text, since search engines show it without the label. */
  readonly answer: readonly string[];
  readonly isInPreparation: boolean;
  readonly more: { readonly href: string; readonly label: string };
}

/** Billing questions of the pricing page, also published as structured data. */
export const BILLING_FAQ: readonly FaqEntry[] = [
  {
    id: "balance",
    question: "How does the prepaid balance work?",
    answer: [
      "You add funds in US dollars and every API call is deducted from them. There is no subscription and no monthly minimum. The organization owns the balance; all of its keys spend from it.",
      "A request is only sent to a provider after its worst-case cost has been reserved from the balance, so the balance cannot go below zero. What the request did not use returns the moment it ends. A request that the balance cannot carry is refused with 402 insufficient_balance, which names what it needs and what is available.",
    ],
    isInPreparation: false,
    more: { href: "/docs/balance", label: "Balance and receipts" },
  },
  {
    id: "usage",
    question: "How is model usage charged?",
    answer: [
      "By the units that the provider reports: input, cached input, cache writes and output tokens, each at its own price per model and provider. Cost is the sum of units × price, rounded up once to a billionth of a dollar.",
      "Prices can change as providers change theirs. Each request is charged at the price version that was in effect when it was planned, and its receipt keeps that version. Attempts that fail cost nothing.",
    ],
    isInPreparation: false,
    more: { href: "/models", label: "Prices of every model" },
  },
  {
    id: "auto-recharge",
    question: "What is auto recharge?",
    answer: [
      "The rule: it is off unless you turn it on. You set the threshold, the amount and a monthly cap; when the balance falls below the threshold, the saved card is charged once. A declined charge pauses it, and it never turns itself back on.",
      "You agree to a text that names the three amounts, on the billing page, and can turn it off there at any time. It needs a card that was saved with a top-up.",
    ],
    isInPreparation: false,
    more: { href: "/docs/billing", label: "Billing" },
  },
  {
    id: "budgets",
    question: "Can I limit what a key, a project or a member spends?",
    answer: [
      "Yes. A budget has a scope (organization, project, member or API key), a window and an amount. A hard budget refuses the request that would pass it, however many requests arrive at once; a soft one only alerts.",
      "Set them on the dashboard; they bind the next request. Beside them the balance itself is a limit: it cannot be overspent, so an organization can lose no more than it has added.",
    ],
    isInPreparation: false,
    more: { href: "/docs/limits", label: "Budgets and rate limits" },
  },
  {
    id: "enterprise",
    question: "How do invoices and enterprise commitments work?",
    answer: [
      "Amounts above the self-serve limit are not charged to a card. The order goes to review, and once it is approved it is paid by invoice. You can place such an order today, from the Business pack or with a custom amount.",
      "An annual commitment is a yearly amount with a discount and a service level. Ask for one with the form on the enterprise page; we write the quote, and it appears on the billing page to be accepted; each period is credited when it is paid, by card or by invoice. Nothing is charged before you accept.",
    ],
    isInPreparation: false,
    more: { href: "/docs/billing#commitments", label: "How commitments work" },
  },
];
