// Harm prevented: a simulator that speaks Anthropic's protocol wrongly would let wrong translations and bills pass.
import Anthropic from "@anthropic-ai/sdk";
import { countTokens as o200k } from "gpt-tokenizer/encoding/o200k_base";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Simulator, startSimulator } from "./index";

let simulator: Simulator;
let client: Anthropic;
const ASK = {
  model: "claude-simulated",
  max_tokens: 2_000,
  messages: [{ role: "user" as const, content: "How do tides work?" }],
};

beforeAll(async () => {
  simulator = await startSimulator();
  client = new Anthropic({ baseURL: simulator.url, apiKey: "none", maxRetries: 0 });
});
afterAll(() => simulator.close());
beforeEach(() => simulator.reset());

const textOf = (message: Anthropic.Message) =>
  message.content.map((block) => (block.type === "text" ? block.text : "")).join("");

describe("answers", () => {
  test("the same streamed or not, with true counts", async () => {
    const whole = await client.messages.create(ASK);
    const streamed = await client.messages.stream(ASK).finalMessage();
    expect(textOf(whole)).toMatch(/^This is a simulated answer/);
    expect(textOf(streamed)).toBe(textOf(whole));
    expect(streamed.usage.output_tokens).toBe(o200k(textOf(whole)));
    expect(streamed.usage.input_tokens).toBe(whole.usage.input_tokens);
    expect([whole.stop_reason, streamed.stop_reason]).toEqual(["end_turn", "end_turn"]);
  });

  test("thinking comes first, signed, and counts as output", async () => {
    const ask = { ...ASK, thinking: { type: "enabled" as const, budget_tokens: 1_024 } };
    const whole = await client.messages.create(ask);
    const streamed = await client.messages.stream(ask).finalMessage();
    expect(streamed.content).toMatchObject(whole.content);
    expect(whole.content).toMatchObject([
      { type: "thinking", signature: expect.stringMatching(/./) },
      { type: "text" },
    ]);
    expect(whole.usage.output_tokens).toBe(8 + o200k(textOf(whole)));
    expect(streamed.usage.output_tokens_details).toEqual({ thinking_tokens: 8 });
  });

  test("limits, stop sequences and tools", async () => {
    const cut = await client.messages.create({ ...ASK, max_tokens: 7 });
    expect([cut.stop_reason, cut.usage.output_tokens]).toEqual(["max_tokens", 7]);
    const stopped = await client.messages.create({ ...ASK, stop_sequences: ["never", " upstream"] });
    expect(stopped).toMatchObject({ stop_reason: "stop_sequence", stop_sequence: " upstream" });
    const tools = [
      {
        name: "forecast",
        input_schema: { type: "object" as const, properties: { city: { type: "string" } } },
      },
    ];
    const called = await client.messages
      .stream({ ...ASK, tools, tool_choice: { type: "any" } })
      .finalMessage();
    expect(called.stop_reason).toBe("tool_use");
    expect(called.content).toMatchObject([
      { type: "tool_use", name: "forecast", input: { city: "simulated" } },
    ]);
  });

  test("a marked prompt is written into the cache first, and read from it later", async () => {
    const system = [
      {
        type: "text" as const,
        text: "A long story. ".repeat(500),
        cache_control: { type: "ephemeral" as const },
      },
    ];
    const cold = await client.messages.create({ ...ASK, system });
    const messages = [...ASK.messages, { role: "assistant" as const, content: "Yes." }, ...ASK.messages];
    const warm = await client.messages.create({ ...ASK, system, messages });
    expect(cold.usage.cache_creation_input_tokens).toBeGreaterThan(1_500);
    expect(cold.usage.cache_read_input_tokens).toBe(0);
    expect(warm.usage.cache_read_input_tokens).toBeGreaterThan(1_500);
  });
});

describe("refusals and faults", () => {
  test("what the real provider would refuse", async () => {
    await expect(client.messages.create({ ...ASK, max_tokens: 0 })).rejects.toThrow(/max_tokens/);
    const hot = { ...ASK, temperature: 0.5 } as typeof ASK;
    await expect(client.messages.create(hot)).rejects.toThrow(/temperature: not supported/);
    const older = { headers: { "anthropic-version": "2023-06-01" } };
    expect(await client.messages.create(hot, older)).toMatchObject({ stop_reason: "end_turn" });
  });

  test("errors in its own shape: before, at the start of, and inside a stream", async () => {
    simulator.control({ fault: "status:529" });
    await expect(client.messages.create(ASK)).rejects.toMatchObject({
      status: 529,
      type: "overloaded_error",
    });
    for (const faultAfterTokens of [0, 3]) {
      simulator.control({ fault: "error-event", faultAfterTokens });
      await expect(client.messages.stream(ASK).finalMessage()).rejects.toMatchObject({
        type: "overloaded_error",
      });
    }
  });

  test("a stream that stops early has no end, and one without usage has none", async () => {
    const rawOf = async () => {
      const headers = { "anthropic-version": "2023-06-01" };
      const body = JSON.stringify({ ...ASK, stream: true });
      return (await fetch(`${simulator.baseUrl}/messages`, { method: "POST", headers, body })).text();
    };
    simulator.control({ fault: "truncate" });
    expect(await rawOf()).not.toMatch(/message_delta|message_stop/);
    simulator.control({ fault: "no-usage" });
    const text = await rawOf();
    expect(text).toContain("message_stop");
    expect(text).not.toContain("usage");
  });
});
