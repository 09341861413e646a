import { approveOrder, refundOrder, rejectOrder } from "@/server/billing";
import { toDecimalUsd } from "@/server/platform/money";
import type { Command } from "./commands";
import { OPERATOR, optionalText, requiredText, requiredUsd, stripeDeps } from "./options";

const option = { order: { type: "string" } } as const;

export const orderApprove: Command = {
  usage: "--order ORDER",
  summary:
    "Approves an order in review and sends its invoice through Stripe. It is credited when the invoice is paid.",
  options: option,
  async run(console, values) {
    const orderId = requiredText(values, "order");
    const { id, status, invoiceUrl } = await approveOrder(console.db, stripeDeps(console), {
      orderId,
      by: OPERATOR,
    });
    return { orderId: id, status, invoiceUrl };
  },
};

export const orderReject: Command = {
  usage: "--order ORDER",
  summary: "Rejects an order in review. Nothing was charged.",
  options: option,
  async run(console, values) {
    const orderId = requiredText(values, "order");
    const { id, status } = await rejectOrder(console.db, stripeDeps(console), { orderId, by: OPERATOR });
    return { orderId: id, status };
  },
};

export const refund: Command = {
  usage: "--order ORDER [--usd AMOUNT] [--reason TEXT]",
  summary:
    "Refunds unspent money of a paid order to its payer, all of it without --usd. The balance is debited first and gets it back if Stripe refuses.",
  options: { ...option, usd: { type: "string" }, reason: { type: "string" } },
  async run(console, values) {
    const result = await refundOrder(console.db, stripeDeps(console), {
      orderId: requiredText(values, "order"),
      amountNanoUsd: optionalText(values, "usd") === undefined ? null : requiredUsd(values, "usd"),
      reason: optionalText(values, "reason") ?? null,
      by: OPERATOR,
    });
    return { refundId: result.refundId, status: result.status, usd: toDecimalUsd(result.amountNanoUsd) };
  },
};
