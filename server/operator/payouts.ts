import {
  approvePayout,
  changePartner,
  failPayout,
  listPayouts,
  markPayoutPaid,
  parsePercent,
  sendPayout,
} from "@/server/billing";
import { AppError } from "@/server/platform/errors";
import { toDecimalUsd } from "@/server/platform/money";
import type { Command } from "./commands";
import { OPERATOR, optionalText, requiredText, stripeDeps, wholeNumber } from "./options";

const option = { payout: { type: "string" } } as const;

export const payoutList: Command = {
  usage: "[--all]",
  summary: "Lists payouts that wait for somebody, or with --all every one, newest first.",
  options: { all: { type: "boolean" } },
  async run({ db }, values) {
    const rows = await listPayouts(db, values.all ? {} : { statuses: ["requested", "approved"] });
    return {
      payouts: rows.map((row) => ({
        id: row.id,
        organizationId: row.organizationId,
        usd: toDecimalUsd(row.amountNanoUsd),
        status: row.status,
        requestedAt: row.createdAt.toISOString(),
      })),
    };
  },
};

export const payoutApprove: Command = {
  usage: "--payout PAYOUT",
  summary: "Approves a requested payout, if its commission is still there.",
  options: option,
  async run({ db, clock }, values) {
    const payoutId = requiredText(values, "payout");
    const { status } = await approvePayout(db, clock, { payoutId, by: OPERATOR });
    return { payoutId, status };
  },
};

export const payoutPay: Command = {
  usage: "--payout PAYOUT [--reference TEXT]",
  summary:
    "Sends an approved payout to the partner's account at Stripe; with --reference records one that was paid past Stripe instead.",
  options: { ...option, reference: { type: "string" } },
  async run(console, values) {
    const decision = { payoutId: requiredText(values, "payout"), by: OPERATOR };
    const reference = optionalText(values, "reference");
    const { status, reason } = reference
      ? await markPayoutPaid(console.db, console.clock, {
          ...decision,
          method: "manual",
          reference,
          stripeTransferId: null,
        })
      : await sendPayout(console.db, stripeDeps(console), decision);
    return { payoutId: decision.payoutId, status, reason };
  },
};

export const payoutFail: Command = {
  usage: "--payout PAYOUT --reason TEXT",
  summary: "Ends a payout that will not happen. Its commission is available again.",
  options: { ...option, reason: { type: "string" } },
  async run({ db, clock }, values) {
    const payoutId = requiredText(values, "payout");
    const reason = requiredText(values, "reason");
    const { status } = await failPayout(db, clock, { payoutId, reason, by: OPERATOR });
    return { payoutId, status };
  },
};

export const partnerChange: Command = {
  usage: "--organization ORG [--commission PERCENT] [--months N] [--hold-days N] [--stop | --resume]",
  summary: "Changes what a partner earns from now on, or stops it. What was earned stays.",
  options: {
    organization: { type: "string" },
    commission: { type: "string" },
    months: { type: "string" },
    "hold-days": { type: "string" },
    stop: { type: "boolean" },
    resume: { type: "boolean" },
  },
  async run({ db, clock }, values) {
    const commission = optionalText(values, "commission");
    const points = commission === undefined ? null : parsePercent(commission);
    if (commission !== undefined && points === null)
      throw new AppError("invalid_request", {
        message: "--commission must be a percentage up to 50, such as 10 or 7.5.",
        param: "commission",
      });
    const changed = await changePartner(db, clock, {
      organizationId: requiredText(values, "organization"),
      ...(points === null ? {} : { commissionBasisPoints: points }),
      ...(optionalText(values, "months") && { commissionMonths: wholeNumber(values, "months", 12, 120) }),
      ...(optionalText(values, "hold-days") && { holdDays: wholeNumber(values, "hold-days", 30, 365) }),
      ...(values.stop || values.resume ? { isActive: values.stop !== true } : {}),
      by: OPERATOR,
    });
    return {
      organizationId: changed.organizationId,
      commissionPercent: changed.commissionBasisPoints / 100,
      months: changed.commissionMonths,
      holdDays: changed.holdDays,
      isActive: changed.isActive,
    };
  },
};
