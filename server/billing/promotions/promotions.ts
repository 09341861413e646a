import { and, desc, eq, isNull, lt } from "drizzle-orm";
import { promotion } from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
import type { Clock } from "@/server/platform/clock";
import type { Database, Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { isId, newId } from "@/server/platform/ids";
import { fromCents, type NanoUsd, toDecimalUsd, toWholeCents } from "@/server/platform/money";
import { randomCode, toCode } from "./code";

const MAX_AMOUNT_NANO_USD: NanoUsd = fromCents(10_000_00n);
const MAX_REDEMPTIONS = 1_000_000;
const MAX_DAYS = 3_650;

export type Promotion = typeof promotion.$inferSelect;

export interface NewPromotion {
  /** Null: one is made, which nobody guesses. */
  readonly code: string | null;
  readonly amountNanoUsd: NanoUsd;
  /** Days from the redemption until what is unspent ends. */
  readonly creditDays: number;
  readonly maxRedemptions: number;
  readonly redeemableUntil: Date;
  readonly maxOrganizationAgeDays: number | null;
  readonly note: string | null;
  readonly by: AuditActor;
}

/** @throws AppError invalid_request (terms), conflict (the code exists) */
export async function createPromotion(db: Database, clock: Clock, input: NewPromotion): Promise<Promotion> {
  const code = input.code === null ? randomCode() : toCode(input.code);
  if (code === null)
    throw invalid(
      "code",
      "A code has 4 to 40 letters, digits and dashes, and begins and ends with neither dash.",
    );
  checkTerms(clock, input);
  return db.transaction(async (tx) => {
    const [made] = await tx
      .insert(promotion)
      .values({
        id: newId("promotion"),
        code,
        amountNanoUsd: input.amountNanoUsd,
        creditDays: input.creditDays,
        maxRedemptions: input.maxRedemptions,
        redeemableUntil: input.redeemableUntil,
        maxOrganizationAgeDays: input.maxOrganizationAgeDays,
        note: input.note,
        createdAt: new Date(clock.nowMs()),
      })
      .onConflictDoNothing({ target: promotion.code })
      .returning();
    if (!made) throw new AppError("conflict", { message: "A promotion with this code exists already." });
    await audit(tx, clock, input.by, made, "promotion.created");
    return made;
  });
}

/** No more redemptions; what was redeemed stays. @throws AppError not_found when there is none, or it ended before */
export async function endPromotion(
  db: Database,
  clock: Clock,
  input: { readonly code: string; readonly by: AuditActor },
): Promise<Promotion> {
  return db.transaction(async (tx) => {
    const [ended] = await tx
      .update(promotion)
      .set({ endedAt: new Date(clock.nowMs()) })
      .where(and(eq(promotion.code, toCode(input.code) ?? ""), isNull(promotion.endedAt)))
      .returning();
    if (!ended) throw new AppError("not_found", { message: "There is no running promotion with this code." });
    await audit(tx, clock, input.by, ended, "promotion.ended");
    return ended;
  });
}

/** Newest first, at most 200. */
export function listPromotions(db: Executor): Promise<Promotion[]> {
  return db.select().from(promotion).orderBy(desc(promotion.id)).limit(200);
}

/**
 * For the operator console only: every promotion, newest first, by keyset.
 * @throws AppError invalid_request (cursor)
 */
export async function listAllPromotions(
  db: Executor,
  clock: Clock,
  input: { readonly cursor?: string | null | undefined; readonly limit: number },
) {
  if (input.cursor && !isId("promotion", input.cursor)) throw invalid("cursor", "The cursor is not valid.");
  const rows = await db
    .select()
    .from(promotion)
    .where(input.cursor ? lt(promotion.id, input.cursor) : undefined)
    .orderBy(desc(promotion.id))
    .limit(input.limit + 1);
  const promotions = rows.slice(0, input.limit).map((row) => ({ ...row, state: stateOf(row, clock) }));
  return { promotions, nextCursor: rows.length > input.limit ? (promotions.at(-1)?.id ?? null) : null };
}

/** Can it be redeemed now, and why not? */
function stateOf(row: Promotion, clock: Clock): "running" | "ended" | "lapsed" | "used_up" {
  if (row.endedAt) return "ended";
  if (row.redemptions >= row.maxRedemptions) return "used_up";
  return row.redeemableUntil.getTime() <= clock.nowMs() ? "lapsed" : "running";
}

/** Promotions belong to no organization: their making stands in the platform's trail, without the code itself. */
function audit(
  tx: Executor,
  clock: Clock,
  actor: AuditActor,
  row: Promotion,
  action: "promotion.created" | "promotion.ended",
): Promise<void> {
  return recordAudit(tx, clock, {
    organizationId: null,
    actor,
    action,
    target: { kind: "promotion", id: row.id, label: row.id },
    after: {
      amountUsd: toDecimalUsd(row.amountNanoUsd),
      creditDays: row.creditDays,
      maxRedemptions: row.maxRedemptions,
      redemptions: row.redemptions,
      redeemableUntil: row.redeemableUntil.toISOString(),
    },
  });
}

function checkTerms(clock: Clock, input: NewPromotion): void {
  const { amountNanoUsd } = input;
  if (amountNanoUsd <= 0n || amountNanoUsd > MAX_AMOUNT_NANO_USD || toWholeCents(amountNanoUsd) === null)
    throw invalid(
      "amountUsd",
      `The credit is at most $${toDecimalUsd(MAX_AMOUNT_NANO_USD)}, in whole cents.`,
    );
  within("creditDays", input.creditDays, MAX_DAYS);
  within("maxRedemptions", input.maxRedemptions, MAX_REDEMPTIONS);
  if (input.maxOrganizationAgeDays !== null)
    within("maxOrganizationAgeDays", input.maxOrganizationAgeDays, MAX_DAYS);
  if (input.redeemableUntil.getTime() <= clock.nowMs())
    throw invalid("redeemableUntil", "The last day to redeem it is one to come.");
}

function within(param: string, value: number, most: number): void {
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw invalid(param, `${param} is a whole number from 1 to ${most}.`);
}

function invalid(param: string, message: string): AppError {
  return new AppError("invalid_request", { message, param });
}
