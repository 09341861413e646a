import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AdapterName, type GatewayFixture, startGatewayFixture, USD } from "./fixtures";

const KINDS = ["google", "bedrock", "cohere"] as const;
const messages = [{ role: "user" as const, content: "What is the weather like?" }];
const tools = [
  {
    type: "function" as const,
    function: { name: "weather", parameters: { type: "object", properties: { city: { type: "string" } } } },
  },
];

function catalogue(simulatorUrl: string) {
  return {
    version: 1,
    providers: KINDS.map((kind) => ({ slug: kind, name: kind, kind, baseUrl: `${simulatorUrl}/${kind}/v1` })),
    models: KINDS.map((kind) => ({
      slug: `test/${kind}`,
      name: kind,
      contextLength: 128_000,
      maxOutputTokens: 4_096,
      inputModalities: ["text"],
      outputModalities: ["text"],
      endpoints: [
        {
          provider: kind,
          upstreamModel: "a.model-v1:0",
          source: "test",
          sourceDate: "2026-01-01",
          prices: [
            { unit: "input", usdPerMillion: "1" },
            { unit: "output", usdPerMillion: "2" },
          ],
        },
      ],
    })),
  };
}

const ADAPTERS: readonly AdapterName[] = ["node", "web"];

describe.each(ADAPTERS)("providers with a wire of their own, behind the %s adapter", (adapter) => {
  let fixture: GatewayFixture;
  beforeAll(async () => {
    fixture = await startGatewayFixture(adapter, {
      catalogue,
      credentials: { google: "g-key", bedrock: "AKID:secret", cohere: "c-key" },
    });
  });
  afterAll(() => fixture.close());
  beforeEach(() => fixture.simulator.reset());

  it.each(KINDS)("prevents a bill that nobody can check: OpenAI's client at %s", async (kind) => {
    const { client, organizationId } = await fixture.customer(USD);
    const whole = await client.chat.completions.create({ model: `test/${kind}`, messages });
    const stream = await client.chat.completions.create({
      model: `test/${kind}`,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = "";
    let finish: string | null | undefined;
    let usage: typeof whole.usage | null;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? "";
      finish = chunk.choices[0]?.finish_reason ?? finish;
      usage = chunk.usage ?? usage;
    }
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(text).toContain("simulated answer");
    expect(finish).toBe("stop");
    expect(usage).toEqual(whole.usage);
    const cost =
      BigInt(whole.usage?.prompt_tokens ?? 0) * 1_000n + BigInt(whole.usage?.completion_tokens ?? 0) * 2_000n;
    expect(cost).toBeGreaterThan(0n);
    await fixture.settled();
    expect(await fixture.violations()).toEqual([]);
    expect((await fixture.balance(organizationId)).totalNanoUsd).toBe(USD - 2n * cost);
  });

  it.each(KINDS)("carries a tool call and its result at %s", async (kind) => {
    const { client } = await fixture.customer(USD);
    const asked = { model: `test/${kind}`, tools, tool_choice: "required" as const };
    const { choices } = await client.chat.completions.create({ ...asked, messages });
    const call = choices[0]?.message.tool_calls?.[0];
    expect(choices[0]?.finish_reason).toBe("tool_calls");
    expect(call).toMatchObject({ function: { name: "weather", arguments: '{"city":"simulated"}' } });
    const answer = await client.chat.completions.create({
      model: `test/${kind}`,
      tools,
      messages: [
        ...messages,
        { role: "assistant", tool_calls: choices[0]?.message.tool_calls ?? [] },
        { role: "tool", tool_call_id: call?.id ?? "", content: '{"sky":"blue"}' },
      ],
    });
    expect(answer.choices[0]?.message.content).toContain("simulated answer");
  });

  it.each(KINDS)(
    "prevents a broken stream from looking complete at %s, and from being free",
    async (kind) => {
      const { client, organizationId } = await fixture.customer(USD);
      fixture.simulator.control({ fault: "truncate" });
      const stream = await client.chat.completions.create({ model: `test/${kind}`, messages, stream: true });
      const read = async () => {
        for await (const _chunk of stream);
      };
      await expect(read()).rejects.toThrow(/broke off/);
      await fixture.settled();
      expect(await fixture.violations()).toEqual([]);
      expect((await fixture.balance(organizationId)).totalNanoUsd).toBeLessThan(USD);
    },
  );

  it("prevents a leaked key: it is in the header that its provider reads, never in the address", async () => {
    const { client } = await fixture.customer(USD);
    for (const kind of KINDS) await client.chat.completions.create({ model: `test/${kind}`, messages });
    const [google, bedrock, cohere] = fixture.simulator.requests();
    expect(google?.headers["x-goog-api-key"]).toBe("g-key");
    expect(google?.path).not.toContain("g-key");
    expect(bedrock?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKID/);
    expect(JSON.stringify(bedrock?.headers)).not.toContain("secret");
    expect(cohere?.headers.authorization).toBe("Bearer c-key");
  });
});
