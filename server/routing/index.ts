/** Who is asked, in which order, and what traffic has shown of them. Decisions are pure; health is shared beside the requests. */
export { type Breaker, type BreakerState, isReady } from "./breaker";
export { chainOf, modelsToTry } from "./chain";
export { decide } from "./decide";
export { type DryRun, type DryRunRequest, dryRun } from "./dry-run";
export {
  createHealthBoard,
  type HealthBoard,
  type HealthExchange,
  type ShareHealth,
} from "./health-board";
export type { AttemptReport, HealthCounts, HealthSummary } from "./health-window";
export { type HealthDay, pruneHistory, readHealthDays } from "./history";
export { liveHealth } from "./live-health";
export { createRoutingMemory, type RoutingMemory, type RoutingMemoryDeps } from "./memory";
export { type BoardRow, readBoard } from "./operator-board";
export { listOutages, type Outage } from "./outages";
export { parsePreferences, type RoutingPreferences } from "./preferences";
export { createHealthReporter, type EndpointReport, type HealthReporter } from "./report";
export { createRetryBudget, type RetryBudget } from "./retry-budget";
export { cachePays } from "./score";
export { createSessionMemory, type SessionMemory } from "./session-memory";
export { createMemoryShare } from "./share-memory";
export { createRedisShare } from "./share-redis";
export type {
  Decision,
  DecisionInput,
  EndpointHealth,
  Exclusion,
  ExclusionReason,
  RankedRoute,
  Requirements,
  Route,
} from "./types";
