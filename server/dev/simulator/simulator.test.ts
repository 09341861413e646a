// Harm prevented: a simulator that miscounts or hides a fault would let wrong bills pass every other test.
import { countTokens as o200k } from "gpt-tokenizer/encoding/o200k_base";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Scenario, type Simulator, startSimulator } from "./index";
import { readRecording, readRecordings } from "./recordings";

let simulator: Simulator;
let client: OpenAI;
const ASK = {
  model: "gpt-4.1-mini",
  messages: [{ role: "user" as const, content: "How do tides work?" }],
};

beforeAll(async () => {
  simulator = await startSimulator();
  client = new OpenAI({ baseURL: simulator.baseUrl, apiKey: "none", maxRetries: 0 });
});
afterAll(() => simulator.close());
beforeEach(() => simulator.reset());

function post(body: unknown, signal?: AbortSignal): Promise<Response> {
  return fetch(`${simulator.baseUrl}/chat/completions`, {
    method: "POST",
    body: JSON.stringify(body),
    signal,
  });
}

/** Text of a stream and whether the connection broke before its end. */
async function readStream(response: Response): Promise<{ text: string; isBroken: boolean }> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const bytes of response.body ?? []) text += decoder.decode(bytes, { stream: true });
    return { text, isBroken: false };
  } catch {
    return { text, isBroken: true };
  }
}

async function streamWith(scenario: Scenario, extra: object = {}) {
  simulator.control(scenario);
  const options = { stream: true, stream_options: { include_usage: true }, ...extra };
  const response = await post({ ...ASK, ...options });
  return { status: response.status, ...(await readStream(response)) };
}

describe("answers", () => {
  test("the same request gives the same answer, streamed or not; another gives another", async () => {
    const texts = await Promise.all(
      [1, 2].map(async () => (await client.chat.completions.create(ASK)).choices[0]?.message.content),
    );
    let streamed = "";
    for await (const chunk of await client.chat.completions.create({ ...ASK, stream: true }))
      streamed += chunk.choices[0]?.delta.content ?? "";
    const other = await client.chat.completions.create({ ...ASK, model: "another" });
    expect(texts[0]).toMatch(/^This is a simulated answer/);
    expect([texts[1], streamed]).toEqual([texts[0], texts[0]]);
    expect(other.choices[0]?.message.content).not.toBe(texts[0]);
  });

  test("usage is the true token count of what was sent and received", async () => {
    for (const max_tokens of [1, 7, 33, 10_000]) {
      const { choices, usage } = await client.chat.completions.create({ ...ASK, max_tokens });
      expect(usage?.completion_tokens).toBe(o200k(choices[0]?.message.content ?? ""));
      expect(usage?.prompt_tokens).toBe(3 + o200k("user") + o200k("How do tides work?") + 3);
      expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0));
    }
  });

  test.each(["max_tokens", "max_completion_tokens"])("%s is exact and reported as length", async (name) => {
    simulator.control({ outputTokens: 500 });
    const cut = await client.chat.completions.create({ ...ASK, [name]: 37 });
    expect([cut.usage?.completion_tokens, cut.choices[0]?.finish_reason]).toEqual([37, "length"]);
    const whole = await client.chat.completions.create({ ...ASK, [name]: 500 });
    expect([whole.usage?.completion_tokens, whole.choices[0]?.finish_reason]).toEqual([500, "stop"]);
  });

  test("reasoning counts as output and takes part in the limit", async () => {
    const all = await client.chat.completions.create({ ...ASK, reasoning_effort: "low" });
    expect(all.usage?.completion_tokens_details?.reasoning_tokens).toBe(16);
    const text = all.choices[0]?.message.content ?? "";
    expect(all.usage?.completion_tokens).toBe(16 + o200k(text));
    const none = await client.chat.completions.create({
      ...ASK,
      reasoning_effort: "high",
      max_completion_tokens: 20,
    });
    expect(none.choices[0]).toMatchObject({ finish_reason: "length", message: { content: "" } });
    expect(none.usage?.completion_tokens_details?.reasoning_tokens).toBe(20);
  });

  test("a later turn of a long conversation reads its prefix from the cache, in steps of 128", async () => {
    const long = "All the words of a long story. ".repeat(200);
    const first = [{ role: "user" as const, content: long }];
    const { usage: cold } = await client.chat.completions.create({ model: "m", messages: first });
    const messages = [
      ...first,
      { role: "assistant" as const, content: "Yes." },
      { role: "user" as const, content: "Go on." },
    ];
    const { usage: warm } = await client.chat.completions.create({ model: "m", messages });
    const cached = warm?.prompt_tokens_details?.cached_tokens ?? 0;
    expect(cold?.prompt_tokens_details?.cached_tokens).toBe(0);
    expect(cached).toBeGreaterThanOrEqual(1_024);
    expect(cached % 128).toBe(0);
    expect(cached).toBeLessThan(warm?.prompt_tokens ?? 0);
  });

  test("stop, n, JSON and tools", async () => {
    const stopped = await client.chat.completions.create({ ...ASK, stop: [" upstream"] });
    expect(stopped.choices[0]?.message.content).toBe("This is a simulated answer from the local");
    expect(stopped.usage?.completion_tokens).toBe(8);
    const three = await client.chat.completions.create({ ...ASK, n: 3 });
    const tokens = three.choices.map(({ message }) => o200k(message.content ?? ""));
    expect(three.usage?.completion_tokens).toBe(tokens.reduce((sum, count) => sum + count));
    expect(new Set(three.choices.map(({ message }) => message.content)).size).toBeGreaterThan(1);
    const json = await client.chat.completions.create({ ...ASK, response_format: { type: "json_object" } });
    expect(JSON.parse(json.choices[0]?.message.content ?? "")).toMatchObject({ simulated: true });
    const parameters = {
      type: "object",
      properties: { city: { type: "string" }, days: { type: "integer" } },
    };
    const called = await client.chat.completions.create({
      ...ASK,
      tools: [{ type: "function", function: { name: "forecast", parameters } }],
      tool_choice: "required",
    });
    expect(called.choices[0]).toMatchObject({
      finish_reason: "tool_calls",
      message: {
        tool_calls: [{ function: { name: "forecast", arguments: '{"city":"simulated","days":1}' } }],
      },
    });
  });

  test("a request that a provider would refuse is refused", async () => {
    for (const body of [{ model: "m" }, { ...ASK, max_tokens: 0 }, { messages: ASK.messages }]) {
      const response = await post(body);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: { type: "invalid_request_error" } });
    }
  });
});

