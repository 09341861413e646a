import { and, desc, eq, gt, isNull, lt, or, sql } from "drizzle-orm";
import { organization, promotion, redemption } from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
import { creditBalance } from "@/server/ledger";
import type { Clock } from "@/server/platform/clock";
import type { Database, Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { newId } from "@/server/platform/ids";
import { type NanoUsd, toDecimalUsd } from "@/server/platform/money";
import { toCode } from "./code";
import type { Promotion } from "./promotions";

const DAY_MS = 24 * 60 * 60 * 1_000;

export interface Redeeming {
  readonly organizationId: string;
  readonly userId: string;
  readonly code: string;
  readonly audit: AuditActor;
}

export interface Redeemed {
  readonly id: string;
  readonly amountNanoUsd: NanoUsd;
  readonly expiresAt: Date;
}

/**
 * Gives the credit of a code. The count of the promotion, the redemption and the grant are one transaction, and the rows
 * are unique per organization and per person: any number at once credit once, and never more than the maximum.
 * The caller throttles: a wrong code is an answer that somebody may be guessing for.
 * @throws AppError not_found (no such code, or it has ended), conflict (redeemed before, used up, not for this organization)
 */
export function redeemPromotion(db: Database, clock: Clock, input: Redeeming): Promise<Redeemed> {
  return db.transaction((tx) => redeemPromotionIn(tx, clock, input));
}

/** The same inside a transaction of the caller's. */
export async function redeemPromotionIn(tx: Executor, clock: Clock, input: Redeeming): Promise<Redeemed> {
  const code = toCode(input.code);
  const known = code && (await findRunning(tx, clock, code));
  // One answer for codes that never were and codes that have ended: a list of them is of no use to anybody.
  if (!known) throw new AppError("not_found", { message: "This code is not valid, or has ended." });
  await requireYoung(tx, clock, known, input.organizationId);
  return redeem(tx, clock, known.id, input);
}

async function redeem(tx: Executor, clock: Clock, promotionId: string, input: Redeeming): Promise<Redeemed> {
  const now = new Date(clock.nowMs());
  const [counted] = await tx
    .update(promotion)
    .set({ redemptions: sql`${promotion.redemptions} + 1` })
    .where(
      and(
        eq(promotion.id, promotionId),
        lt(promotion.redemptions, promotion.maxRedemptions),

        isNull(promotion.endedAt),
        gt(promotion.redeemableUntil, now),
      ),
    )
    .returning();
  if (!counted) throw await refusal(tx, promotionId, input);
  const values = {
    id: newId("redemption"),
    promotionId,
    organizationId: input.organizationId,
    userId: input.userId,
    amountNanoUsd: counted.amountNanoUsd,
    expiresAt: new Date(now.getTime() + counted.creditDays * DAY_MS),
    createdAt: now,
  };
  const [made] = await tx.insert(redemption).values(values).onConflictDoNothing().returning();
  if (!made) throw redeemedBefore();
  await creditBalance(tx, {
    organizationId: input.organizationId,
    kind: "grant",
    bucket: "promotional",
    source: made.id,
    amountNanoUsd: made.amountNanoUsd,
    memo: "promotion",
    expiresAt: made.expiresAt,
  });
  await recordAudit(tx, clock, {
    organizationId: input.organizationId,
    actor: input.audit,
    action: "promotion.redeemed",
    target: { kind: "promotion", id: promotionId, label: promotionId },
    after: { amountUsd: toDecimalUsd(made.amountNanoUsd), expiresAt: made.expiresAt.toISOString() },
  });
  return { id: made.id, amountNanoUsd: made.amountNanoUsd, expiresAt: made.expiresAt };
}

async function findRunning(db: Executor, clock: Clock, code: string): Promise<Promotion | null> {
  const [found] = await db
    .select()
    .from(promotion)
    .where(
      and(
        eq(promotion.code, code),
        isNull(promotion.endedAt),
        gt(promotion.redeemableUntil, new Date(clock.nowMs())),
      ),
    );
  return found ?? null;
}

async function requireYoung(
  db: Executor,
  clock: Clock,
  { maxOrganizationAgeDays: days }: Promotion,
  organizationId: string,
): Promise<void> {
  if (days === null) return;
  const [own] = await db
    .select({ createdAt: organization.createdAt })
    .from(organization)
    .where(eq(organization.id, organizationId));
  if (own && clock.nowMs() - own.createdAt.getTime() <= days * DAY_MS) return;
  throw new AppError("conflict", { message: "This code is for new organizations." });
}

/** Why a running code gives nothing. */
async function refusal(tx: Executor, promotionId: string, input: Redeeming): Promise<AppError> {
  const [own] = await tx
    .select({ id: redemption.id })
    .from(redemption)
    .where(
      and(
        eq(redemption.promotionId, promotionId),
        or(eq(redemption.organizationId, input.organizationId), eq(redemption.userId, input.userId)),
      ),
    );
  return own
    ? redeemedBefore()
    : new AppError("conflict", { message: "This code was redeemed as often as it can be." });
}

function redeemedBefore(): AppError {
  return new AppError("conflict", {
    message: "This code was redeemed already: once for an organization, and once for a person.",
  });
}

/** What an organization has redeemed, newest first: each promotion once. */
export function listRedemptions(db: Executor, organizationId: string, limit: number) {
  return db
    .select({
      id: redemption.id,
      amountNanoUsd: redemption.amountNanoUsd,
      expiresAt: redemption.expiresAt,
      createdAt: redemption.createdAt,
    })
    .from(redemption)
    .where(eq(redemption.organizationId, organizationId))
    .orderBy(desc(redemption.id))
    .limit(limit);
}
