import { createPromotion, endPromotion, listPromotions } from "@/server/billing";
import { toDecimalUsd } from "@/server/platform/money";
import type { Command } from "./commands";
import { OPERATOR, optionalInstant, optionalText, requiredText, requiredUsd, wholeNumber } from "./options";

const DAY_MS = 24 * 60 * 60 * 1_000;
const MAX_REDEMPTIONS = 1_000_000;
const MAX_DAYS = 3_650;

export const promotionCreate: Command = {
  usage:
    "--usd AMOUNT [--code CODE] [--max N] [--until INSTANT] [--credit-days N] [--new-organizations DAYS] [--note TEXT]",
  summary:
    "Makes a code that gives promotional credit, once per organization and person: without --code a random one, redeemable once, for 30 days, by default. What is unspent ends --credit-days (90) after it was redeemed.",
  options: {
    usd: { type: "string" },
    code: { type: "string" },
    max: { type: "string" },
    until: { type: "string" },
    "credit-days": { type: "string" },
    "new-organizations": { type: "string" },
    note: { type: "string" },
  },
  async run({ db, clock }, values) {
    const made = await createPromotion(db, clock, {
      code: optionalText(values, "code") ?? null,
      amountNanoUsd: requiredUsd(values, "usd"),
      maxRedemptions: wholeNumber(values, "max", 1, MAX_REDEMPTIONS),
      redeemableUntil:
        optionalInstant(values, "until", clock.nowMs()) ?? new Date(clock.nowMs() + 30 * DAY_MS),
      creditDays: wholeNumber(values, "credit-days", 90, MAX_DAYS),
      maxOrganizationAgeDays:
        optionalText(values, "new-organizations") === undefined
          ? null
          : wholeNumber(values, "new-organizations", 1, MAX_DAYS),
      note: optionalText(values, "note") ?? null,
      by: OPERATOR,
    });
    return { promotionId: made.id, code: made.code, redeemableUntil: made.redeemableUntil.toISOString() };
  },
};

export const promotionList: Command = {
  usage: "",
  summary: "Lists promotions, newest first, with how often each was redeemed.",
  options: {},
  async run({ db }) {
    const rows = await listPromotions(db);
    return {
      promotions: rows.map((row) => ({
        code: row.code,
        usd: toDecimalUsd(row.amountNanoUsd),
        redemptions: `${row.redemptions} of ${row.maxRedemptions}`,
        redeemableUntil: row.redeemableUntil.toISOString(),
        endedAt: row.endedAt?.toISOString() ?? null,
      })),
    };
  },
};

export const promotionEnd: Command = {
  usage: "--code CODE",
  summary: "Ends a promotion. What was redeemed stays.",
  options: { code: { type: "string" } },
  async run({ db, clock }, values) {
    const ended = await endPromotion(db, clock, { code: requiredText(values, "code"), by: OPERATOR });
    return { code: ended.code, redemptions: ended.redemptions };
  },
};
