import type { NanoUsd } from "@/server/platform/money";

export const BUDGET_SCOPES = ["organization", "project", "member", "key"] as const;
export type BudgetScope = (typeof BUDGET_SCOPES)[number];

export const BUDGET_WINDOWS = ["5h", "day", "week", "month", "total"] as const;
export type BudgetWindow = (typeof BUDGET_WINDOWS)[number];

export interface BudgetTerms {
  readonly scope: BudgetScope;
  readonly scopeId: string;
  readonly window: BudgetWindow;
  /** True: the window moves with time. False: it follows the UTC calendar, weeks from Monday. */
  readonly isRolling: boolean;
  /** True: no request may pass it. False: it only raises alerts. */
  readonly isHard: boolean;
  readonly amountNanoUsd: NanoUsd;
  /** Percentages of the amount at which an alert is raised. */
  readonly thresholds: readonly number[];
}

/** A budget and where it stands. spent and reserved are of its present window. */
export interface Budget extends BudgetTerms {
  readonly id: string;
  /** Name of the project, member or key; of the organization itself when the scope is that. */
  readonly scopeName: string;
  readonly spentNanoUsd: NanoUsd;
  readonly reservedNanoUsd: NanoUsd;
  /** When the window ends, or a rolling one next gives something back; null when nothing will by itself. */
  readonly resetsAt: Date | null;
  readonly createdAt: Date;
}
