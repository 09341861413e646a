import { AppError } from "@/server/platform/errors";
import { NANO_USD_PER_USD } from "@/server/platform/money";
import type { BudgetTerms } from "./types";

/** Counters are exact up to about nine million dollars; a million is the most that a budget may be. */
const MAX_AMOUNT = 1_000_000n * NANO_USD_PER_USD;
/** A cent: less than this is a mistyped amount. */
const MIN_AMOUNT = NANO_USD_PER_USD / 100n;
const MAX_THRESHOLDS = 10;

/**
 * The terms as they are stored: thresholds ascending and each once.
 * @throws AppError invalid_request (names the field)
 */
export function toTerms(terms: BudgetTerms): BudgetTerms {
  if (terms.amountNanoUsd < MIN_AMOUNT || terms.amountNanoUsd > MAX_AMOUNT)
    throw invalid("amountNanoUsd", "A budget is at least $0.01 and at most $1,000,000.");
  if (terms.window === "total" && terms.isRolling)
    throw invalid("isRolling", "A budget over all time has no window that could roll.");
  if (terms.thresholds.some((percent) => !Number.isInteger(percent) || percent < 1 || percent > 100))
    throw invalid("thresholds", "An alert threshold is a whole percentage from 1 to 100.");
  const thresholds = [...new Set(terms.thresholds)].sort((a, b) => a - b);
  if (thresholds.length > MAX_THRESHOLDS)
    throw invalid("thresholds", `A budget can have ${MAX_THRESHOLDS} thresholds.`);
  return { ...terms, thresholds };
}

function invalid(param: string, message: string): AppError {
  return new AppError("invalid_request", { message, param });
}
