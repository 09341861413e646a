import { and, desc, eq, lt, sql } from "drizzle-orm";
import { organization, partner, referral } from "@/db/schema";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { isId } from "@/server/platform/ids";
import { contains } from "@/server/platform/matching";
import { readPartnerStanding } from "./lock";

/**
 * For the operator console only: every partner with its rules and its account, newest organizations first, by keyset.
 * @throws AppError invalid_request (cursor)
 */
export async function listAllPartners(
  db: Executor,
  input: {
    /** Part of an organization's name or id, or a link's code. */
    readonly text?: string | undefined;
    readonly cursor?: string | null | undefined;
    readonly limit: number;
  },
) {
  if (input.cursor && !isId("organization", input.cursor))
    throw new AppError("invalid_request", { message: "The cursor is not valid.", param: "cursor" });
  const rows = await db
    .select({
      organizationId: partner.organizationId,
      organizationName: organization.name,
      code: partner.code,
      commissionBasisPoints: partner.commissionBasisPoints,
      commissionMonths: partner.commissionMonths,
      holdDays: partner.holdDays,
      isActive: partner.isActive,
      hasStripeAccount: sql<boolean>`${partner.stripeAccountId} IS NOT NULL`,
      createdAt: partner.createdAt,
      referrals: sql<number>`(SELECT count(*)::int FROM ${referral} r WHERE r.partner_organization_id = "partner".organization_id)`,
    })
    .from(partner)
    .innerJoin(organization, eq(organization.id, partner.organizationId))
    .where(
      and(
        input.cursor ? lt(partner.organizationId, input.cursor) : undefined,
        contains(input.text, organization.name, organization.id, partner.code),
      ),
    )
    .orderBy(desc(partner.organizationId))
    .limit(input.limit + 1);
  const page = rows.slice(0, input.limit);
  return {
    partners: await Promise.all(
      page.map(async (row) => ({ ...row, standing: await readPartnerStanding(db, row.organizationId) })),
    ),
    nextCursor: rows.length > input.limit ? (page.at(-1)?.organizationId ?? null) : null,
  };
}
