export { type BudgetAlert, markDelivered, raiseAlerts, undeliveredAlerts } from "./alerts";
export { type BudgetChange, createBudget, listBudgets, removeBudget, updateBudget } from "./budgets";
export { type KeyLimit, readKeyLimit } from "./key-limit";
export { type RateLimitTerms, readRateLimits, setRateLimits } from "./rate-limits";
export { type Simulation, simulateBudget } from "./simulate";
export {
  BUDGET_SCOPES,
  BUDGET_WINDOWS,
  type Budget,
  type BudgetScope,
  type BudgetTerms,
  type BudgetWindow,
} from "./types";
