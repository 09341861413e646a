import { BILLING_FOOTER, type Data, type Notice, PAYERS } from "./notice";

const periodFacts = (data: Data): readonly (readonly [string, string])[] => [
  ["Commitment", data.commitmentId ?? ""],
  ["Credited", `$${data.creditUsd} USD`],
  ["Paid", `$${data.priceUsd} USD`],
  ["Period", `${data.periodStart} to ${data.periodEnd} (UTC)`],
];
const commitmentFacts = (data: Data): readonly (readonly [string, string])[] => [
  ["Commitment", data.commitmentId ?? ""],
  ["A year", `$${data.yearlyUsd} USD`],
];
const payoutFacts = (data: Data): readonly (readonly [string, string])[] => [
  ["Payout", data.payoutId ?? ""],
  ["Amount", `$${data.amountUsd} USD`],
];
const seeCommitment = (url: string) => ({ label: "See your commitment", url });
const seePayouts = (appUrl: string) => ({ label: "See your payouts", url: `${appUrl}/dashboard/partner` });
const openReceipt = (data: Data, url: string) =>
  data.receiptUrl ? { label: "Open the receipt", url: data.receiptUrl } : seeCommitment(url);

/** What is mailed about yearly commitments and about commission on its way out. */
export const CONTRACT_NOTICES = {
  commitment_began: {
    roles: PAYERS,
    words: (data, { billingUrl }) => ({
      subject: `Your commitment of $${data.yearlyUsd} a year has begun`,
      lines: ["Thank you. The first period is paid, and its credit is part of your balance."],
      facts: periodFacts(data),
      action: openReceipt(data, billingUrl),
      footer: BILLING_FOOTER,
    }),
  },
  commitment_renewed: {
    roles: PAYERS,
    words: (data, { billingUrl }) => ({
      subject: `A period of your commitment is paid: $${data.creditUsd} is credited`,
      lines: ["The payment has arrived, and the credit of the period is part of your balance."],
      facts: periodFacts(data),
      action: openReceipt(data, billingUrl),
      footer: BILLING_FOOTER,
    }),
  },
  commitment_past_due: {
    roles: PAYERS,
    words: (data, { billingUrl }) => ({
      subject: "A payment of your commitment is late",
      lines: [
        "The invoice of the next period was not paid. Nothing is credited until it is; what you have can be spent meanwhile.",
      ],
      facts: commitmentFacts(data),
      action: data.invoiceUrl
        ? { label: "Pay the invoice", url: data.invoiceUrl }
        : seeCommitment(billingUrl),
      footer: BILLING_FOOTER,
    }),
  },
  commitment_canceled: {
    roles: PAYERS,
    words: (data, { billingUrl }) => ({
      subject: data.endsOn ? "Your commitment is canceled" : "Your commitment has ended",
      lines: [
        data.endsOn
          ? `It ends with its running year on ${data.endsOn} (UTC) and does not renew. The periods until then are still due.`
          : "No further period is billed, and the discount and the service level have ended with it.",
        "What was credited stays yours.",
      ],
      facts: commitmentFacts(data),
      action: seeCommitment(billingUrl),
      footer: BILLING_FOOTER,
    }),
  },
  payout_approved: {
    roles: PAYERS,
    words: (data, { appUrl }) => ({
      subject: `Your payout of $${data.amountUsd} is approved`,
      lines: ["We have looked at it. It is paid next, and you get another mail then."],
      facts: payoutFacts(data),
      action: seePayouts(appUrl),
      footer: BILLING_FOOTER,
    }),
  },
  payout_paid: {
    roles: PAYERS,
    words: (data, { appUrl }) => ({
      subject: `Your payout of $${data.amountUsd} is paid`,
      lines: [
        data.method === "stripe"
          ? "It was sent to your account at Stripe. Banks take some days."
          : "It was sent past Stripe, as agreed. Banks take some days.",
      ],
      facts: data.reference ? [...payoutFacts(data), ["Reference", data.reference]] : payoutFacts(data),
      action: seePayouts(appUrl),
      footer: BILLING_FOOTER,
    }),
  },
  payout_failed: {
    roles: PAYERS,
    words: (data, { appUrl }) => ({
      subject: `Your payout of $${data.amountUsd} was not paid`,
      lines: ["Its commission is available again: it can be asked for once more, or kept as balance."],
      facts: data.reason ? [...payoutFacts(data), ["Reason", data.reason]] : payoutFacts(data),
      action: seePayouts(appUrl),
      footer: BILLING_FOOTER,
    }),
  },
} as const satisfies Record<string, Notice>;
