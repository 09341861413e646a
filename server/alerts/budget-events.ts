import { type BudgetAlert, listBudgets, markDelivered, undeliveredAlerts } from "@/server/budgets";
import { emitEvent } from "@/server/events";
import type { Clock } from "@/server/platform/clock";
import type { Database } from "@/server/platform/database";
import { toDecimalUsd } from "@/server/platform/money";

const BATCH = 100;

/**
 * Makes an event of every budget alert, each in one transaction with the mark that it has been told.
 * @returns how many events were written
 */
export async function emitBudgetEvents(db: Database, clock: Clock): Promise<number> {
  const alerts = await undeliveredAlerts(db, BATCH);
  const standing = await standingOf(db, clock, alerts);
  let emitted = 0;
  for (const alert of alerts) {
    const isMine = await db.transaction(async (tx) => {
      if (!(await markDelivered(tx, clock, alert.id))) return false;
      await emitEvent(tx, {
        organizationId: alert.organizationId,
        type: alert.threshold >= 100 ? "budget.exceeded" : "budget.threshold_reached",
        data: {
          budget_id: alert.budgetId,
          scope: alert.scope,
          scope_id: alert.scopeId,
          scope_name: standing.get(alert.budgetId)?.scopeName ?? alert.scopeId,
          window: alert.window,
          is_hard: alert.isHard,
          amount_usd: toDecimalUsd(alert.amountNanoUsd),
          spent_usd: toDecimalUsd(alert.spentNanoUsd),
          threshold_percent: alert.threshold,
          resets_at: standing.get(alert.budgetId)?.resetsAt ?? null,
        },
      });
      return true;
    });
    if (isMine) emitted += 1;
  }
  return emitted;
}

/** What each budget binds, and when it next gives something back, ISO 8601. */
async function standingOf(db: Database, clock: Clock, alerts: readonly BudgetAlert[]) {
  const standing = new Map<string, { readonly scopeName: string; readonly resetsAt: string | null }>();
  for (const organizationId of new Set(alerts.map((alert) => alert.organizationId)))
    for (const { id, scopeName, resetsAt } of await listBudgets(db, organizationId, clock.nowMs()))
      standing.set(id, { scopeName, resetsAt: resetsAt?.toISOString() ?? null });
  return standing;
}
