import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";

const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/**
 * What a process that stays tells Prometheus. Labels are names of our own (routes, models, providers, outcomes), never of
 * customers: their number is bounded, and nothing in them is secret.
 */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    /** Every answer of `/v1`, also refusals that were never admitted. */
    requests: new Counter({
      name: "gateway_http_requests_total",
      help: "Answers of the API.",
      labelNames: ["route", "method", "status"] as const,
      registers,
    }),
    requestSeconds: new Histogram({
      name: "gateway_http_head_seconds",
      help: "From the request to the head of its answer.",
      labelNames: ["route"] as const,
      buckets: SECONDS,
      registers,
    }),
    admissions: new Counter({
      name: "gateway_admissions_total",
      help: "Verdicts on whether a request can be paid, and what kept one from being given.",
      labelNames: ["verdict"] as const,
      registers,
    }),
    settled: new Counter({
      name: "gateway_requests_settled_total",
      help: "Admitted requests that have ended, by how.",
      labelNames: ["model", "provider", "outcome"] as const,
      registers,
    }),
    durationSeconds: new Histogram({
      name: "gen_ai_server_request_duration_seconds",
      help: "From the request to the end of its answer.",
      labelNames: ["model", "provider"] as const,
      buckets: SECONDS,
      registers,
    }),
    firstTokenSeconds: new Histogram({
      name: "gen_ai_server_time_to_first_token_seconds",
      help: "From the request to the first content.",
      labelNames: ["model", "provider"] as const,
      buckets: SECONDS,
      registers,
    }),
    tokens: new Counter({
      name: "gen_ai_client_token_usage_total",
      help: "Tokens that were used.",
      labelNames: ["model", "provider", "type"] as const,
      registers,
    }),
    costUsd: new Counter({
      name: "gateway_charged_usd_total",
      help: "What was charged, US dollars; for graphs, the ledger is exact.",
      labelNames: ["model", "provider"] as const,
      registers,
    }),
    attempts: new Counter({
      name: "gateway_attempts_total",
      help: "Calls of providers, by how they ended.",
      labelNames: ["provider", "reason"] as const,
      registers,
    }),
    unsettled: new Counter({
      name: "gateway_settlement_failures_total",
      help: "Settlements that Postgres did not take at the first try.",
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
