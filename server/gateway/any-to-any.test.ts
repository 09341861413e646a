import { createHash } from "node:crypto";
import Anthropic from "@anthropic-ai/sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type GatewayFixture, startGatewayFixture, USD } from "./fixtures";

const question = "What is a receipt good for?";
/** A model at a provider of the same protocol as the client, and one at a provider of another. */
const MODELS = ["test/single", "test/messages", "test/responses"];

describe.each(MODELS)("any client at %s", (model) => {
  let fixture: GatewayFixture;
  beforeAll(async () => {
    fixture = await startGatewayFixture("node");
  });
  afterAll(() => fixture.close());
  beforeEach(() => fixture.simulator.reset());

  async function customer() {
    const made = await fixture.customer(USD);
    const anthropic = new Anthropic({
      apiKey: made.secret,
      baseURL: fixture.baseUrl.replace(/\/v1$/, ""),
      maxRetries: 0,
    });
    return { ...made, anthropic };
  }

  /** What the receipt says was charged, once everything is settled; the books must agree with it. */
  async function charged(organizationId: string, generationId: string | null) {
    await fixture.settled();
    expect(await fixture.violations()).toEqual([]);
    const detail = await fixture.request(organizationId, generationId ?? "");
    expect(await fixture.balance(organizationId)).toMatchObject({
      totalNanoUsd: USD - (detail.receipt?.costNanoUsd ?? -1n),
      reservedNanoUsd: 0n,
    });
    return detail;
  }

  it("chat completions: whole and streamed answers tell the cost that the receipt tells", async () => {
    const { client, organizationId } = await customer();
    fixture.simulator.control([{ outputTokens: 12 }]);
    const { data, response } = await client.chat.completions
      .create({ model, messages: [{ role: "user", content: question }] })
      .withResponse();
    expect(data).toMatchObject({
      model,
      choices: [
        { finish_reason: "stop", message: { role: "assistant", content: expect.stringMatching(/\S/) } },
      ],
      usage: {
        completion_tokens: 12,
        cached_tokens: expect.any(Number),
        reasoning_tokens: expect.any(Number),
      },
    });
    const detail = await charged(organizationId, response.headers.get("x-generation-id"));
    expect(detail).toMatchObject({ api: "chat.completions", receipt: { basis: "provider" } });
    expect(data.usage).toMatchObject({ cost: Number(detail.receipt?.costNanoUsd) / 1e9 });
  });

  it("chat completions streamed: role first, finish, usage once and last", async () => {
    const { client, organizationId } = await customer();
    fixture.simulator.control([{ outputTokens: 12 }]);
    const { data: stream, response } = await client.chat.completions
      .create({ model, messages: [{ role: "user", content: question }], stream: true })
      .withResponse();
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks[0]?.choices[0]?.delta.role).toBe("assistant");
    expect(chunks.filter((chunk) => chunk.choices[0]?.finish_reason === "stop")).toHaveLength(1);
    expect(chunks.filter((chunk) => chunk.usage)).toHaveLength(1);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 12 } });
    const detail = await charged(organizationId, response.headers.get("x-generation-id"));
    expect(chunks.at(-1)?.usage).toMatchObject({ cost: Number(detail.receipt?.costNanoUsd) / 1e9 });
  });

  it("messages: the official client reads whole and streamed answers alike", async () => {
    const { anthropic, organizationId } = await customer();
    fixture.simulator.control([{ outputTokens: 12 }]);
    const whole = await anthropic.messages
      .create({ model, max_tokens: 64, messages: [{ role: "user", content: question }] })
      .withResponse();
    expect(whole.response.headers.get("request-id")).toMatch(/^req_/);
    expect(whole.data).toMatchObject({
      type: "message",
      stop_reason: "end_turn",
      content: [{ type: "text", text: expect.stringMatching(/\S/) }],
      usage: { output_tokens: 12 },
    });
    await charged(organizationId, whole.response.headers.get("x-generation-id"));
    const streamed = await anthropic.messages
      .stream({ model, max_tokens: 64, messages: [{ role: "user", content: question }] })
      .finalMessage();
    expect(streamed).toMatchObject({ stop_reason: "end_turn", usage: { output_tokens: 12 } });
    expect(streamed.content).toEqual([
      expect.objectContaining({ type: "text", text: expect.stringMatching(/\S/) }),
    ]);
  });

  it("responses: whole and streamed, with the totals of the receipt", async () => {
    const { client, organizationId } = await customer();
    fixture.simulator.control([{ outputTokens: 12 }]);
    const { data, response } = await client.responses.create({ model, input: question }).withResponse();
    expect(data).toMatchObject({ object: "response", status: "completed", usage: { output_tokens: 12 } });
    expect(data.output_text.length).toBeGreaterThan(0);
    await charged(organizationId, response.headers.get("x-generation-id"));
    const stream = await client.responses.create({ model, input: question, stream: true });
    const types = [];
    for await (const event of stream) types.push(event.type);
    expect(types[0]).toBe("response.created");
    expect(types.at(-1)).toBe("response.completed");
  });

  it("legacy completions: whole and streamed, with the cost of the receipt", async () => {
    const { client, organizationId } = await customer();
    fixture.simulator.control([{ outputTokens: 12 }]);
    const { data, response } = await client.completions
      .create({ model, prompt: question, max_tokens: 20 })
      .withResponse();
    expect(data).toMatchObject({
      object: "text_completion",
      model,
      choices: [{ index: 0, text: expect.stringMatching(/\S/), finish_reason: "stop" }],
      usage: { completion_tokens: 12 },
    });
    const detail = await charged(organizationId, response.headers.get("x-generation-id"));
    expect(detail.api).toBe("completions");
    expect(data.usage).toMatchObject({ cost: Number(detail.receipt?.costNanoUsd) / 1e9 });
    const stream = await client.completions.create({ model, prompt: question, max_tokens: 20, stream: true });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.text ?? "";
    expect(text).toBe(data.choices[0]?.text);
  });

  it("tools: a call comes back whole, with arguments that are JSON", async () => {
    const { client } = await customer();
    const tool = {
      type: "function" as const,
      function: {
        name: "look_up",
        description: "Looks something up.",
        parameters: { type: "object", properties: { term: { type: "string" } }, required: ["term"] },
      },
    };
    const answer = await client.chat.completions.create({
      model,
      messages: [{ role: "user", content: question }],
      tools: [tool],
      tool_choice: "required",
    });
    const call = answer.choices[0]?.message.tool_calls?.[0];
    expect(answer.choices[0]?.finish_reason).toBe("tool_calls");
    expect(call).toMatchObject({ type: "function", function: { name: "look_up" } });
    expect(() => JSON.parse(call?.type === "function" ? call.function.arguments : "")).not.toThrow();
  });

  it.each(["truncate", "error-event"] as const)(
    "prevents a broken stream from looking complete in any protocol: %s",
    async (fault) => {
      const { anthropic, client, organizationId } = await customer();
      const broken = { fault, faultAfterTokens: 5, outputTokens: 20 };
      fixture.simulator.control([broken]);
      const chat = async () => {
        const stream = await client.chat.completions.create({
          model,
          messages: [{ role: "user", content: question }],
          stream: true,
        });
        for await (const _chunk of stream);
      };
      await expect(chat()).rejects.toThrow();
      const messages = anthropic.messages.stream({
        model,
        max_tokens: 64,
        messages: [{ role: "user", content: question }],
      });
      await expect(messages.finalMessage()).rejects.toThrow();
      await fixture.settled();
      expect(await fixture.violations()).toEqual([]);
      const { totalNanoUsd, reservedNanoUsd } = await fixture.balance(organizationId);
      expect(reservedNanoUsd).toBe(0n);
      expect(totalNanoUsd).toBeLessThan(USD);
    },
  );

  it("prevents numbers that are not charged from being told: usage that was not believed stays on the record", async () => {
    const { anthropic, client, organizationId } = await customer();
    fixture.simulator.control([{ fault: "usage-x10", outputTokens: 12 }]);
    const ask = { model, max_tokens: 16, messages: [{ role: "user" as const, content: question }] };
    const chat = await client.chat.completions.create(ask);
    const [chunks, message, response] = [
      await client.chat.completions.create({ ...ask, stream: true }),
      await anthropic.messages.create(ask),
      await client.responses.create({ model, input: question, max_output_tokens: 16 }),
    ];
    let streamed: unknown;
    for await (const chunk of chunks) streamed = chunk.usage ?? streamed;
    const told = anthropic.messages.stream(ask);
    const final = await told.finalMessage();
    for (const usage of [chat.usage, streamed]) expect(usage).toMatchObject({ completion_tokens: 12 });
    for (const usage of [message.usage, response.usage, final.usage])
      expect(usage).toMatchObject({ output_tokens: 12 });
    await fixture.settled();
    const { rows } = await fixture.database.pool.query(
      "SELECT flags, basis, raw_usage::text AS raw FROM usage_record WHERE organization_id = $1",
      [organizationId],
    );
    expect(rows).toHaveLength(5);
    for (const row of rows)
      expect(row).toMatchObject({
        basis: "counted",
        flags: ["implausible"],
        raw: expect.stringContaining("120"),
      });
  });

  it("refuses in the shape of the client's protocol, before and after the key is known", async () => {
    const { anthropic } = await customer();
    await expect(
      anthropic.messages.create({
        model: "test/none",
        max_tokens: 1,
        messages: [{ role: "user", content: "x" }],
      }),
    ).rejects.toMatchObject({ status: 404, error: { type: "error", error: { type: "not_found_error" } } });
    const stranger = new Anthropic({
      apiKey: "dtk_x",
      baseURL: fixture.baseUrl.replace(/\/v1$/, ""),
      maxRetries: 0,
    });
    await expect(
      stranger.messages.create({ model, max_tokens: 1, messages: [{ role: "user", content: "x" }] }),
    ).rejects.toMatchObject({
      status: 401,
      error: { type: "error", error: { type: "authentication_error" } },
    });
  });
});