describe("streams", () => {
  test("usage comes once, in the last chunk before the end mark, and only when asked for", async () => {
    const { text } = await streamWith({ outputTokens: 5 });
    const events = text.trim().split("\n\n");
    expect(events.at(-1)).toBe("data: [DONE]");
    const last = JSON.parse(events.at(-2)?.slice(6) ?? "");
    expect(last).toMatchObject({ choices: [], usage: { completion_tokens: 5 } });
    expect(text.match(/"prompt_tokens"/g)).toHaveLength(1);
    const without = await streamWith({ outputTokens: 5 }, { stream_options: undefined });
    expect(without.text).not.toContain("usage");
    expect(without.text).toContain("[DONE]");
  });

  test("keeps the pace that it is told", async () => {
    const began = performance.now();
    await streamWith({ outputTokens: 6, firstTokenMs: 60, tokenIntervalMs: 20 });
    expect(performance.now() - began).toBeGreaterThanOrEqual(150);
  });

  test("a client that leaves is noticed, with what it had got", async () => {
    simulator.control({ outputTokens: 1_000, tokenIntervalMs: 10 });
    const leaving = new AbortController();
    const response = await post({ ...ASK, stream: true }, leaving.signal);
    await response.body?.getReader().read();
    leaving.abort();
    await expect.poll(() => simulator.requests()[0]?.state).toBe("aborted");
    expect(simulator.requests()[0]?.bytesSent).toBeGreaterThan(100);
  });
});

