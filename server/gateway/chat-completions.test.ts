import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AdapterName, type GatewayFixture, startGatewayFixture, USD } from "./fixtures";

const messages = [{ role: "user" as const, content: "What is a receipt good for?" }];

/** The cost in nano-USD of tokens at the first provider: $0.40, $0.10 cached and $1.60 per million, rounded up once. */
function costAtFirst(usage: { prompt: number; cached?: number; completion: number }): bigint {
  const cached = BigInt(usage.cached ?? 0);
  const sum =
    (BigInt(usage.prompt) - cached) * 400_000_000n +
    cached * 100_000_000n +
    BigInt(usage.completion) * 1_600_000_000n;
  return (sum + 999_999n) / 1_000_000n;
}

describe.each(["node", "web"] as AdapterName[])("chat completions behind the %s adapter", (adapter) => {
  let fixture: GatewayFixture;
  beforeAll(async () => {
    fixture = await startGatewayFixture(adapter);
  });
  afterAll(() => fixture.close());
  beforeEach(() => fixture.simulator.reset());

  async function expectCharged(organizationId: string, credit: bigint, spent: bigint) {
    await fixture.settled();
    expect(await fixture.violations()).toEqual([]);
    expect(await fixture.balance(organizationId)).toMatchObject({
      totalNanoUsd: credit - spent,
      reservedNanoUsd: 0n,
    });
  }

  it("prevents a bill that nobody can check: answer, receipt and balance agree to the nano-dollar", async () => {
    const { client, organizationId } = await fixture.customer(USD);
    const { data, response } = await client.chat.completions
      .create({ model: "test/pair", messages })
      .withResponse();
    const { usage } = data;
    expect(data.choices[0]?.message.content?.length).toBeGreaterThan(0);
    const cost = costAtFirst({
      prompt: usage?.prompt_tokens ?? 0,
      cached: usage?.prompt_tokens_details?.cached_tokens ?? 0,
      completion: usage?.completion_tokens ?? 0,
    });
    expect(usage).toMatchObject({ cost: Number(cost) / 1e9 });
    expect(response.headers.get("x-gateway-provider")).toBe("first");
    await expectCharged(organizationId, USD, cost);
    const detail = await fixture.request(organizationId, response.headers.get("x-generation-id") ?? "");
    expect(detail).toMatchObject({
      outcome: "succeeded",
      httpStatus: 200,
      finishReason: "stop",
      receipt: { costNanoUsd: cost, basis: "provider" },
    });
  });

  it("streams the provider's bytes and ends with usage, cost and [DONE]", async () => {
    const { client, organizationId } = await fixture.customer(USD);
    const { data: stream, response } = await client.chat.completions
      .create({ model: "test/pair", messages, stream: true })
      .withResponse();
    let text = "";
    let usage: unknown;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? "";
      if (chunk.usage) usage = chunk.usage;
    }
    expect(text.length).toBeGreaterThan(0);
    expect(usage).toMatchObject({
      cost: expect.any(Number),
      cached_tokens: expect.any(Number),
      reasoning_tokens: expect.any(Number),
    });
    await fixture.settled();
    const detail = await fixture.request(organizationId, response.headers.get("x-generation-id") ?? "");
    expect(detail).toMatchObject({ outcome: "succeeded", streamed: true, receipt: { basis: "provider" } });
    expect((usage as { cost: number }).cost).toBe(Number(detail.receipt?.costNanoUsd) / 1e9);
    await expectCharged(organizationId, USD, detail.receipt?.costNanoUsd ?? -1n);
  });

  it("always asks the provider for usage and an explicit output limit, whatever the client said", async () => {
    const { client } = await fixture.customer(USD);
    const stream = await client.chat.completions.create({
      model: "test/pair",
      messages,
      stream: true,
      stream_options: { include_usage: false },
    });
    for await (const _chunk of stream);
    const [received] = fixture.simulator.requests();
    expect(received?.body).toMatchObject({
      model: "first-model",
      stream_options: { include_usage: true },
      max_tokens: 4_096,
    });
  });

  it.each([
    "status:500",
    "status:429",
    "status:401",
    "status:402",
    "status:403",
    "error-event",
    "headers-only",
    "connection-lost",
  ] as const)(
    "prevents an outage of one provider from reaching the customer: %s, and the next provider answers",
    async (fault) => {
      const { client, organizationId } = await fixture.customer(USD);
      fixture.simulator.control([{ fault, faultAfterTokens: 0 }], { provider: "first" });
      const { data: stream, response } = await client.chat.completions
        .create({ model: "test/pair", messages, stream: true })
        .withResponse();
      let text = "";
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
      expect(text.length).toBeGreaterThan(0);
      expect(response.headers.get("x-gateway-provider")).toBe("second");
      expect(response.headers.get("x-gateway-attempts")).toBe("2");
      await fixture.settled();
      const detail = await fixture.request(organizationId, response.headers.get("x-generation-id") ?? "");
      expect(detail.attempts.map(({ provider, reason }) => [provider, reason === "ok"])).toEqual([
        ["first", false],
        ["second", true],
      ]);
      expect(await fixture.violations()).toEqual([]);
    },
  );

  it("prevents a charge when every provider failed", async () => {
    const { client, organizationId } = await fixture.customer(USD);
    fixture.simulator.control([{ fault: "status:500" }]);
    await expect(client.chat.completions.create({ model: "test/pair", messages })).rejects.toMatchObject({
      status: 502,
      code: "upstream_error",
      error: {
        metadata: {
          attempts: [
            { provider: "first", status: 500 },
            { provider: "second", status: 500 },
          ],
        },
      },
    });
    await expectCharged(organizationId, USD, 0n);
  });

  it("passes on a refusal that the request caused, and does not try elsewhere", async () => {
    const { client, organizationId } = await fixture.customer(USD);
    fixture.simulator.control([{ fault: "status:400" }]);
    await expect(client.chat.completions.create({ model: "test/pair", messages })).rejects.toMatchObject({
      status: 400,
      code: "invalid_request",
    });
    expect(fixture.simulator.requests()).toHaveLength(1);
    await expectCharged(organizationId, USD, 0n);
  });

  it.each(["truncate", "half-chunk"] as const)(
    "prevents a truncated stream from looking complete: %s",
    async (fault) => {
      const { client, organizationId, secret } = await fixture.customer(USD);
      fixture.simulator.control([{ fault, faultAfterTokens: 5, outputTokens: 20 }]);
      const stream = await client.chat.completions.create({ model: "test/single", messages, stream: true });
      await expect(drain(stream)).rejects.toMatchObject({ code: "upstream_stream_truncated" });
      await fixture.settled();
      fixture.simulator.control([{ fault, faultAfterTokens: 5, outputTokens: 20 }]);
      const raw = await rawStream(fixture, secret, { model: "test/single", messages, stream: true });
      expect(raw).not.toContain("[DONE]");
      await fixture.settled();
      const balance = await fixture.balance(organizationId);
      // What was delivered is billed, counted by us; the rest of the hold is free again.
      expect(balance.totalNanoUsd).toBeLessThan(USD);
      expect(balance.totalNanoUsd).toBeGreaterThan(USD - 2n * 100_000n);
      expect(await fixture.violations()).toEqual([]);
    },
  );

  it("turns a provider's error in mid-stream into one error frame, and bills what was delivered", async () => {
    const { client, organizationId } = await fixture.customer(USD);
    fixture.simulator.control([{ fault: "error-event", faultAfterTokens: 4, outputTokens: 10 }]);
    const { data: stream, response } = await client.chat.completions
      .create({ model: "test/single", messages, stream: true })
      .withResponse();
    await expect(drain(stream)).rejects.toMatchObject({ code: "upstream_error" });
    await fixture.settled();
    const detail = await fixture.request(organizationId, response.headers.get("x-generation-id") ?? "");
    expect(detail).toMatchObject({ outcome: "failed", receipt: { basis: "counted" } });
    expect(detail.receipt?.lines.find((line) => line.unit === "output")?.quantity).toBe(4n);
    await expectCharged(organizationId, USD, detail.receipt?.costNanoUsd ?? -1n);
  });

  it("prevents unbilled and over-billed aborts: a client that leaves pays for what it got, and the provider is stopped", async () => {
    const { client, organizationId } = await fixture.customer(USD);
    fixture.simulator.control([{ outputTokens: 2_000, tokenIntervalMs: 5 }]);
    const { data: stream, response } = await client.chat.completions
      .create({ model: "test/single", messages, stream: true })
      .withResponse();
    let seen = 0;
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content) seen += 1;
      if (seen === 10) break;
    }
    const id = response.headers.get("x-generation-id") ?? "";
    await until(async () => (await fixture.request(organizationId, id)).outcome !== "pending");
    const detail = await fixture.request(organizationId, id);
    expect(detail).toMatchObject({ outcome: "canceled", receipt: { basis: "counted" } });
    const output = Number(detail.receipt?.lines.find((line) => line.unit === "output")?.quantity);
    expect(output).toBeGreaterThanOrEqual(10);
    expect(output).toBeLessThan(1_000);
    await until(() => fixture.simulator.requests()[0]?.state === "aborted");
    await expectCharged(organizationId, USD, detail.receipt?.costNanoUsd ?? -1n);
  });

  it("prevents a charge when the client leaves before the first byte", async () => {
    const { client, organizationId } = await fixture.customer(USD);
    fixture.simulator.control([{ fault: "hang", faultAfterTokens: 0, latencyMs: 60_000 }]);
    const controller = new AbortController();
    const call = client.chat.completions.create(
      { model: "test/single", messages },
      { signal: controller.signal },
    );
    setTimeout(() => controller.abort(), 300);
    await expect(call).rejects.toThrow();
    await until(async () => (await fixture.balance(organizationId)).reservedNanoUsd === 0n);
    await expectCharged(organizationId, USD, 0n);
  });

  it("counts tokens itself when the provider sends no usage, and takes an explicit zero for zero", async () => {
    const { client, organizationId } = await fixture.customer(USD);
    fixture.simulator.control([
      { fault: "no-usage", outputTokens: 12, times: 1 },
      { fault: "zero-usage", times: 1 },
    ]);
    const counted = await client.chat.completions.create({ model: "test/single", messages }).withResponse();
    expect(counted.data.usage).toMatchObject({ completion_tokens: 12 });
    const zero = await client.chat.completions.create({ model: "test/single", messages });
    expect(zero.usage).toMatchObject({ prompt_tokens: 0, completion_tokens: 0, cost: 0 });
    await fixture.settled();
    const detail = await fixture.request(
      organizationId,
      counted.response.headers.get("x-generation-id") ?? "",
    );
    expect(detail.receipt).toMatchObject({ basis: "counted" });
    await expectCharged(organizationId, USD, detail.receipt?.costNanoUsd ?? -1n);
  });

  it("prevents a charge for numbers that cannot be true: ten times the usage is counted anew, kept and flagged", async () => {
    const { client, organizationId } = await fixture.customer(USD);
    fixture.simulator.control([{ fault: "usage-x10", outputTokens: 50 }]);
    const { data, response } = await client.chat.completions
      .create({ model: "test/single", messages, max_tokens: 50 })
      .withResponse();
    const generationId = response.headers.get("x-generation-id") ?? "";
    expect(data.usage).toMatchObject({ completion_tokens: 50 });
    await fixture.settled();
    const detail = await fixture.request(organizationId, generationId);
    expect(detail.receipt).toMatchObject({ basis: "counted", overrunNanoUsd: 0n });
    expect(data.usage).toMatchObject({ cost: Number(detail.receipt?.costNanoUsd) / 1e9 });
    const { rows } = await fixture.database.pool.query(
      "SELECT flags, (raw_usage ->> 'completion_tokens')::int AS stated FROM usage_record WHERE id = $1",
      [generationId],
    );
    expect(rows).toEqual([{ flags: ["implausible"], stated: 500 }]);
    await expectCharged(organizationId, USD, detail.receipt?.costNanoUsd ?? -1n);
  });

  it("prevents a charge above the hold: what is possible but above it is carried by the platform, and flagged", async () => {
    const { client, organizationId } = await fixture.customer(USD);
    fixture.simulator.control([{ fault: "usage-x10", outputTokens: 15 }]);
    const { data, response } = await client.chat.completions
      .create({ model: "test/single", messages, max_tokens: 50 })
      .withResponse();
    const generationId = response.headers.get("x-generation-id") ?? "";
    await fixture.settled();
    const detail = await fixture.request(organizationId, generationId);
    expect(detail.receipt?.basis).toBe("provider");
    expect(detail.receipt?.overrunNanoUsd).toBeGreaterThan(0n);
    expect(data.usage).toMatchObject({ cost: Number(detail.receipt?.costNanoUsd) / 1e9 });
    const { rows } = await fixture.database.pool.query("SELECT flags FROM usage_record WHERE id = $1", [
      generationId,
    ]);
    expect(rows).toEqual([{ flags: ["above_bound"] }]);
    await expectCharged(organizationId, USD, detail.receipt?.costNanoUsd ?? -1n);
  });
});

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _chunk of stream);
}

async function rawStream(fixture: GatewayFixture, secret: string, body: unknown): Promise<string> {
  const response = await fixture.fetch(`${fixture.baseUrl}/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return response.text();
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("it did not happen within five seconds");
}
