export interface BillingControl {
  readonly id: "metered" | "recharge" | "budgets";
  readonly name: string;
  readonly promise: string;
  readonly isInPreparation: boolean;
}

/** The three controls of a pay-as-you-go balance, as the pricing page shows them. */
export const BILLING_CONTROLS: readonly BillingControl[] = [
  {
    id: "metered",
    name: "Metered usage",
    promise: "Every request is deducted by model, provider, and usage unit.",
    isInPreparation: false,
  },
  {
    id: "recharge",
    name: "Auto recharge",
    promise: "Set threshold and refill amount before traffic spikes.",
    isInPreparation: false,
  },
  {
    id: "budgets",
    name: "Budget controls",
    promise: "Control spend by org, project, member, and API key.",
    isInPreparation: false,
  },
];
