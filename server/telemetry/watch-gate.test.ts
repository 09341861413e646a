// Harm prevented: a watcher that changes a verdict, counts a request twice, or keeps requests for ever.
import { expect, it } from "vitest";
import type { Admission, Gate } from "@/server/admission";
import type { IntentFinish } from "@/server/ledger";
import { systemClock } from "@/server/platform/clock";
import { AppError } from "@/server/platform/errors";
import { createMetrics } from "./metrics";
import { watchGate } from "./watch-gate";

const ADMISSION = {
  id: "gen_1",
  modelSlug: "a/b",
  receivedAtMs: 0,
  request: { requestId: "req_1", api: "chat/completions", requestedModel: "a/b", streamed: false },
} as unknown as Admission;
const FINISH = {
  id: "gen_1",
  charge: null,
  ending: {
    outcome: "failed",
    providerSlug: null,
    inputTokens: 3,
    outputTokens: 0,
    ttftMs: null,
    latencyMs: 20,
    errorCode: "upstream_unavailable",
    finishReason: null,
    attempts: [{ provider: "p", endpointId: "ep_1", status: 500, durationMs: 20, reason: "server_error" }],
  },
} as unknown as IntentFinish;

function watched(gate: Partial<Gate>) {
  const metrics = createMetrics();
  return { metrics, gate: watchGate(gate as Gate, metrics, systemClock) };
}

it("passes verdicts on as they are and counts them", async () => {
  const verdict = { kind: "insufficient", availableNanoUsd: 1n, rates: null } as const;
  const { gate, metrics } = watched({ admit: async () => verdict });
  expect(await gate.admit(ADMISSION)).toBe(verdict);
  expect(await metrics.registry.metrics()).toContain('gateway_admissions_total{verdict="insufficient"} 1');
});

it("passes on what is thrown, and counts it by its code", async () => {
  const refusal = new AppError("invalid_api_key", { message: "No." });
  const { gate, metrics } = watched({ admit: () => Promise.reject(refusal) });
  await expect(gate.admit(ADMISSION)).rejects.toBe(refusal);
  expect(await metrics.registry.metrics()).toContain('gateway_admissions_total{verdict="invalid_api_key"} 1');
});

it("counts the end of a request once, however often it is told", async () => {
  const { gate, metrics } = watched({
    admit: async () => ({ kind: "admitted", rates: null }),
    finish: async () => ({ verdict: "voided", chargedNanoUsd: 0n }),
  });
  await gate.admit(ADMISSION);
  await gate.finish("org_1", FINISH);
  await gate.finish("org_1", FINISH);
  const told = await metrics.registry.metrics();
  expect(told).toContain('gateway_requests_settled_total{model="a/b",provider="none",outcome="failed"} 1');
  expect(told).toContain('gateway_attempts_total{provider="p",reason="server_error"} 1');
});

it("counts a settlement that failed, and its request when it succeeds at last", async () => {
  let isDown = true;
  const { gate, metrics } = watched({
    admit: async () => ({ kind: "admitted", rates: null }),
    finish: async () => {
      if (isDown) throw new AppError("service_unavailable", { message: "Down." });
      return { verdict: "voided", chargedNanoUsd: 0n };
    },
  });
  await gate.admit(ADMISSION);
  await expect(gate.finish("org_1", FINISH)).rejects.toThrow("Down.");
  isDown = false;
  await gate.finish("org_1", FINISH);
  const told = await metrics.registry.metrics();
  expect(told).toContain("gateway_settlement_failures_total 1");
  expect(told).toContain('outcome="failed"} 1');
});