describe("faults", () => {
  test("a status, as often as told, for its model only", async () => {
    simulator.control({ fault: "status:429", retryAfterSeconds: 3, times: 1 }, { model: ASK.model });
    expect((await post({ ...ASK, model: "other" })).status).toBe(200);
    const refused = await post(ASK);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "3"]);
    expect((await post(ASK)).status).toBe(200);
  });

  test("connections that break before the answer", async () => {
    simulator.control({ fault: "connection-lost" });
    await expect(post(ASK)).rejects.toThrow();
    expect(await streamWith({ fault: "headers-only" })).toEqual({ status: 200, text: "", isBroken: true });
  });

  test("streams that break, stop early or fail inside", async () => {
    const half = await streamWith({ fault: "half-chunk", outputTokens: 10 });
    expect(half.isBroken).toBe(true);
    expect(half.text.endsWith("\n\n")).toBe(false);
    const truncated = await streamWith({ fault: "truncate", outputTokens: 10, faultAfterTokens: 4 });
    expect(truncated.isBroken).toBe(false);
    expect(truncated.text.match(/"content":"."?/g)).toHaveLength(5);
    expect(truncated.text).not.toMatch(/"finish_reason":"|\[DONE\]|"usage":\{/);
    const early = await streamWith({ fault: "error-event" });
    expect(early.text).toMatch(/^data: \{"error":/);
    const late = await streamWith({ fault: "error-event", faultAfterTokens: 2 });
    expect(late.text).toMatch(/"content":"This"[\s\S]*"content":" is"[\s\S]*data: \{"error":/);
  });

  test("a hang says nothing and does not close; an endless stream does not end", async () => {
    simulator.control({ fault: "hang" });
    await expect(post({ ...ASK, stream: true }, AbortSignal.timeout(150))).rejects.toThrow(/timeout/i);
    simulator.control({ fault: "endless", outputTokens: 3 });
    const { body } = await post({ ...ASK, stream: true }, AbortSignal.timeout(20_000));
    const reader = body?.getReader();
    let text = "";
    while (text.split("\n\n").length <= 20) {
      const piece = await reader?.read();
      expect(piece?.done).toBe(false);
      text += Buffer.from(piece?.value ?? []).toString("utf8");
    }
    await reader?.cancel();
  });

  test("usage that is missing, zero or ten times too high", async () => {
    const none = await streamWith({ fault: "no-usage" });
    expect(none.text).toContain("[DONE]");
    expect(none.text).not.toContain("prompt_tokens");
    expect((await streamWith({ fault: "zero-usage" })).text).toContain('"completion_tokens":0');
    const inflated = await streamWith({ fault: "usage-x10", outputTokens: 7 });
    expect(inflated.text).toContain('"completion_tokens":70');
  });

  test("the same faults in answers that are not streamed", async () => {
    const faults = ["half-chunk", "truncate", "error-event", "no-usage"] as const;
    const seen: string[] = [];
    for (const fault of faults) {
      simulator.control({ fault });
      const { text, isBroken } = await readStream(await post(ASK));
      seen.push(isBroken ? "broken" : text.startsWith('{"error"') ? "error" : isJson(text) ? "json" : "torn");
    }
    expect(seen).toEqual(["broken", "torn", "error", "json"]);
  });
});

describe("control over HTTP and recordings", () => {
  test("set, read back, reset; a switch that does not exist is refused", async () => {
    const control = (body: unknown) =>
      fetch(`${simulator.url}/__control`, { method: "POST", body: JSON.stringify(body) });
    expect((await control({ scenarios: [{ fault: "status:503" }] })).status).toBe(200);
    expect((await post(ASK)).status).toBe(503);
    expect((await control({ scenarios: [{ fault: "typo" }] })).status).toBe(400);
    const seen = await (await fetch(`${simulator.url}/__requests`)).json();
    expect(seen).toMatchObject([{ model: ASK.model, status: 503, state: "finished", body: ASK }]);
    await fetch(`${simulator.url}/__reset`, { method: "POST" });
    expect((await post(ASK)).status).toBe(200);
  });

  test("serves every recorded byte, however it is cut", async () => {
    const { bytes } = readRecording("openai-chat-text.sse");
    simulator.control({ recording: "openai-chat-text.sse", chunkBytes: [1, 7, 64] });
    const response = await post({ ...ASK, stream: true });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    expect(readRecordings().length).toBeGreaterThan(20);
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