describe("what cannot be carried", () => {
  let fixture: GatewayFixture;
  beforeAll(async () => {
    fixture = await startGatewayFixture("node");
  });
  afterAll(() => fixture.close());

  it.each([
    ["n", { n: 2 }],
    ["logprobs", { logprobs: true }],
    ["logit_bias", { logit_bias: { "1": 5 } }],
    ["prediction", { prediction: { type: "content", content: "x" } }],
    ["web_search_options", { web_search_options: {} }],
    ["no_such_field", { no_such_field: 1 }],
  ])(
    "prevents a silent loss: %s is refused by name, no money is held, nothing is sent",
    async (param, extra) => {
      const { client, organizationId } = await fixture.customer(USD);
      await expect(
        client.chat.completions.create({
          model: "test/messages",
          messages: [{ role: "user", content: question }],
          ...extra,
        } as Parameters<typeof client.chat.completions.create>[0]),
      ).rejects.toMatchObject({ status: 422, code: "unsupported_parameter", param });
      expect(fixture.simulator.requests()).toEqual([]);
      expect(await fixture.balance(organizationId)).toMatchObject({ totalNanoUsd: USD, reservedNanoUsd: 0n });
    },
  );

  it.each([
    ["service_tier", { service_tier: "priority" }],
    ["service_tier", { service_tier: "fast" }],
    ["plugins", { plugins: [{ id: "web" }] }],
  ])(
    "prevents a bill below what the provider asks for: %s is refused on the same protocol too",
    async (param, extra) => {
      const { client, organizationId } = await fixture.customer(USD);
      const anthropic = new Anthropic({
        apiKey: (await fixture.customer(USD)).secret,
        baseURL: fixture.baseUrl.replace(/\/v1$/, ""),
        maxRetries: 0,
      });
      const messages = [{ role: "user" as const, content: question }];
      const chat = client.chat.completions.create({ model: "test/single", messages, ...extra } as never);
      await expect(chat).rejects.toMatchObject({ status: 422, code: "unsupported_parameter", param });
      const legacy = client.completions.create({ model: "test/single", prompt: question, ...extra } as never);
      await expect(legacy).rejects.toMatchObject({ status: 422, param });
      const message = anthropic.messages.create({
        model: "test/messages",
        max_tokens: 9,
        messages,
        ...extra,
      } as never);
      await expect(message).rejects.toMatchObject({ status: 422 });
      expect(fixture.simulator.requests()).toEqual([]);
      expect(await fixture.balance(organizationId)).toMatchObject({ totalNanoUsd: USD, reservedNanoUsd: 0n });
    },
  );

  it("gives OpenAI the long name of Claude Code's user as a hash, and a short one as it is", async () => {
    const { secret } = await fixture.customer(USD);
    const anthropic = new Anthropic({
      apiKey: secret,
      baseURL: fixture.baseUrl.replace(/\/v1$/, ""),
      maxRetries: 0,
    });
    const long = `user_${"a1".repeat(32)}_account__session_${"b2".repeat(18)}`;
    for (const user_id of [long, "user_7"]) {
      await anthropic.messages.create({
        model: "test/single",
        max_tokens: 9,
        messages: [{ role: "user", content: question }],
        metadata: { user_id },
      });
    }
    const users = fixture.simulator.requests().map(({ body }) => (body as { user?: string }).user);
    expect(users).toEqual([createHash("sha256").update(long).digest("hex"), "user_7"]);
  });
});
