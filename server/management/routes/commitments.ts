import { z } from "zod";
import { type Commitment, describeCommitment, listCommitments, readCommitment } from "@/server/billing";
import { toDecimalUsd } from "@/server/platform/money";
import { defineRoute } from "../route";
import { cutPage, id, pageOf, paging, time, toIso, usd } from "../wire";

const commitment = z.object({
  id: z.string(),
  status: z.string(),
  yearly_amount_usd: usd,
  discount_percent: z.number().describe("What is paid less than is credited."),
  schedule: z.enum(["monthly", "quarterly", "annual"]),
  sla_tier: z.enum(["standard", "priority", "dedicated"]),
  created_at: time,
  valid_until: time.describe("A quote can be accepted until then, on the billing page."),
  accepted_at: time.nullable(),
  started_at: time.nullable(),
  period_start: time.nullable(),
  period_end: time.nullable(),
  ends_at: time.nullable().describe("It ends then and does not renew; null while it renews."),
  ended_at: time.nullable(),
});
const described = commitment.extend({
  period: z.object({ price_usd: usd, credit_usd: usd }).nullable(),
  standing: z
    .object({
      term_start: time,
      term_end: time,
      credited_usd: usd,
      used_usd: usd,
      expected_usd: usd.describe("What would have been spent by now at an even pace."),
      shortfall_usd: usd.describe("How far spending is behind that pace."),
    })
    .nullable()
    .describe("The running year; null while it does not run."),
});

/** The yearly commitments of an organization. Read only: a person accepts and cancels, in its own words. */
export const commitmentRoutes = [
  defineRoute({
    method: "GET",
    path: "/organization/commitments",
    scope: "commitments:read",
    summary: "List commitments and quotes, newest first",
    query: paging,
    answer: pageOf(commitment),
    run: async ({ tx, organizationId }, { query }) =>
      cutPage(await listCommitments(tx, { organizationId }), query, toCommitment),
  }),
  defineRoute({
    method: "GET",
    path: "/organization/commitments/{commitment_id}",
    scope: "commitments:read",
    summary: "Read a commitment with how its year goes",
    params: z.strictObject({ commitment_id: id }),
    answer: described,
    async run({ tx, clock, organizationId }, { params }) {
      const row = await readCommitment(tx, { organizationId, commitmentId: params.commitment_id });
      const { period, standing } = await describeCommitment(tx, row, clock);
      return {
        ...toCommitment(row),
        period: period && {
          price_usd: toDecimalUsd(period.priceNanoUsd),
          credit_usd: toDecimalUsd(period.creditNanoUsd),
        },
        standing: standing && {
          term_start: standing.termStart.toISOString(),
          term_end: standing.termEnd.toISOString(),
          credited_usd: toDecimalUsd(standing.creditedNanoUsd),
          used_usd: toDecimalUsd(standing.usedNanoUsd),
          expected_usd: toDecimalUsd(standing.expectedNanoUsd),
          shortfall_usd: toDecimalUsd(standing.shortfallNanoUsd),
        },
      };
    },
  }),
];

function toCommitment(of: Commitment): z.infer<typeof commitment> {
  return {
    id: of.id,
    status: of.status,
    yearly_amount_usd: toDecimalUsd(of.yearlyNanoUsd),
    discount_percent: of.discountBasisPoints / 100,
    schedule: of.schedule,
    sla_tier: of.slaTier,
    created_at: of.createdAt.toISOString(),
    valid_until: of.validUntil.toISOString(),
    accepted_at: toIso(of.acceptedAt),
    started_at: toIso(of.startedAt),
    period_start: toIso(of.periodStart),
    period_end: toIso(of.periodEnd),
    ends_at: toIso(of.endsAt),
    ended_at: toIso(of.endedAt),
  };
}
