import { addTo, type Histogram, mergeInto, quantile } from "./histogram";

/** Traffic of one endpoint in one span of time. Additive: spans of several processes are summed. */
export interface HealthCounts {
  requests: number;
  failures: number;
  rateLimited: number;
  /** Until the first meaningful event; and for the whole answer. */
  firstTokenMs: Record<number, number>;
  durationMs: Record<number, number>;
  tokensPerSecond: Record<number, number>;
}

export function noCounts(): HealthCounts {
  return { requests: 0, failures: 0, rateLimited: 0, firstTokenMs: {}, durationMs: {}, tokensPerSecond: {} };
}

/** How one attempt at an endpoint ended. Times in milliseconds. */
export interface AttemptReport {
  readonly outcome: "success" | "failure" | "rate_limited";
  /** The pause that a rate-limited provider asked for. */
  readonly retryAfterMs?: number;
  readonly firstTokenMs?: number;
  readonly durationMs?: number;
  readonly outputTokens?: number;
}

const LEAST_TOKENS_FOR_SPEED = 16;
const MS_PER_SECOND = 1_000;

export function count(counts: HealthCounts, report: AttemptReport): void {
  counts.requests += 1;
  if (report.outcome === "failure") counts.failures += 1;
  if (report.outcome === "rate_limited") counts.rateLimited += 1;
  const { firstTokenMs, durationMs, outputTokens = 0 } = report;
  if (firstTokenMs !== undefined) addTo(counts.firstTokenMs, firstTokenMs);
  if (durationMs === undefined) return;
  addTo(counts.durationMs, durationMs);
  const speakingMs = durationMs - (firstTokenMs ?? 0);
  if (outputTokens >= LEAST_TOKENS_FOR_SPEED && speakingMs > 0)
    addTo(counts.tokensPerSecond, (outputTokens * MS_PER_SECOND) / speakingMs);
}

export function addCounts(into: HealthCounts, from: HealthCounts): void {
  into.requests += from.requests;
  into.failures += from.failures;
  into.rateLimited += from.rateLimited;
  mergeInto(into.firstTokenMs, from.firstTokenMs);
  mergeInto(into.durationMs, from.durationMs);
  mergeInto(into.tokensPerSecond, from.tokensPerSecond);
}

/** What people and routing are told of a span. Null = too little traffic to tell. */
export interface HealthSummary {
  readonly requests: number;
  readonly successShare: number | null;
  readonly firstTokenMsP50: number | null;
  readonly firstTokenMsP95: number | null;
  readonly firstTokenMsP99: number | null;
  readonly durationMsP50: number | null;
  readonly durationMsP95: number | null;
  readonly tokensPerSecondP50: number | null;
  readonly tokensPerSecondP95: number | null;
}

/** Fewer attempts than this say nothing about a share. */
const LEAST_REQUESTS = 10;

export function summarize(counts: HealthCounts): HealthSummary {
  const judged = counts.requests - counts.rateLimited;
  const at = (histogram: Histogram, share: number) => quantile(histogram, share);
  return {
    requests: counts.requests,
    successShare: judged >= LEAST_REQUESTS ? (judged - counts.failures) / judged : null,
    firstTokenMsP50: at(counts.firstTokenMs, 0.5),
    firstTokenMsP95: at(counts.firstTokenMs, 0.95),
    firstTokenMsP99: at(counts.firstTokenMs, 0.99),
    durationMsP50: at(counts.durationMs, 0.5),
    durationMsP95: at(counts.durationMs, 0.95),
    tokensPerSecondP50: at(counts.tokensPerSecond, 0.5),
    tokensPerSecondP95: at(counts.tokensPerSecond, 0.95),
  };
}
