// Harm prevented: a client that leaves is billed for nothing it got, or for more than was made for it, or never.
import { connect } from "node:net";
import { Agent, request } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Scenario } from "@/server/dev/simulator";
import { recordFigures, size } from "./figures";
import { type Customer, type Ground, type LogRow, MODEL, QUESTION, startGround, USD, until } from "./ground";

const ROUNDS = size("ROUNDS", 4, 40);
const OUTPUT_TOKENS = 400;
/** A request may take so long here, of which twenty seconds are kept for the end of an answer. */
const MAX_DURATION_SECONDS = 30;

interface Departure {
  readonly name: string;
  readonly scenario: Scenario;
  readonly stream: boolean;
  /** True as soon as what came so far is enough to leave. */
  readonly leavesAt: ((text: string) => boolean) | "once the provider was asked";
  expected(row: LogRow): void;
}

const canceled = (row: LogRow) => expect(row).toMatchObject({ outcome: "canceled", http_status: 499 });
const free = (row: LogRow) => {
  canceled(row);
  expect(row).toMatchObject({ cost: 0n, state: "voided", basis: null });
};

const DEPARTURES: readonly Departure[] = [
  {
    name: "before byte 1, whole",
    scenario: { latencyMs: 60_000 },
    stream: false,
    leavesAt: "once the provider was asked",
    expected: free,
  },
  {
    name: "before byte 1, streamed",
    scenario: { latencyMs: 60_000 },
    stream: true,
    leavesAt: "once the provider was asked",
    expected: free,
  },
  {
    name: "between the headers and the first token",
    scenario: { firstTokenMs: 60_000 },
    stream: true,
    leavesAt: "once the provider was asked",
    expected: free,
  },
  {
    name: "in mid-stream",
    scenario: { outputTokens: OUTPUT_TOKENS, tokenIntervalMs: 20 },
    stream: true,
    leavesAt: (text) => text.split('"content":').length > 10,
    expected(row) {
      canceled(row);
      expect(row).toMatchObject({ state: "settled", basis: "counted" });
      // What had been delivered, and what was on its way when the departure was noticed; not the whole answer.
      expect(row.output_tokens).toBeGreaterThanOrEqual(8);
      expect(row.output_tokens).toBeLessThan(OUTPUT_TOKENS);
    },
  },
  {
    name: "at the usage chunk",
    scenario: { outputTokens: 20, tokenIntervalMs: 10 },
    stream: true,
    leavesAt: (text) => text.includes('"finish_reason":"stop"'),
    expected(row) {
      // Whoever was first, the end or the departure: the whole answer was made and is paid for, once.
      expect(["succeeded", "canceled"]).toContain(row.outcome);
      expect(row).toMatchObject({ state: "settled", output_tokens: 20 });
    },
  },
];

describe.each(["node", "next"] as const)("clients that leave, behind the %s adapter", (adapter) => {
  let ground: Ground;
  let customer: Customer;
  let known = 0;
  beforeAll(async () => {
    ground = await startGround({
      adapter,
      env: { GATEWAY_MAX_DURATION_SECONDS: String(MAX_DURATION_SECONDS) },
    });
    customer = ground.customer(5n * USD);
  });
  afterAll(() => ground.stop());

  const ask = (stream: boolean, maxTokens = 2 * OUTPUT_TOKENS) =>
    JSON.stringify({ model: MODEL, messages: QUESTION, stream, max_tokens: maxTokens });

  async function leave({ stream, leavesAt }: Departure): Promise<void> {
    const agent = new Agent({ pipelining: 0 });
    const controller = new AbortController();
    if (typeof leavesAt !== "function")
      void until(() => ground.stack.simulator.requests().length === ROUNDS).then(() => controller.abort());
    try {
      const answer = await request(`${ground.stack.url}/v1/chat/completions`, {
        method: "POST",
        dispatcher: agent,
        signal: controller.signal,
        headers: { authorization: `Bearer ${customer.apiKey}`, "content-type": "application/json" },
        body: ask(stream),
      });
      let text = "";
      for await (const bytes of answer.body) {
        text += String(bytes);
        if (typeof leavesAt === "function" && leavesAt(text)) controller.abort();
      }
    } catch {
      // It left.
    } finally {
      await agent.destroy();
    }
  }

  it.each(DEPARTURES)("T9: a client leaves $name", async (departure) => {
    ground.stack.simulator.reset();
    ground.stack.simulator.control(departure.scenario);
    await Promise.all(Array.from({ length: ROUNDS }, () => leave(departure)));
    // Every departed client's request reached the provider, and is ended without waiting for it.
    await until(async () => (await ground.logRows(customer.organizationId)).length === known + ROUNDS);
    const rows = (await ground.logRows(customer.organizationId)).slice(known);
    known += rows.length;
    for (const row of rows) {
      departure.expected(row);
      expect(row.cost).toBe(BigInt(row.input_tokens) * 400n + BigInt(row.output_tokens) * 1_600n);
    }
    await until(() => ground.stack.simulator.requests().every(({ state }) => state !== "open"));
    await ground.audit(customer);
  });

  it("T9: a reader of one byte a second is held back, cut when its time is over, and settled", async () => {
    ground.stack.simulator.reset();
    ground.stack.simulator.control({ outputTokens: 60_000, fault: "endless" });
    const url = new URL(ground.stack.url);
    const socket = connect(Number(url.port), url.hostname);
    const body = ask(true, 30_000);
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: ${url.host}\r\nauthorization: Bearer ${customer.apiKey}\r\n` +
        `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    socket.pause();
    const reading = setInterval(() => socket.read(1), 1_000);
    socket.on("error", () => {});
    await until(async () => (await ground.logRows(customer.organizationId)).length === known + 1);
    clearInterval(reading);
    socket.destroy();
    known += 1;
    const row = (await ground.logRows(customer.organizationId)).at(-1);
    expect(row?.state).toBe("settled");
    expect(["canceled", "truncated"]).toContain(row?.outcome);
    expect(row?.cost).toBeGreaterThan(0n);
    await ground.audit(customer);
  });

  it("T9: one row each, and right books after all of them", async (context) => {
    const audit = await ground.audit(customer);
    expect(audit.requests).toBe(DEPARTURES.length * ROUNDS + 1);
    recordFigures(context, {
      name: `T9 client faults, ${adapter} adapter`,
      injected: audit.requests,
      ...audit,
      note: `${DEPARTURES.length} departures, and a reader of 1 byte/s`,
    });
  });
});
