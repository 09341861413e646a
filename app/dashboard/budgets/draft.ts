import { parseUsd, toDecimalUsd } from "@/server/platform/money";
import { type BudgetItem, parseThresholds, type Scope, type Window } from "./words";

/** A budget as the form holds it: amounts and percentages as typed. */
export interface BudgetDraft {
  readonly scope: Scope;
  readonly scopeId: string;
  readonly amount: string;
  readonly window: Window;
  readonly isRolling: boolean;
  readonly kind: string;
  readonly thresholds: string;
}

export interface Problems {
  readonly amount?: string;
  readonly thresholds?: string;
}

export function firstDraft(budget: BudgetItem | null, defaultThresholds: readonly number[]): BudgetDraft {
  return {
    scope: budget?.scope ?? "organization",
    scopeId: budget?.scopeId ?? "",
    amount: budget ? toDecimalUsd(budget.amountNanoUsd) : "",
    window: budget?.window ?? "month",
    isRolling: budget?.isRolling ?? false,
    kind: budget && !budget.isHard ? "soft" : "hard",
    thresholds: (budget?.thresholds ?? defaultThresholds).join(", "),
  };
}

/** The draft as the procedures take it, or what is wrong with it. */
export function toTerms(draft: BudgetDraft) {
  const amountNanoUsd = parseUsd(draft.amount);
  const thresholds = parseThresholds(draft.thresholds);
  if (amountNanoUsd === null || thresholds === null) {
    const problems: Problems = {
      ...(amountNanoUsd === null ? { amount: "Enter dollars, such as 25 or 25.50." } : {}),
      ...(thresholds === null ? { thresholds: "Whole percentages from 1 to 100, such as 50, 80, 100." } : {}),
    };
    return { terms: null, problems };
  }
  const terms = {
    window: draft.window,
    isRolling: draft.isRolling && draft.window !== "total",
    isHard: draft.kind === "hard",
    amountNanoUsd,
    thresholds,
  };
  return { terms, problems: {} };
}
