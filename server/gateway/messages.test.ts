import Anthropic from "@anthropic-ai/sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readRecordings } from "@/server/dev/simulator/recordings";
import { type AdapterName, type GatewayFixture, startGatewayFixture, USD } from "./fixtures";

const messages = [{ role: "user" as const, content: "What is a receipt good for?" }];
const ask = { model: "test/messages", max_tokens: 2_000, messages };
const CREDIT = 100n * USD;
const streams = readRecordings().filter(({ file }) => /^anthropic-.*\.sse$/.test(file));

/** Every way of a message: an Anthropic client at an OpenAI provider and the reverse, and both with their own. */
describe.each(["node", "web"] as AdapterName[])("messages behind the %s adapter", (adapter) => {
  let fixture: GatewayFixture;
  beforeAll(async () => {
    fixture = await startGatewayFixture(adapter);
  });
  afterAll(() => fixture.close());
  beforeEach(() => fixture.simulator.reset());

  async function customer(credit = CREDIT) {
    const made = await fixture.customer(credit);
    const anthropic = new Anthropic({
      authToken: made.secret,
      baseURL: fixture.baseUrl.replace(/\/v1$/, ""),
      fetch: fixture.fetch,
      maxRetries: 0,
    });
    return { ...made, anthropic };
  }

  /** The one record of an organization's only request; money is whole. */
  async function recordOf(organizationId: string, generationId: string | null) {
    await fixture.settled();
    expect(await fixture.violations()).toEqual([]);
    const detail = await fixture.request(organizationId, generationId ?? "");
    expect(await fixture.balance(organizationId)).toMatchObject({
      totalNanoUsd: CREDIT - (detail.receipt?.costNanoUsd ?? 0n),
      reservedNanoUsd: 0n,
    });
    return detail;
  }

  const messagesOf = (seen: { body: unknown } | undefined) =>
    (seen?.body as { messages: unknown[] } | undefined)?.messages ?? [];

  const raw = (secret: string, body: object, path = "/messages", headers: Record<string, string> = {}) =>
    fixture.fetch(fixture.baseUrl + path, {
      method: "POST",
      headers: { "x-api-key": secret, "anthropic-version": "2023-06-01", ...headers },
      body: JSON.stringify(body),
    });

  it.each(["test/messages", "test/single"])(
    "answers from %s, streamed or not, at the receipt's cost",
    async (model) => {
      for (const isStream of [false, true]) {
        const { anthropic, organizationId } = await customer();
        const { data, response } = isStream
          ? await anthropic.messages.create({ ...ask, model, stream: true }).withResponse()
          : await anthropic.messages.create({ ...ask, model }).withResponse();
        const text: string[] = [];
        let usage: object = {};
        if ("content" in data) {
          usage = data.usage;
          for (const block of data.content) if (block.type === "text") text.push(block.text);
        } else {
          for await (const event of data) {
            if (event.type === "content_block_delta" && event.delta.type === "text_delta")
              text.push(event.delta.text);
            if (event.type === "message_delta") usage = event.usage;
          }
        }
        expect(text.join("")).toMatch(/^This is a simulated answer/);
        const record = await recordOf(organizationId, response.headers.get("x-generation-id"));
        expect(record).toMatchObject({ outcome: "succeeded", receipt: { basis: "provider" } });
        expect(usage).toMatchObject({
          input_tokens: record.inputTokens,
          output_tokens: record.outputTokens,
          cost: Number(record.receipt?.costNanoUsd) / 1e9,
        });
        expect(response.headers.get("request-id")).toMatch(/^req_/);
      }
    },
  );

  it.each(streams)(
    "passes $file through byte for byte, whatever its pieces",
    async ({ file, bytes, expected_usage }) => {
      for (const chunkBytes of [[7], [64], [1, 500]]) {
        const { secret, organizationId } = await customer();
        fixture.simulator.control({ recording: file, chunkBytes });
        const response = await raw(secret, { ...ask, stream: true });
        const text = await response.text();
        const added = /"cost":[^{}]*"cost_details":\{[^}]*\},"cached_tokens":\d+,"reasoning_tokens":\d+,/;
        expect(text).toMatch(added);
        expect(text.replace(added, "")).toBe(bytes.toString("utf8"));
        const record = await recordOf(organizationId, response.headers.get("x-generation-id"));
        expect(record).toMatchObject({
          outcome: "succeeded",
          inputTokens: expected_usage?.input,
          outputTokens: expected_usage?.output,
        });
      }
    },
  );

  it.each(streams)("gives an OpenAI client the same totals of $file", async ({ file, expected_usage }) => {
    const { client, organizationId } = await customer();
    fixture.simulator.control({ recording: file, chunkBytes: [1, 64, 7] });
    const { data, response } = await client.chat.completions
      .create({
        model: "test/messages",
        messages,
        max_tokens: 2_000,
        stream: true,
        stream_options: { include_usage: true },
      })
      .withResponse();
    let finish: string | null | undefined;
    let usage: unknown;
    for await (const chunk of data) {
      finish = chunk.choices[0]?.finish_reason ?? finish;
      usage = chunk.usage ?? usage;
    }
    expect(usage).toMatchObject({
      prompt_tokens: expected_usage?.input,
      completion_tokens: expected_usage?.output,
      prompt_tokens_details: { cached_tokens: expected_usage?.cached_input },
    });
    expect(finish).toBe(file.includes("tool") ? "tool_calls" : "stop");
    const record = await recordOf(organizationId, response.headers.get("x-generation-id"));
    expect(record).toMatchObject({
      inputTokens: expected_usage?.input,
      outputTokens: expected_usage?.output,
    });
  });

  it("carries tools, their results and thinking between the protocols, there and back", async () => {
    const { client, anthropic } = await customer();
    const parameters = { type: "object", properties: { city: { type: "string" } } };
    const first = await client.chat.completions.create({
      model: "test/messages",
      messages,
      temperature: 0.3,
      tools: [{ type: "function", function: { name: "forecast", parameters } }],
      tool_choice: "required",
    });
    const message = first.choices[0]?.message;
    expect(first.choices[0]?.finish_reason).toBe("tool_calls");
    expect(message?.tool_calls).toMatchObject([
      { function: { name: "forecast", arguments: '{"city":"simulated"}' } },
    ]);
    const id = message?.tool_calls?.[0]?.id ?? "";
    if (!message) return;
    await client.chat.completions.create({
      model: "test/messages",
      messages: [...messages, message, { role: "tool", tool_call_id: id, content: "Rain." }],
      reasoning_effort: "low",
    });
    const [, second] = fixture.simulator.requests();
    expect(second?.headers["anthropic-version"]).toBe("2023-06-01");
    expect(messagesOf(second).slice(1)).toEqual([
      {
        role: "assistant",
        content: [{ type: "tool_use", id, name: "forecast", input: { city: "simulated" } }],
      },
      {
        role: "user",
        content: [{ type: "tool_result", tool_use_id: id, content: [{ type: "text", text: "Rain." }] }],
      },
    ]);
    const called = await anthropic.messages
      .stream({
        ...ask,
        model: "test/single",
        tools: [{ name: "forecast", input_schema: { ...parameters, type: "object" } }],
        tool_choice: { type: "any" },
      })
      .finalMessage();
    expect(called.stop_reason).toBe("tool_use");
    expect(called.content).toMatchObject([
      { type: "tool_use", name: "forecast", input: { city: "simulated" } },
    ]);
  });

  it("shows Anthropic's thinking to an OpenAI client, and takes its signature back", async () => {
    const { client } = await customer();
    const chat = { model: "test/messages", messages, max_tokens: 4_000, reasoning_effort: "low" as const };
    const first = await client.chat.completions.create(chat);
    const message = first.choices[0]?.message as unknown as Record<string, unknown>;
    expect(message.reasoning_content).toEqual(expect.any(String));
    expect(first.usage?.completion_tokens_details?.reasoning_tokens).toBe(16);
    await client.chat.completions.create({ ...chat, messages: [...messages, message as never, ...messages] });
    const [, second] = fixture.simulator.requests();
    expect(messagesOf(second)[1]).toMatchObject({
      content: [
        { type: "thinking", thinking: message.reasoning_content, signature: expect.any(String) },
        { type: "text" },
      ],
    });
  });

  it("serves Claude Code: a beta query, a Bearer key, marked instructions, metadata, counting before asking", async () => {
    const { secret, organizationId } = await customer();
    const body = {
      ...ask,
      stream: true,
      system: [{ type: "text", text: "You are a coding agent.", cache_control: { type: "ephemeral" } }],
      metadata: { user_id: "user_session" },
      thinking: { type: "enabled", budget_tokens: 1_024 },
      context_management: { edits: [] },
      tools: [{ name: "Read", description: "Reads", input_schema: { type: "object" } }],
    };
    const headers = {
      authorization: `Bearer ${secret}`,
      "anthropic-beta": "claude-code-20250219",
      "x-api-key": "",
    };
    const { max_tokens: _none, stream: _no, ...count } = body;
    const counted = await raw(secret, count, "/messages/count_tokens?beta=true", headers);
    expect([counted.status, counted.headers.get("x-gateway-token-count")]).toEqual([200, "estimated"]);
    expect((await counted.json()).input_tokens).toBeGreaterThan(20);
    const response = await raw(secret, body, "/messages?beta=true", headers);
    expect(await response.text()).toMatch(
      /^event: message_start[\s\S]*thinking_delta[\s\S]*event: message_stop/,
    );
    const [seen, ...others] = fixture.simulator.requests();
    expect(others).toEqual([]);
    expect(seen?.headers).toMatchObject({
      "anthropic-beta": "claude-code-20250219",
      "anthropic-version": "2023-06-01",
    });
    expect(seen?.body).toEqual({ ...body, model: "third-model" });
    await recordOf(organizationId, response.headers.get("x-generation-id"));
    const elsewhere = await raw(secret, { ...body, model: "test/single" }, "/messages?beta=true", headers);
    expect(await elsewhere.text()).toMatch(/event: message_stop/);
  });

  it("prevents a broken stream from looking whole: an error event, one record, what was delivered is billed", async () => {
    for (const model of ["test/messages", "test/single"]) {
      for (const fault of ["truncate", "half-chunk", "error-event"] as const) {
        const { anthropic, organizationId } = await customer();
        fixture.simulator.control({ fault, outputTokens: 40, faultAfterTokens: 20, cachedTokens: 10 });
        const { data, response } = await anthropic.messages
          .create({ ...ask, model, stream: true })
          .withResponse();
        const types: string[] = [];
        const failure = await (async () => {
          for await (const event of data) types.push(event.type);
        })().catch((reason: unknown) => reason);
        expect([model, fault, failure]).toEqual([model, fault, expect.any(Anthropic.APIError)]);
        expect(types).not.toContain("message_stop");
        expect(types).not.toContain("message_delta");
        const record = await recordOf(organizationId, response.headers.get("x-generation-id"));
        expect(record).toMatchObject({ receipt: { basis: "counted" }, outputTokens: 20 });
        // Anthropic says at the start what it read from its cache: nobody pays the full price for that.
        const cached = record.receipt?.lines.find(({ unit }) => unit === "cached_input")?.quantity;
        expect(cached).toBe(model === "test/messages" ? 10n : undefined);
      }
    }
  });

  it("falls back from an overloaded provider to one of another protocol, also from an error inside a 200", async () => {
    for (const fault of ["status:529", "error-event", "connection-lost"] as const) {
      const { anthropic, organizationId } = await customer();
      fixture.simulator.control({ fault }, { provider: "third" });
      const { data, response } = await anthropic.messages
        .create({ ...ask, model: "test/mixed", stream: true })
        .withResponse();
      const types: string[] = [];
      for await (const event of data) types.push(event.type);
      expect(types.at(-1)).toBe("message_stop");
      expect(response.headers.get("x-gateway-attempts")).toBe("2");
      const record = await recordOf(organizationId, response.headers.get("x-generation-id"));
      expect(record.attempts.map(({ provider }) => provider)).toEqual(["third", "second"]);
    }
  });

  it("prevents searches at nobody's price: each one is charged, and a model without a price for them refuses", async () => {
    const tools = [{ type: "web_search_20250305" as const, name: "web_search" as const, max_uses: 3 }];
    const { anthropic, organizationId } = await customer();
    fixture.simulator.control({ recording: "anthropic-web-search.sse" });
    const { data, response } = await anthropic.messages
      .create({ ...ask, tools, stream: true })
      .withResponse();
    for await (const _event of data);
    const record = await recordOf(organizationId, response.headers.get("x-generation-id"));
    expect(record.receipt?.lines).toContainEqual(
      expect.objectContaining({ unit: "search", quantity: 2n, priceNanoUsdPerMillion: 10_000_000_000_000n }),
    );
    const tokens = (22_397n * 400_000_000n + 637n * 1_600_000_000n + 999_999n) / 1_000_000n;
    expect(record.receipt?.costNanoUsd).toBe(20_000_000n + tokens);
    await expect(anthropic.messages.create({ ...ask, model: "test/single", tools })).rejects.toMatchObject({
      status: 422,
      details: { param: "tools" },
    });
  });

  it("lists and finds models in Anthropic's form for Anthropic's client", async () => {
    const { anthropic, client } = await customer();
    const ids: string[] = [];
    for await (const model of anthropic.models.list()) ids.push(model.id);
    expect(ids).toEqual((await client.models.list()).data.map(({ id }) => id));
    expect(await anthropic.models.retrieve("test/messages")).toMatchObject({
      type: "model",
      id: "test/messages",
      display_name: "Messages",
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    await expect(anthropic.models.retrieve("no/such")).rejects.toMatchObject({ status: 404 });
  });

  it("refuses in Anthropic's words, and costs nothing", async () => {
    const poor = await customer(1_000n);
    const { anthropic, secret } = await customer();
    const failureOf = (client: Anthropic, body: object) =>
      client.messages.create(body as never).then(
        () => null,
        (reason: unknown) => reason,
      );
    expect(await failureOf(poor.anthropic, ask)).toMatchObject({
      status: 402,
      type: "billing_error",
      errorCode: "insufficient_balance",
    });
    expect(await failureOf(anthropic, { ...ask, model: "no/such" })).toMatchObject({
      status: 404,
      type: "not_found_error",
    });
    expect(await failureOf(anthropic, { ...ask, max_tokens: undefined })).toMatchObject({
      status: 400,
      type: "invalid_request_error",
      details: { param: "max_tokens" },
    });
    expect(await failureOf(anthropic, { ...ask, model: "test/single", container: "c" })).toMatchObject({
      status: 422,
      details: { param: "container" },
    });
    for (const path of ["/messages", "/messages/count_tokens"]) {
      const wrong = await raw(`${secret}x`, ask, path);
      expect([wrong.status, await wrong.json()]).toMatchObject([
        401,
        { type: "error", error: { type: "authentication_error" } },
      ]);
    }
    expect(fixture.simulator.requests()).toEqual([]);
  });
});
