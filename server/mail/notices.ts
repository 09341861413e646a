import { CONTRACT_NOTICES } from "./contract-notices";
import { toMail } from "./letter";
import { BILLING_FOOTER, type Data, type Notice, OWNERS, PAYERS } from "./notice";
import type { Mail } from "./types";

const orderFacts = (data: Data): readonly (readonly [string, string])[] => [
  ["Order", data.orderId ?? ""],
  ["Amount", `$${data.amountUsd} USD`],
];
const seeOrders = (url: string) => ({ label: "See your orders", url });

/** What the payer's bank said in the end. */
const DISPUTE_ENDS: Readonly<Record<string, string>> = {
  won: "The bank decided for us. The amount is part of your balance again, and your keys work again.",
  lost: "The bank decided for the payer. The amount is gone from your balance, and your keys stay stopped: please write to support.",
};

/** Every notice that is mailed about an organization's money or machinery, by kind. A new one needs its line here. */
export const NOTICES = {
  ...CONTRACT_NOTICES,
  order_in_review: {
    roles: PAYERS,
    words: (data, { billingUrl }) => ({
      subject: `Your order of $${data.amountUsd} is in review`,
      lines: [
        "Thank you. We look at orders of this size ourselves, and send an invoice once it is approved.",
      ],
      facts: orderFacts(data),
      action: seeOrders(billingUrl),
      footer: BILLING_FOOTER,
    }),
  },
  order_approved: {
    roles: PAYERS,
    words: (data, { billingUrl }) => ({
      subject: `Your order of $${data.amountUsd} is approved`,
      lines: ["The invoice is on its way. The balance is credited when it is paid."],
      facts: orderFacts(data),
      action: data.invoiceUrl ? { label: "Open the invoice", url: data.invoiceUrl } : seeOrders(billingUrl),
      footer: BILLING_FOOTER,
    }),
  },
  order_rejected: {
    roles: PAYERS,
    words: (data, { billingUrl }) => ({
      subject: `Your order of $${data.amountUsd} was not approved`,
      lines: [
        "We could not approve this order. Nothing was charged. Write to support if that surprises you.",
      ],
      facts: orderFacts(data),
      action: seeOrders(billingUrl),
      footer: BILLING_FOOTER,
    }),
  },
  order_paid: {
    roles: PAYERS,
    words: (data, { billingUrl }) => ({
      subject: `Your top-up of $${data.amountUsd} is credited`,
      lines: [
        data.isRecharge === "yes"
          ? "Your balance fell below the threshold that you set, so your saved card was charged."
          : "Thank you. The payment has arrived and is part of your balance.",
      ],
      facts: orderFacts(data),
      action: data.receiptUrl ? { label: "Open the receipt", url: data.receiptUrl } : seeOrders(billingUrl),
      footer:
        data.isRecharge === "yes"
          ? "Automatic top-ups can be changed or stopped on the billing page at any time."
          : BILLING_FOOTER,
    }),
  },
  order_refunded: {
    roles: PAYERS,
    words: (data, { billingUrl }) => ({
      subject: `A refund of $${data.refundUsd} is on its way`,
      lines: [
        "It was taken from your balance and goes back to the card or account that paid. Banks take some days.",
      ],
      facts: [...orderFacts(data), ["Refund", `$${data.refundUsd} USD`]],
      action: seeOrders(billingUrl),
      footer: BILLING_FOOTER,
    }),
  },
  refund_failed: {
    roles: PAYERS,
    words: (data, { billingUrl }) => ({
      subject: `The refund of $${data.refundUsd} did not arrive`,
      lines: ["Your bank sent the refund back. The amount is part of your balance again."],
      facts: [...orderFacts(data), ["Refund", `$${data.refundUsd} USD`]],
      action: seeOrders(billingUrl),
      footer: BILLING_FOOTER,
    }),
  },
  order_disputed: {
    roles: PAYERS,
    words: (data, { billingUrl }) => ({
      subject: `A payment of $${data.amountUsd} is disputed`,
      lines: [
        "The payer's bank takes this payment back. Until it has decided, the disputed amount is frozen and the keys of this organization are stopped.",
        "If you did not mean to dispute it, tell your bank to withdraw the dispute.",
      ],
      facts: orderFacts(data),
      action: seeOrders(billingUrl),
      footer: BILLING_FOOTER,
    }),
  },
  dispute_closed: {
    roles: PAYERS,
    words: (data, { billingUrl }) => ({
      subject: `The dispute about $${data.amountUsd} has ended`,
      lines: [DISPUTE_ENDS[data.outcome ?? ""] ?? ""],
      facts: orderFacts(data),
      action: seeOrders(billingUrl),
      footer: BILLING_FOOTER,
    }),
  },
  webhook_disabled: {
    roles: OWNERS,
    words: (data, { appUrl }) => ({
      subject: "A webhook endpoint was switched off",
      lines: [
        data.reason === "gone"
          ? "It answered 410 Gone, so nothing is sent to it any more."
          : "Every delivery to it failed for five days, so nothing is sent to it any more.",
        "Deliveries that were waiting can be sent again from its delivery log once it is switched on.",
      ],
      facts: [["Endpoint", data.url ?? ""]],
      action: { label: "Open the endpoint", url: `${appUrl}/dashboard/webhooks/${data.endpointId}` },
      footer: "You get this mail because you own the organization.",
    }),
  },
} as const satisfies Record<string, Notice>;

export type NoticeKind = keyof typeof NOTICES;

export function isNoticeKind(text: string): text is NoticeKind {
  return Object.hasOwn(NOTICES, text);
}

/** A notice as a mail to one receiver. */
export function noticeMail(to: string, kind: NoticeKind, data: Data, appUrl: string): Mail {
  const notice: Notice = NOTICES[kind];
  const words = notice.words(data, { appUrl, billingUrl: `${appUrl}/dashboard/billing` });
  return toMail({ to, greeting: "Hello,", ...words });
}
