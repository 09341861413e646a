import { sql } from "drizzle-orm";
import type { Executor } from "@/server/platform/database";
import type { NanoUsd } from "@/server/platform/money";

/** What happens to a partner's money happens one after another: the same lock as that of its balance. */
export async function lockPartner(tx: Executor, organizationId: string): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(organization_lock_key(${organizationId}))`);
}

/** nano-USD. */
export interface PartnerStanding {
  /** Commission less what was refunded or disputed. */
  readonly earnedNanoUsd: NanoUsd;
  /** Not yet available. */
  readonly heldNanoUsd: NanoUsd;
  /** Asked for, and not paid yet. */
  readonly openNanoUsd: NanoUsd;
  readonly paidNanoUsd: NanoUsd;
  /** What can be asked for or kept as balance now. */
  readonly availableNanoUsd: NanoUsd;
  /** The ledger's account; negative when refunds came after a payout. */
  readonly accountNanoUsd: NanoUsd;
}

/** Null for an organization that is no partner. */
export async function readPartnerStanding(
  db: Executor,
  organizationId: string,
): Promise<PartnerStanding | null> {
  const { rows } = await db.execute<
    Record<"earned" | "held" | "open" | "paid" | "available" | "account", bigint>
  >(
    sql`SELECT earned, held, open, paid, available, account FROM partner_standing WHERE organization_id = ${organizationId}`,
  );
  const row = rows[0];
  return row
    ? {
        earnedNanoUsd: row.earned,
        heldNanoUsd: row.held,
        openNanoUsd: row.open,
        paidNanoUsd: row.paid,
        availableNanoUsd: row.available,
        accountNanoUsd: row.account,
      }
    : null;
}
