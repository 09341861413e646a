import { z } from "zod";
import { listPayouts, type Payout, viewPartner } from "@/server/billing";
import { toDecimalUsd } from "@/server/platform/money";
import { defineRoute } from "../route";
import { cutPage, id, pageOf, paging, requireFound, time, toIso, usd } from "../wire";

const payout = z.object({
  id: z.string(),
  amount_usd: usd,
  status: z.enum(["requested", "approved", "paid", "failed", "converted"]),
  method: z.enum(["stripe", "manual"]).nullable(),
  reference: z.string().nullable(),
  reason: z.string().nullable().describe("Why it failed."),
  created_at: time,
  approved_at: time.nullable(),
  closed_at: time.nullable(),
});
const partner = z.object({
  link: z.string(),
  is_active: z.boolean().describe("False: nothing more is earned."),
  commission_percent: z.number(),
  commission_months: z.number().int(),
  hold_days: z.number().int(),
  referrals: z.number().int(),
  has_payout_account: z.boolean(),
  earned_usd: usd,
  held_usd: usd,
  open_usd: usd.describe("Asked for and not paid yet."),
  paid_usd: usd,
  available_usd: usd,
});

/** What an organization earns by referring others, and what became of it. Read only: a person takes money out. */
export const payoutRoutes = [
  defineRoute({
    method: "GET",
    path: "/organization/partner",
    scope: "payouts:read",
    summary: "Read the referral link, its rules and its account",
    answer: partner,
    async run({ tx, deps, organizationId }) {
      const own = requireFound((await viewPartner(tx, organizationId)) ?? undefined, "partner");
      const { standing, rules } = own;
      return {
        link: `${deps.appUrl}/r/${own.code}`,
        is_active: own.isActive,
        commission_percent: rules.commissionBasisPoints / 100,
        commission_months: rules.commissionMonths,
        hold_days: rules.holdDays,
        referrals: own.referrals,
        has_payout_account: own.hasStripeAccount,
        earned_usd: toDecimalUsd(standing.earnedNanoUsd),
        held_usd: toDecimalUsd(standing.heldNanoUsd),
        open_usd: toDecimalUsd(standing.openNanoUsd),
        paid_usd: toDecimalUsd(standing.paidNanoUsd),
        available_usd: toDecimalUsd(standing.availableNanoUsd),
      };
    },
  }),
  defineRoute({
    method: "GET",
    path: "/organization/payouts",
    scope: "payouts:read",
    summary: "List payouts, newest first",
    query: paging,
    answer: pageOf(payout),
    run: async ({ tx, organizationId }, { query }) =>
      cutPage(await listPayouts(tx, { organizationId }), query, toPayout),
  }),
  defineRoute({
    method: "GET",
    path: "/organization/payouts/{payout_id}",
    scope: "payouts:read",
    summary: "Read a payout",
    params: z.strictObject({ payout_id: id }),
    answer: payout,
    async run({ tx, organizationId }, { params }) {
      const [found] = await listPayouts(tx, { organizationId, id: params.payout_id });
      return toPayout(requireFound(found, "payout"));
    },
  }),
];

function toPayout(of: Payout): z.infer<typeof payout> {
  return {
    id: of.id,
    amount_usd: toDecimalUsd(of.amountNanoUsd),
    status: of.status,
    method: of.method,
    reference: of.reference,
    reason: of.reason,
    created_at: of.createdAt.toISOString(),
    approved_at: toIso(of.approvedAt),
    closed_at: toIso(of.closedAt),
  };
}
