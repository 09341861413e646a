// Harm prevented: a provider's failure in mid-stream that is charged twice, or never, or that looks like a good end, whoever asks whom.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type GatewayFixture, startGatewayFixture, USD } from "./fixtures";

const KINDS = {
  chat: "openai-compatible",
  responses: "openai-responses",
  messages: "anthropic",
  google: "google",
  bedrock: "bedrock",
  cohere: "cohere",
} as const;
const PROVIDERS = Object.keys(KINDS) as (keyof typeof KINDS)[];
const FAULTS = ["truncate", "half-chunk", "error-event"] as const;
const QUESTION = "What is a receipt good for?";
const PRICES = { input: 1_000n, output: 2_000n, reasoning: 3_000n };

function catalogue(simulatorUrl: string) {
  return {
    version: 1,
    providers: PROVIDERS.map((slug) => ({
      slug,
      name: slug,
      kind: KINDS[slug],
      baseUrl: `${simulatorUrl}/${slug}/v1`,
    })),
    models: PROVIDERS.map((provider) => ({
      slug: `test/${provider}`,
      name: provider,
      contextLength: 128_000,
      maxOutputTokens: 4_096,
      inputModalities: ["text"],
      outputModalities: ["text"],
      endpoints: [
        {
          provider,
          upstreamModel: "a.model-v1:0",
          source: "test",
          sourceDate: "2026-01-01",
          prices: Object.entries(PRICES).map(([unit, nano]) => ({
            unit,
            usdPerMillion: String(Number(nano) / 1_000),
          })),
        },
      ],
    })),
  };
}

const messages = [{ role: "user", content: QUESTION }];
const CLIENTS = {
  "chat/completions": {
    body: { messages, max_tokens: 400 },
    ends: /data: \[DONE\]\n\n$/,
    failed: /data: \{"error":\{.*\n\n$/,
    complete: /"finish_reason":"|\[DONE\]/,
  },
  messages: {
    body: { messages, max_tokens: 400 },
    ends: /event: message_stop\n/,
    failed: /event: error\ndata: .*\n\n$/,
    complete: /"stop_reason":"|message_stop/,
  },
  responses: {
    body: { input: QUESTION, max_output_tokens: 400 },
    ends: /response\.completed/,
    failed: /event: (error|response\.failed)\n/,
    complete: /response\.(completed|incomplete)/,
  },
} as const;
const PATHS = Object.keys(CLIENTS) as (keyof typeof CLIENTS)[];
const PAIRS = PROVIDERS.flatMap((provider) => PATHS.map((path) => ({ provider, path })));

describe.each(PAIRS)("$path at a provider of $provider", ({ provider, path }) => {
  beforeEach(() => fixture.simulator.reset());

  async function ask(secret: string) {
    const response = await fixture.fetch(`${fixture.baseUrl}/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
      body: JSON.stringify({ model: `test/${provider}`, stream: true, ...CLIENTS[path].body }),
    });
    return { response, text: await response.text() };
  }

  async function recordsOf(organizationId: string) {
    await fixture.settled();
    expect(await fixture.violations()).toEqual([]);
    const { rows } = await fixture.database.pool.query<{
      id: string;
      cost: bigint;
      basis: string;
      outcome: string;
    }>(
      `SELECT u.id, u.cost, u.basis, l.outcome FROM usage_record u JOIN request_log l USING (id)
       WHERE u.organization_id = $1`,
      [organizationId],
    );
    return rows;
  }

  it.each(FAULTS)(
    "%s after some tokens: an error at the end, and one record of what was delivered",
    async (fault) => {
      const { secret, organizationId } = await fixture.customer(USD);
      fixture.simulator.control({ fault, faultAfterTokens: 6, outputTokens: 30 });
      const { response, text } = await ask(secret);
      expect(response.status).toBe(200);
      expect(text).toMatch(CLIENTS[path].failed);
      expect(text).not.toMatch(CLIENTS[path].complete);
      const [record, ...more] = await recordsOf(organizationId);
      expect(more).toEqual([]);
      expect(record).toMatchObject({ id: response.headers.get("x-generation-id"), basis: "counted" });
      expect(["truncated", "failed"]).toContain(record?.outcome);
      expect(record?.cost).toBeGreaterThan(0n);
      // What was never delivered is not charged: the whole answer would have been thirty tokens.
      const whole = await fixture.request(organizationId, record?.id ?? "");
      expect(whole.outputTokens).toBeLessThanOrEqual(8);
      expect((await fixture.balance(organizationId)).totalNanoUsd).toBe(USD - (record?.cost ?? 0n));
    },
  );

  it("an error behind the opening, before any word: refused, free, and not a 200 that breaks", async () => {
    const { secret, organizationId } = await fixture.customer(USD);
    fixture.simulator.control({ fault: "error-event", faultAfterTokens: 0 });
    const { response, text } = await ask(secret);
    expect(response.status).toBe(502);
    expect(text).toContain("error_in_stream");
    expect(await recordsOf(organizationId)).toEqual([]);
    expect((await fixture.balance(organizationId)).totalNanoUsd).toBe(USD);
  });

  it("thinks unasked: what was thought is charged once, at its own price where it is told apart", async () => {
    const { secret, organizationId } = await fixture.customer(USD);
    fixture.simulator.control({ reasoningTokens: 25, outputTokens: 12 });
    const { response, text } = await ask(secret);
    expect(response.status).toBe(200);
    expect(text).toMatch(CLIENTS[path].ends);
    const [record, ...more] = await recordsOf(organizationId);
    expect(more).toEqual([]);
    const { receipt, outputTokens } = await fixture.request(organizationId, record?.id ?? "");
    const lines = Object.fromEntries(receipt?.lines.map(({ unit, quantity }) => [unit, quantity]) ?? []);
    expect(lines.output ?? 0n).toBe(BigInt(outputTokens ?? 0) - (lines.reasoning ?? 0n));
    expect(outputTokens).toBeGreaterThanOrEqual(12);
    expect(record?.cost).toBe(
      (lines.input ?? 0n) * PRICES.input +
        (lines.output ?? 0n) * PRICES.output +
        (lines.reasoning ?? 0n) * PRICES.reasoning,
    );
  });
});

let fixture: GatewayFixture;
beforeAll(async () => {
  fixture = await startGatewayFixture("node", {
    catalogue,
    credentials: { google: "key", bedrock: "AKID:secret", cohere: "key" },
  });
});
afterAll(() => fixture.close());
