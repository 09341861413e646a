export {
  expectedExportRows,
  exportRequests,
  REQUEST_EXPORT_FORMATS,
  type RequestExportFormat,
  type RequestSelection,
} from "./export-requests";
export { findFirstRequest } from "./first-request";
export { getRequest, type RequestDetail } from "./get-request";
export { type KeySpend, spendOfKey } from "./key-spend";
export {
  listRecentNames,
  listRequests,
  type RequestPage,
  type RequestRow,
} from "./list-requests";
export type { Attempt, Receipt, ReceiptLine } from "./receipt";
export { REQUEST_OUTCOMES, type RequestFilters, type RequestOutcome } from "./request-filters";
export { type DaySpend, type SpendTotals, spendByDay, spendTotals, utcMidnightMs } from "./spend";
export { type TypicalOutput, typicalOutput } from "./typical-output";
export {
  meanMs,
  readUsage,
  USAGE_GROUPS,
  type UsageFigures,
  type UsageGroup,
  type UsageQuery,
  type UsageRow,
} from "./usage";
