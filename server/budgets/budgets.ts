import { and, asc, count, eq, sql } from "drizzle-orm";
import { apiKey, budget, member, organization, project, user } from "@/db/schema";
import { type AuditAction, type AuditActor, recordAudit } from "@/server/audit";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { newId } from "@/server/platform/ids";
import { toTerms } from "./terms";
import type { Budget, BudgetScope, BudgetTerms } from "./types";

const MAX_BUDGETS = 200;

interface Change {
  readonly organizationId: string;
  readonly by: AuditActor;
}

/** Every budget of an organization with where it stands, the widest scope first. Spent and reserved are of one moment. */
export async function listBudgets(db: Executor, organizationId: string, nowMs: number): Promise<Budget[]> {
  const { rows } = await db.execute<StandingRow>(sql`
    SELECT b.id, b.scope, b.scope_id, b."window", b.is_rolling, b.is_hard, b.amount, b.thresholds, b.created_at,
      s.spent, s.reserved, epoch_ms(s.resets_at) AS resets_at_ms, (extract(epoch FROM b.created_at) * 1000)::bigint AS created_at_ms,
      coalesce(k.name, p.name, u.name, o.name) AS scope_name
    FROM ${budget} b
    JOIN budget_standing(${organizationId}, ${new Date(nowMs)}) s ON s.budget_id = b.id
    JOIN ${organization} o ON o.id = b.organization_id
    LEFT JOIN ${apiKey} k ON b.scope = 'key' AND k.id = b.scope_id
    LEFT JOIN ${project} p ON b.scope = 'project' AND p.id = b.scope_id
    LEFT JOIN ${member} m ON b.scope = 'member' AND m.id = b.scope_id
    LEFT JOIN ${user} u ON u.id = m.user_id
    WHERE b.organization_id = ${organizationId}
    ORDER BY array_position(ARRAY['organization', 'project', 'member', 'key'], b.scope), b.id`);
  return rows.map((row) => ({
    id: row.id,
    scope: row.scope,
    scopeId: row.scope_id,
    scopeName: row.scope_name,
    window: row.window,
    isRolling: row.is_rolling,
    isHard: row.is_hard,
    amountNanoUsd: row.amount,
    thresholds: row.thresholds,
    spentNanoUsd: row.spent,
    reservedNanoUsd: row.reserved,
    resetsAt: row.resets_at_ms === null ? null : new Date(Number(row.resets_at_ms)),
    createdAt: new Date(Number(row.created_at_ms)),
  }));
}

interface StandingRow extends Record<string, unknown> {
  readonly id: string;
  readonly scope: BudgetScope;
  readonly scope_id: string;
  readonly scope_name: string;
  readonly window: Budget["window"];
  readonly is_rolling: boolean;
  readonly is_hard: boolean;
  readonly amount: bigint;
  readonly thresholds: number[];
  readonly spent: bigint;
  readonly reserved: bigint;
  readonly resets_at_ms: bigint | null;
  readonly created_at_ms: bigint;
}

/**
 * Sets a budget in the caller's transaction; it binds the next request, and counts what its window has spent already.
 * @throws AppError invalid_request (names the field), not_found (scope of another organization, or none), conflict (too many)
 */
export async function createBudget(
  tx: Executor,
  clock: Clock,
  input: Change & {
    readonly terms: BudgetTerms;
    readonly memberId: string | null;
    /** Made because the organization's policy asks for one: there is no limit of how many. */
    readonly isOfPolicy?: boolean;
  },
): Promise<{ id: string }> {
  const { organizationId } = input;
  const terms = toTerms(input.terms);
  await requireScope(tx, organizationId, terms);
  const [existing] = await tx
    .select({ n: count() })
    .from(budget)
    .where(eq(budget.organizationId, organizationId));
  if (!input.isOfPolicy && Number(existing?.n ?? 0) >= MAX_BUDGETS)
    throw new AppError("conflict", { message: `An organization can have ${MAX_BUDGETS} budgets.` });
  const id = newId("budget");
  const now = new Date(clock.nowMs());
  await tx.insert(budget).values({
    id,
    organizationId,
    ...toColumns(terms),
    createdBy: input.memberId,
    createdAt: now,
    updatedAt: now,
  });
  await note(tx, clock, input, "budget.created", id, { after: terms });
  return { id };
}

/** What of a budget may be changed; what it binds may not, because its alerts belong to that. */
export type BudgetChange = Pick<
  BudgetTerms,
  "window" | "isRolling" | "isHard" | "amountNanoUsd" | "thresholds"
>;

/** @throws AppError invalid_request (names the field), not_found */
export async function updateBudget(
  tx: Executor,
  clock: Clock,
  input: Change & { readonly budgetId: string; readonly change: BudgetChange },
): Promise<void> {
  const before = await ownBudget(tx, input.organizationId, input.budgetId);
  const terms = toTerms({ ...before, ...input.change });
  await tx
    .update(budget)
    .set({ ...toColumns(terms), updatedAt: new Date(clock.nowMs()) })
    .where(eq(budget.id, input.budgetId));
  await note(tx, clock, input, "budget.updated", input.budgetId, { before, after: terms });
}

/** @throws AppError not_found */
export async function removeBudget(
  tx: Executor,
  clock: Clock,
  input: Change & { readonly budgetId: string },
): Promise<void> {
  const before = await ownBudget(tx, input.organizationId, input.budgetId);
  await tx.delete(budget).where(eq(budget.id, input.budgetId));
  await note(tx, clock, input, "budget.removed", input.budgetId, { before });
}

function toColumns({ amountNanoUsd, thresholds, ...terms }: BudgetTerms) {
  return { ...terms, amount: amountNanoUsd, thresholds: [...thresholds] };
}

async function ownBudget(tx: Executor, organizationId: string, budgetId: string): Promise<BudgetTerms> {
  const [row] = await tx
    .select()
    .from(budget)
    .where(and(eq(budget.id, budgetId), eq(budget.organizationId, organizationId)))
    .for("update");
  if (!row) throw notThere();
  const { scope, scopeId, window, isRolling, isHard, amount, thresholds } = row;
  return { scope, scopeId, window, isRolling, isHard, amountNanoUsd: amount, thresholds };
}

/** What a budget binds belongs to its organization. */
export async function requireScope(tx: Executor, organizationId: string, { scope, scopeId }: BudgetTerms) {
  if (scope === "organization") {
    if (scopeId === organizationId) return;
    throw notThere();
  }
  const table = { project, member, key: apiKey }[scope];
  const [found] = await tx
    .select({ id: table.id })
    .from(table)
    .where(and(eq(table.id, scopeId), eq(table.organizationId, organizationId)))
    .orderBy(asc(table.id));
  if (!found) throw notThere();
}

function note(
  tx: Executor,
  clock: Clock,
  { organizationId, by }: Change,
  action: AuditAction,
  id: string,
  detail: { readonly before?: BudgetTerms; readonly after?: BudgetTerms },
): Promise<void> {
  const plain = (terms: BudgetTerms | undefined) =>
    terms && { ...terms, amountNanoUsd: terms.amountNanoUsd.toString() };
  const label = detail.after ?? detail.before;
  return recordAudit(tx, clock, {
    organizationId,
    actor: by,
    action,
    target: { kind: "budget", id, label: label ? `${label.scope} ${label.window}` : id },
    before: plain(detail.before),
    after: plain(detail.after),
  });
}

function notThere(): AppError {
  return new AppError("not_found", { message: "There is no such budget, project, member or key." });
}
