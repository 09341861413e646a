import { and, asc, eq, isNull, lte } from "drizzle-orm";
import { apiKey, budget } from "@/db/schema";
import type { AuditActor } from "@/server/audit";
import {
  type BudgetChange,
  type BudgetTerms,
  createBudget,
  removeBudget,
  updateBudget,
} from "@/server/budgets";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { type NanoUsd, parseUsd, toDecimalUsd } from "@/server/platform/money";
import { lockOrganization } from "./lock";
import { type OrganizationPolicy, readPolicy, writePolicy } from "./policy";

/** Of the budgets that the policy makes. */
const THRESHOLDS = [80, 100];

/*
 * The policy's maximum key budget is enforced by budgets, which the gate knows already: while there is such a maximum, every
 * live key has a hard budget of the calendar month that is no larger. It is made with the key, or for all keys when the
 * policy is set, and cannot be loosened or removed. These functions are the one way to a budget for people and programs.
 */

interface Change {
  readonly organizationId: string;
  readonly by: AuditActor;
}

/** @throws AppError as `createBudget`; conflict when a key would get more than the policy lets it have */
export async function setBudget(
  tx: Executor,
  clock: Clock,
  input: Change & { readonly terms: BudgetTerms; readonly memberId: string | null },
): Promise<{ id: string }> {
  const most = await mostOf(tx, input.organizationId);
  const { scope, window, amountNanoUsd } = input.terms;
  if (most !== null && scope === "key" && window === "month" && amountNanoUsd > most) throw tooMuch(most);
  return createBudget(tx, clock, input);
}

/** @throws AppError as `updateBudget`; conflict when a key would be left without the budget that the policy asks for */
export async function changeBudget(
  tx: Executor,
  clock: Clock,
  input: Change & { readonly budgetId: string; readonly change: BudgetChange },
): Promise<void> {
  const keyId = await keyOf(tx, input);
  await updateBudget(tx, clock, input);
  await requireCap(tx, input.organizationId, keyId);
}

/** @throws AppError as `removeBudget`; conflict when a key would be left without the budget that the policy asks for */
export async function dropBudget(
  tx: Executor,
  clock: Clock,
  input: Change & { readonly budgetId: string },
): Promise<void> {
  const keyId = await keyOf(tx, input);
  await removeBudget(tx, clock, input);
  await requireCap(tx, input.organizationId, keyId);
}

/** Replaces the policy and lets every live key have the budget that it asks for. @throws AppError as `writePolicy` */
export async function applyPolicy(
  tx: Executor,
  clock: Clock,
  by: AuditActor,
  input: { readonly organizationId: string; readonly policy: OrganizationPolicy },
): Promise<OrganizationPolicy> {
  await lockOrganization(tx, input.organizationId);
  const written = await writePolicy(tx, clock, by, input);
  const most = await mostOf(tx, input.organizationId);
  if (most === null) return written;
  for (const { id } of await liveKeys(tx, input.organizationId))
    await capKey(tx, clock, { organizationId: input.organizationId, by }, id, most);
  return written;
}

/** Gives a new key the budget that the policy asks for. The caller holds the organization's lock. */
export async function capNewKey(tx: Executor, clock: Clock, change: Change, keyId: string): Promise<void> {
  const most = await mostOf(tx, change.organizationId);
  if (most !== null) await capKey(tx, clock, change, keyId, most);
}

async function capKey(
  tx: Executor,
  clock: Clock,
  change: Change,
  keyId: string,
  most: NanoUsd,
): Promise<void> {
  if (await hasCap(tx, keyId, most)) return;
  const terms = { window: "month", isRolling: false, isHard: true, amountNanoUsd: most } as const;
  const [larger] = await tx
    .select({ id: budget.id, thresholds: budget.thresholds })
    .from(budget)
    .where(and(monthly(keyId), eq(budget.isHard, true)))
    .orderBy(asc(budget.amount))
    .limit(1);
  if (larger) {
    const changed = { ...terms, thresholds: larger.thresholds };
    await updateBudget(tx, clock, { ...change, budgetId: larger.id, change: changed });
    return;
  }
  await createBudget(tx, clock, {
    ...change,
    memberId: null,
    isOfPolicy: true,
    terms: { ...terms, scope: "key", scopeId: keyId, thresholds: THRESHOLDS },
  });
}

/** What the policy lets a key spend in a month; null without such a rule. */
async function mostOf(tx: Executor, organizationId: string): Promise<NanoUsd | null> {
  const { keys } = await readPolicy(tx, organizationId);
  return keys.maxMonthlyBudgetUsd === null ? null : parseUsd(keys.maxMonthlyBudgetUsd);
}

async function requireCap(tx: Executor, organizationId: string, keyId: string | null): Promise<void> {
  if (keyId === null) return;
  const most = await mostOf(tx, organizationId);
  if (most === null || (await hasCap(tx, keyId, most))) return;
  if (!(await liveKeys(tx, organizationId)).some(({ id }) => id === keyId)) return;
  throw tooMuch(most);
}

/** The key that a budget binds, under the organization's lock; null for another scope, or none. */
async function keyOf(
  tx: Executor,
  input: { readonly organizationId: string; readonly budgetId: string },
): Promise<string | null> {
  await lockOrganization(tx, input.organizationId);
  const [row] = await tx
    .select({ scope: budget.scope, scopeId: budget.scopeId })
    .from(budget)
    .where(and(eq(budget.id, input.budgetId), eq(budget.organizationId, input.organizationId)));
  return row?.scope === "key" ? row.scopeId : null;
}

async function hasCap(tx: Executor, keyId: string, most: NanoUsd): Promise<boolean> {
  const [cap] = await tx
    .select({ id: budget.id })
    .from(budget)
    .where(and(monthly(keyId), eq(budget.isHard, true), lte(budget.amount, most)))
    .limit(1);
  return cap !== undefined;
}

/** Budgets of a key over the calendar month. A rolling one can let through twice its amount within one. */
function monthly(keyId: string) {
  return and(
    eq(budget.scope, "key"),
    eq(budget.scopeId, keyId),
    eq(budget.window, "month"),
    eq(budget.isRolling, false),
  );
}

async function liveKeys(tx: Executor, organizationId: string): Promise<{ readonly id: string }[]> {
  return tx
    .select({ id: apiKey.id })
    .from(apiKey)
    .where(and(eq(apiKey.organizationId, organizationId), isNull(apiKey.revokedAt)))
    .orderBy(asc(apiKey.id));
}

function tooMuch(most: NanoUsd): AppError {
  return new AppError("conflict", {
    message: `The policy of this organization lets a key spend $${toDecimalUsd(most)} a calendar month at most, by a hard budget.`,
    param: "amountNanoUsd",
    metadata: { reason: "key_budget_policy", maxMonthlyBudgetUsd: toDecimalUsd(most) },
  });
}
