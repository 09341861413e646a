import {
  endCommitment,
  listCommitments,
  parsePercent,
  quoteCommitment,
  type Schedule,
  type SlaTier,
} from "@/server/billing";
import { AppError } from "@/server/platform/errors";
import { toDecimalUsd } from "@/server/platform/money";
import type { Command, OptionValues } from "./commands";
import { existingOrganization } from "./money";
import { OPERATOR, oneOf, optionalText, requiredText, requiredUsd, stripeDeps, wholeNumber } from "./options";

const SCHEDULES: readonly Schedule[] = ["monthly", "quarterly", "annual"];
const TIERS: readonly SlaTier[] = ["standard", "priority", "dedicated"];
const MAX_VALID_DAYS = 90;

export const commitmentQuote: Command = {
  usage:
    "--organization ORG --usd YEARLY [--discount PERCENT] [--schedule monthly|quarterly|annual] [--sla standard|priority|dedicated] [--valid-days N] [--note TEXT]",
  summary:
    "Offers a yearly commitment on the organization's billing page. It begins when it is accepted there and its first invoice is paid. An open quote is replaced.",
  options: {
    organization: { type: "string" },
    usd: { type: "string" },
    discount: { type: "string" },
    schedule: { type: "string" },
    sla: { type: "string" },
    "valid-days": { type: "string" },
    note: { type: "string" },
  },
  async run({ db, clock }, values) {
    const quoted = await quoteCommitment(db, clock, {
      organizationId: await existingOrganization(db, requiredText(values, "organization")),
      yearlyNanoUsd: requiredUsd(values, "usd"),
      discountBasisPoints: percentOf(values),
      schedule: oneOf(values, "schedule", SCHEDULES, "annual"),
      slaTier: oneOf(values, "sla", TIERS, "standard"),
      validDays: wholeNumber(values, "valid-days", 30, MAX_VALID_DAYS),
      note: optionalText(values, "note") ?? null,
      by: OPERATOR,
    });
    return { commitmentId: quoted.id, validUntil: quoted.validUntil.toISOString() };
  },
};

export const commitmentList: Command = {
  usage: "[--organization ORG]",
  summary: "Lists commitments, newest first.",
  options: { organization: { type: "string" } },
  async run({ db }, values) {
    const organizationId = optionalText(values, "organization");
    const rows = await listCommitments(db, organizationId ? { organizationId } : {});
    return {
      commitments: rows.map((row) => ({
        id: row.id,
        organizationId: row.organizationId,
        status: row.status,
        yearlyUsd: toDecimalUsd(row.yearlyNanoUsd),
        schedule: row.schedule,
        periodEnd: row.periodEnd?.toISOString() ?? null,
      })),
    };
  },
};

export const commitmentCancel: Command = {
  usage: "--commitment COMMITMENT [--now]",
  summary:
    "Cancels a commitment with its running year, or at once with --now. A quote that was not accepted is withdrawn. What was credited stays.",
  options: { commitment: { type: "string" }, now: { type: "boolean" } },
  async run(console, values) {
    const commitmentId = requiredText(values, "commitment");
    const { status, endsAt } = await endCommitment(console.db, stripeDeps(console), {
      commitmentId,
      isImmediate: values.now === true,
      by: OPERATOR,
    });
    return { commitmentId, status, endsAt: endsAt?.toISOString() ?? null };
  },
};

function percentOf(values: OptionValues): number {
  const points = parsePercent(optionalText(values, "discount") ?? "0");
  if (points !== null) return points;
  throw new AppError("invalid_request", {
    message: "--discount must be a percentage such as 10 or 7.5.",
    param: "discount",
  });
}
