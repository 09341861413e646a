import { desc, eq, sql } from "drizzle-orm";
import { commission, referral } from "@/db/schema";
import type { Executor } from "@/server/platform/database";
import { type Partner, readPartner } from "./join";
import { type PartnerStanding, readPartnerStanding } from "./lock";
import { listPayouts } from "./payouts";

/** Everything that the partner page shows. Who was referred is nobody's business: only when, and what it earned. */
export async function viewPartner(db: Executor, organizationId: string) {
  const own = await readPartner(db, organizationId);
  const standing = own && (await readPartnerStanding(db, organizationId));
  if (!own || !standing) return null;
  return {
    ...toShown(own),
    standing,
    referrals: await countReferrals(db, organizationId),
    commissions: await listCommissions(db, organizationId),
    payouts: (await listPayouts(db, { organizationId })).map(
      ({ id, amountNanoUsd, status, reason, createdAt, closedAt }) => ({
        id,
        amountNanoUsd,
        status,
        reason,
        createdAt,
        closedAt,
      }),
    ),
  };
}

function toShown(own: Partner) {
  const { code, commissionBasisPoints, commissionMonths, holdDays, isActive, stripeAccountId } = own;
  return {
    code,
    rules: { commissionBasisPoints, commissionMonths, holdDays },
    isActive,
    hasStripeAccount: stripeAccountId !== null,
  };
}

async function countReferrals(db: Executor, organizationId: string): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(referral)
    .where(eq(referral.partnerOrganizationId, organizationId));
  return row?.count ?? 0;
}

/** Newest first, at most 20. */
function listCommissions(db: Executor, organizationId: string) {
  return db
    .select({
      id: commission.orderId,
      amountNanoUsd: commission.amountNanoUsd,
      reversedNanoUsd: commission.reversedNanoUsd,
      availableAt: commission.availableAt,
      createdAt: commission.createdAt,
    })
    .from(commission)
    .where(eq(commission.partnerOrganizationId, organizationId))
    .orderBy(desc(commission.createdAt))
    .limit(20);
}

export type PartnerView = NonNullable<Awaited<ReturnType<typeof viewPartner>>>;
export type { PartnerStanding };
