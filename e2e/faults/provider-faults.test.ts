// Harm prevented: whatever a provider does wrong, the customer pays for it, or gets an answer that looks whole and is not.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Scenario } from "@/server/dev/simulator";
import { recordFigures, size } from "./figures";
import { type Customer, type Ground, MODEL, QUESTION, startGround, USD } from "./ground";

const ROUNDS = size("ROUNDS", 2, 20);
/** A request may take three seconds here: twenty are kept for the end of an answer. */
const MAX_DURATION_SECONDS = 23;
const OUTPUT_TOKENS = 20;

interface Expected {
  readonly status: number;
  readonly code: string | null;
  readonly outcome: string;
  /** Output tokens that are charged; null when nothing is. */
  readonly charged: number | null;
  readonly basis: string | null;
}

const FAILED: Expected = {
  status: 502,
  code: "upstream_error",
  outcome: "failed",
  charged: null,
  basis: null,
};
const TOO_LATE: Expected = { ...FAILED, status: 504, code: "upstream_timeout" };
const REFUSED: Expected = { ...FAILED, status: 400, code: "invalid_request" };
const broken = (outcome: string, code: string, charged: number): Expected => ({
  status: 200,
  code,
  outcome,
  charged,
  basis: "counted",
});
const whole = (basis: string, charged: number): Expected => ({
  status: 200,
  code: null,
  outcome: "succeeded",
  charged,
  basis,
});

interface Case {
  readonly scenario: Scenario;
  readonly whole: Expected;
  readonly stream: Expected;
}

const CASES: readonly Case[] = [
  { scenario: { fault: "connection-lost" }, whole: FAILED, stream: FAILED },
  { scenario: { fault: "headers-only" }, whole: FAILED, stream: FAILED },
  { scenario: { fault: "status:400" }, whole: REFUSED, stream: REFUSED },
  { scenario: { fault: "status:401" }, whole: FAILED, stream: FAILED },
  { scenario: { fault: "status:402" }, whole: FAILED, stream: FAILED },
  { scenario: { fault: "status:429", retryAfterSeconds: 7 }, whole: FAILED, stream: FAILED },
  { scenario: { fault: "status:500" }, whole: FAILED, stream: FAILED },
  { scenario: { fault: "status:529" }, whole: FAILED, stream: FAILED },
  { scenario: { fault: "error-event" }, whole: FAILED, stream: FAILED },
  { scenario: { fault: "hang" }, whole: TOO_LATE, stream: TOO_LATE },
  {
    scenario: { fault: "half-chunk", faultAfterTokens: 5 },
    whole: FAILED,
    stream: broken("truncated", "upstream_stream_truncated", 5),
  },
  {
    scenario: { fault: "truncate", faultAfterTokens: 5 },
    whole: FAILED,
    stream: broken("truncated", "upstream_stream_truncated", 5),
  },
  {
    scenario: { fault: "hang", faultAfterTokens: 5 },
    whole: TOO_LATE,
    stream: broken("truncated", "upstream_stream_truncated", 5),
  },
  {
    scenario: { fault: "error-event", faultAfterTokens: 5 },
    whole: FAILED,
    stream: broken("failed", "upstream_error", 5),
  },
  {
    scenario: { fault: "no-usage" },
    whole: whole("counted", OUTPUT_TOKENS),
    stream: whole("counted", OUTPUT_TOKENS),
  },
  { scenario: { fault: "zero-usage" }, whole: whole("provider", 0), stream: whole("provider", 0) },
];

describe.each(["node", "next"] as const)("provider faults behind the %s adapter", (adapter) => {
  let ground: Ground;
  let customer: Customer;
  let known = 0;
  beforeAll(async () => {
    ground = await startGround({
      adapter,
      env: { GATEWAY_MAX_DURATION_SECONDS: String(MAX_DURATION_SECONDS) },
      simulator: { outputTokens: OUTPUT_TOKENS },
    });
    customer = ground.customer(USD);
  });
  afterAll(() => ground.stop());

  const name = ({ scenario, isStream }: { scenario: Scenario; isStream: boolean }) =>
    `${scenario.fault}${scenario.faultAfterTokens ? " after some tokens" : ""}, ${isStream ? "streamed" : "whole"}`;
  const cases = CASES.flatMap((one) =>
    [false, true].map((isStream) => ({ ...one, isStream, expected: isStream ? one.stream : one.whole })),
  ).map((one) => ({ ...one, name: name(one) }));

  it.each(cases)("T8: $name", async ({ scenario, isStream, expected }) => {
    ground.stack.simulator.reset();
    ground.stack.simulator.control(scenario);
    const call = async () => {
      const response = await fetch(`${ground.stack.url}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${customer.apiKey}`, "content-type": "application/json" },
        body: JSON.stringify({ model: MODEL, messages: QUESTION, stream: isStream }),
      });
      return { status: response.status, text: await response.text() };
    };
    const answers = await Promise.all(Array.from({ length: ROUNDS }, call));
    await ground.settled(customer.organizationId);
    for (const { status, text } of answers) {
      expect(status).toBe(expected.status);
      if (expected.code === null) expect(text).not.toContain('"error"');
      else expect(text).toContain(`"code":"${expected.code}"`);
      if (isStream && status === 200) expect(text.includes("[DONE]")).toBe(expected.outcome === "succeeded");
    }
    const rows = (await ground.logRows(customer.organizationId)).slice(known);
    known += rows.length;
    expect(rows).toHaveLength(ROUNDS);
    for (const row of rows) {
      expect(row).toMatchObject({ outcome: expected.outcome, basis: expected.basis });
      expect(row.state).toBe(expected.charged === null ? "voided" : "settled");
      expect(row.output_tokens).toBe(expected.charged ?? 0);
      expect(row.cost).toBe(BigInt(row.input_tokens) * 400n + BigInt(row.output_tokens) * 1_600n);
    }
    await ground.audit(customer);
  });

  it("T8: one row each, and right books after all of them", async (context) => {
    const audit = await ground.audit(customer);
    expect(audit.requests).toBe(cases.length * ROUNDS);
    recordFigures(context, {
      name: `T8 provider faults, ${adapter} adapter`,
      injected: audit.requests,
      ...audit,
      note: `${CASES.length} faults, streamed and whole`,
    });
  });
});
