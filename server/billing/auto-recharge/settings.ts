import { and, desc, eq, isNotNull } from "drizzle-orm";
import { autoRecharge, recharge } from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
import type { Role } from "@/server/organizations";
import type { Clock } from "@/server/platform/clock";
import type { Database, Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { type NanoUsd, toDecimalUsd, toWholeCents } from "@/server/platform/money";
import { needsApproval } from "../approvals";
import { MAX_SELF_SERVE_NANO_USD, MIN_ORDER_NANO_USD } from "../packs";
import {
  consentText,
  MAX_MONTHLY_CAP_NANO_USD,
  MAX_THRESHOLD_NANO_USD,
  MIN_THRESHOLD_NANO_USD,
  type RechargeTerms,
} from "./terms";

export interface AutoRechargeSettings extends RechargeTerms {
  readonly isEnabled: boolean;
  /** Why it stands still: monthly_cap, no_card, card_declined, … Null while it works. */
  readonly pausedReason: string | null;
  readonly consentAt: Date;
}

/** Null while nobody has ever agreed to automatic top-ups. */
export async function readAutoRecharge(
  db: Executor,
  organizationId: string,
): Promise<AutoRechargeSettings | null> {
  const [row] = await db.select().from(autoRecharge).where(eq(autoRecharge.organizationId, organizationId));
  return row ?? null;
}

export interface Author {
  readonly organizationId: string;
  readonly userId: string;
  readonly role: Role;
  readonly audit: AuditActor;
}

/**
 * Turns automatic top-ups on, or changes their terms: both need the consent again, word for word. A pause ends with it.
 * @throws AppError invalid_request (amounts, or a consent to other terms), permission_denied (an amount that the policy
 *   lets wait for approval, and no owner who asks)
 */
export async function enableAutoRecharge(
  db: Database,
  clock: Clock,
  author: Author,
  input: RechargeTerms & { readonly consent: string },
): Promise<void> {
  checkTerms(input);
  await requireUnwatched(db, author, input.amountNanoUsd);
  const agreed = consentText(input);
  if (input.consent !== agreed)
    throw invalid("consent", "The consent does not name these amounts. Read it again and agree to it.");
  const values = {
    isEnabled: true,
    thresholdNanoUsd: input.thresholdNanoUsd,
    amountNanoUsd: input.amountNanoUsd,
    monthlyCapNanoUsd: input.monthlyCapNanoUsd,
    pausedReason: null,
    pausedAt: null,
    pauseToldAt: null,
    consentText: agreed,
    consentByUserId: author.userId,
    consentAt: new Date(clock.nowMs()),
  };
  await db.transaction(async (tx) => {
    const before = await readAutoRecharge(tx, author.organizationId);
    await tx
      .insert(autoRecharge)
      .values({ organizationId: author.organizationId, ...values })
      .onConflictDoUpdate({ target: autoRecharge.organizationId, set: values });
    await auditChange(tx, clock, author, before, { ...values, consentAt: values.consentAt });
  });
}

/** Turns automatic top-ups off. One that is under way is not taken back. */
export async function disableAutoRecharge(db: Database, clock: Clock, author: Author): Promise<void> {
  await db.transaction(async (tx) => {
    const before = await readAutoRecharge(tx, author.organizationId);
    if (!before?.isEnabled) return;
    await tx
      .update(autoRecharge)
      .set({ isEnabled: false })
      .where(eq(autoRecharge.organizationId, author.organizationId));
    await auditChange(tx, clock, author, before, { ...before, isEnabled: false });
  });
}

/**
 * A person sets a paused one going again, under the terms that were agreed to.
 * @throws AppError permission_denied (an amount that the policy lets wait for approval, and no owner who asks)
 */
export async function resumeAutoRecharge(db: Database, clock: Clock, author: Author): Promise<void> {
  await db.transaction(async (tx) => {
    const before = await readAutoRecharge(tx, author.organizationId);
    if (before) await requireUnwatched(tx, author, before.amountNanoUsd);
    const [row] = await tx
      .update(autoRecharge)
      .set({ pausedReason: null, pausedAt: null, pauseToldAt: null })
      .where(
        and(eq(autoRecharge.organizationId, author.organizationId), isNotNull(autoRecharge.pausedReason)),
      )
      .returning();
    if (row) await auditChange(tx, clock, author, before, row);
  });
}

/** Nobody approves a top-up that nobody asks for: one of a size that waits is switched on by an owner, or not at all. */
async function requireUnwatched(db: Executor, author: Author, amountNanoUsd: NanoUsd): Promise<void> {
  if (!(await needsApproval(db, { ...author, amountNanoUsd }))) return;
  throw new AppError("permission_denied", {
    message:
      "The policy of this organization lets top-ups of this amount wait for approval, so only an owner can let them happen by themselves.",
    metadata: { reason: "top_up_approval", role: author.role, rolesAllowed: ["owner"] },
  });
}

/** The newest automatic top-ups, at most 10. */
export function listRecharges(db: Executor, organizationId: string) {
  return db
    .select({
      id: recharge.id,
      orderId: recharge.orderId,
      amountNanoUsd: recharge.amountNanoUsd,
      status: recharge.status,
      reason: recharge.reason,
      createdAt: recharge.createdAt,
    })
    .from(recharge)
    .where(eq(recharge.organizationId, organizationId))
    .orderBy(desc(recharge.createdAt))
    .limit(10);
}

function checkTerms({ thresholdNanoUsd, amountNanoUsd, monthlyCapNanoUsd }: RechargeTerms): void {
  within(
    "thresholdUsd",
    "balance that starts it",
    thresholdNanoUsd,
    MIN_THRESHOLD_NANO_USD,
    MAX_THRESHOLD_NANO_USD,
  );
  within("amountUsd", "amount", amountNanoUsd, MIN_ORDER_NANO_USD, MAX_SELF_SERVE_NANO_USD);
  within("monthlyCapUsd", "monthly cap", monthlyCapNanoUsd, amountNanoUsd, MAX_MONTHLY_CAP_NANO_USD);
}

function within(param: string, name: string, amount: NanoUsd, least: NanoUsd, most: NanoUsd): void {
  if (amount < least || amount > most || toWholeCents(amount) === null)
    throw invalid(
      param,
      `The ${name} must be between $${toDecimalUsd(least)} and $${toDecimalUsd(most)}, in whole cents.`,
    );
}

async function auditChange(
  tx: Executor,
  clock: Clock,
  author: Author,
  before: AutoRechargeSettings | null,
  after: AutoRechargeSettings,
): Promise<void> {
  await recordAudit(tx, clock, {
    organizationId: author.organizationId,
    actor: author.audit,
    action: "auto_recharge.changed",
    target: { kind: "organization", id: author.organizationId, label: author.organizationId },
    before: before && toDetail(before),
    after: toDetail(after),
  });
}

function toDetail(settings: AutoRechargeSettings) {
  return {
    isEnabled: settings.isEnabled,
    thresholdUsd: toDecimalUsd(settings.thresholdNanoUsd),
    amountUsd: toDecimalUsd(settings.amountNanoUsd),
    monthlyCapUsd: toDecimalUsd(settings.monthlyCapNanoUsd),
    pausedReason: settings.pausedReason,
    consentAt: settings.consentAt.toISOString(),
  };
}

function invalid(param: string, message: string): AppError {
  return new AppError("invalid_request", { message, param });
}
