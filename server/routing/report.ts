import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { isReady, stateOf } from "./breaker";
import type { HealthBoard } from "./health-board";
import type { HealthCounts } from "./health-window";
import { type Histogram, quantile } from "./histogram";
import { readCounts, readDayShares } from "./history";
import { liveHealth } from "./live-health";

export interface Percentiles {
  readonly p50: number;
  readonly p75: number;
  readonly p90: number;
  readonly p99: number;
}

/** Health of an endpoint for people and for `GET models/…/endpoints`. Null = no traffic to tell from. */
export interface EndpointReport {
  /** down: taken out; degraded: tried after the others; unknown: nobody has used it lately. */
  readonly status: "healthy" | "degraded" | "down" | "unknown";
  /** Successful shares, 0 to 1; what a provider refused for its rate limit is not counted. */
  readonly uptimeLast5m: number | null;
  readonly uptimeLast30m: number | null;
  readonly uptimeLast1d: number | null;
  /** Milliseconds until the first meaningful event of an answer. */
  readonly latencyLast30m: Percentiles | null;
  /** Output tokens a second while an answer streams. */
  readonly throughputLast30m: Percentiles | null;
}

interface Reported {
  readonly id: string;
  readonly healthOverride: "open" | "closed" | null;
}

export type HealthReporter = (endpoints: readonly Reported[]) => Promise<Map<string, EndpointReport>>;

const LATE_MINUTES = 30;
/** Public pages ask for the same endpoints again and again; figures of half an hour do not change by the second. */
const LIFE_MS = 10_000;
const MOST_REMEMBERED = 2_000;
const LEAST_UPTIME = 0.95;

export function createHealthReporter(deps: {
  readonly db: Executor;
  readonly clock: Clock;
  readonly board: Pick<HealthBoard, "healthOf" | "summaryOf">;
}): HealthReporter {
  const { db, clock, board } = deps;
  const read = async (endpoints: readonly Reported[]) => {
    const endpointIds = endpoints.map(({ id }) => id);
    const [late, days] = await Promise.all([
      readCounts(db, clock.nowMs(), { endpointIds, minutes: LATE_MINUTES }),
      readDayShares(db, clock.nowMs(), endpointIds),
    ]);
    return { late, days };
  };
  const known = new Map<string, { readonly untilMs: number; readonly answer: ReturnType<typeof read> }>();
  return async (endpoints) => {
    const name = endpoints.map(({ id }) => id).join();
    let entry = known.get(name);
    if (!entry || entry.untilMs <= clock.nowMs()) {
      if (known.size >= MOST_REMEMBERED) known.clear();
      entry = { untilMs: clock.nowMs() + LIFE_MS, answer: read(endpoints) };
      known.set(name, entry);
      entry.answer.catch(() => known.delete(name));
    }
    const { late, days } = await entry.answer;
    return new Map(
      endpoints.map((endpoint) => {
        const counts = late.get(endpoint.id);
        const { successShare, requests } = board.summaryOf(endpoint.id);
        return [
          endpoint.id,
          {
            status: statusOf(board, endpoint, clock.nowMs(), requests > 0 || counts !== undefined),
            uptimeLast5m: successShare,
            uptimeLast30m: counts ? shareOf(counts) : null,
            uptimeLast1d: days.get(endpoint.id) ?? null,
            latencyLast30m: counts ? percentiles(counts.firstTokenMs) : null,
            throughputLast30m: counts ? percentiles(counts.tokensPerSecond) : null,
          },
        ];
      }),
    );
  };
}

function statusOf(
  board: Pick<HealthBoard, "healthOf" | "summaryOf">,
  endpoint: Reported,
  nowMs: number,
  isUsed: boolean,
): EndpointReport["status"] {
  const health = liveHealth(board, endpoint);
  if (health && stateOf(health.breaker, nowMs) === "open") return "down";
  if (health && stateOf(health.breaker, nowMs) === "half_open") return "degraded";
  if (health && !isReady(health.breaker, nowMs)) return "degraded";
  if (health?.successShare !== null && health?.successShare !== undefined)
    return health.successShare < LEAST_UPTIME ? "degraded" : "healthy";
  return isUsed ? "healthy" : "unknown";
}

function shareOf({ requests, rateLimited, failures }: HealthCounts): number | null {
  const judged = requests - rateLimited;
  return judged > 0 ? (judged - failures) / judged : null;
}

function percentiles(histogram: Histogram): Percentiles | null {
  const [p50, p75, p90, p99] = [0.5, 0.75, 0.9, 0.99].map((share) => quantile(histogram, share));
  if (p50 == null || p75 == null || p90 == null || p99 == null) return null;
  return { p50, p75, p90, p99 };
}
