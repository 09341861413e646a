import { and, asc, eq, isNull } from "drizzle-orm";
import type pg from "pg";
import { budget, budgetAlert } from "@/db/schema";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import type { NanoUsd } from "@/server/platform/money";
import type { BudgetScope, BudgetWindow } from "./types";

/** A threshold that a budget's spend has reached, once per window. */
export interface BudgetAlert {
  readonly id: string;
  readonly organizationId: string;
  readonly budgetId: string;
  readonly scope: BudgetScope;
  readonly scopeId: string;
  readonly window: BudgetWindow;
  readonly isHard: boolean;
  /** Percentage of the amount. */
  readonly threshold: number;
  readonly amountNanoUsd: NanoUsd;
  readonly spentNanoUsd: NanoUsd;
  readonly raisedAt: Date;
}

/** Raises what has been reached since the last time. Any number at once, and late. @returns how many were raised */
export async function raiseAlerts(pool: Pick<pg.Pool, "query">): Promise<number> {
  const { rows } = await pool.query<{ raised: number }>("SELECT raise_budget_alerts() AS raised");
  return rows[0]?.raised ?? 0;
}

/** Alerts that nobody has delivered yet, oldest first: for whoever tells people. */
export async function undeliveredAlerts(db: Executor, limit: number): Promise<BudgetAlert[]> {
  return db
    .select({
      id: budgetAlert.id,
      organizationId: budgetAlert.organizationId,
      budgetId: budgetAlert.budgetId,
      scope: budget.scope,
      scopeId: budget.scopeId,
      window: budget.window,
      isHard: budget.isHard,
      threshold: budgetAlert.threshold,
      amountNanoUsd: budgetAlert.amount,
      spentNanoUsd: budgetAlert.spent,
      raisedAt: budgetAlert.raisedAt,
    })
    .from(budgetAlert)
    .innerJoin(budget, eq(budget.id, budgetAlert.budgetId))
    .where(isNull(budgetAlert.deliveredAt))
    .orderBy(asc(budgetAlert.raisedAt), asc(budgetAlert.id))
    .limit(limit);
}

/** Takes an alert off the list in the transaction that delivers it. False when somebody else has. */
export async function markDelivered(tx: Executor, clock: Clock, alertId: string): Promise<boolean> {
  const done = await tx
    .update(budgetAlert)
    .set({ deliveredAt: new Date(clock.nowMs()) })
    .where(and(eq(budgetAlert.id, alertId), isNull(budgetAlert.deliveredAt)))
    .returning({ id: budgetAlert.id });
  return done.length > 0;
}
