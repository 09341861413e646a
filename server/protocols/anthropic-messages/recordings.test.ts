// Harm prevented: a stream that is altered on its way, billed by the wrong numbers, or that breaks off and looks whole.
import { describe, expect, it } from "vitest";
import type { AnswerEvent, TokenUsage } from "../model";
import { final, identity, inPieces, recordings, streams } from "./fixtures";
import { inbound, outbound } from "./index";

const CHUNKINGS = [[1], [7], [64], [1, 7, 64, 1_000], [100_000]].map((sizes) => ({ sizes }));

function expectedOf(file: string) {
  const expected = recordings.find((entry) => entry.file === file)?.expected_usage;
  if (!expected) throw new Error(`No expected usage for ${file}.`);
  return expected;
}

function expectUsage(usage: TokenUsage | null, file: string) {
  const expected = expectedOf(file);
  expect(usage).toMatchObject({ promptTokens: expected.input, completionTokens: expected.output });
  expect(usage?.cachedInput).toBe(expected.cached_input);
  expect((usage?.cacheWrite ?? 0) + (usage?.cacheWrite1h ?? 0)).toBe(expected.cache_write);
  const { input, cachedInput, cacheWrite, cacheWrite1h, output, reasoning } = usage as TokenUsage;
  expect(input + cachedInput + cacheWrite + cacheWrite1h).toBe(usage?.promptTokens);
  expect(output + reasoning).toBe(usage?.completionTokens);
}

function readAll(bytes: Uint8Array, sizes: readonly number[] = [bytes.length]) {
  const reader = outbound.reader();
  const events: AnswerEvent[] = [];
  for (const piece of inPieces(bytes, sizes)) events.push(...reader.push(piece));
  return { events, state: reader.state() };
}

describe.each(streams)("$file", ({ file, bytes }) => {
  it.each(CHUNKINGS)("passes through byte for byte in pieces of $sizes bytes", ({ sizes }) => {
    const relay = inbound.passThrough(identity);
    const out = [...inPieces(bytes, sizes)].flatMap((piece) => relay.push(piece));
    expect(Buffer.concat([...out, relay.end(null)]).equals(bytes)).toBe(true);
    expect(relay.state()).toMatchObject({ done: true, error: null });
    expectUsage(relay.state().usage, file);
  });

  it("is changed by nothing but the cost in its last usage", () => {
    const relay = inbound.passThrough(identity);
    const out = Buffer.concat([...relay.push(bytes), relay.end(final)]).toString("utf8");
    const added =
      '"cost":0.0015,"cost_details":{"input_cost":0.0005,"output_cost":0.001},"cached_tokens":40,"reasoning_tokens":10,';
    expect(out.split(added)).toHaveLength(2);
    expect(out.replace(added, "")).toBe(bytes.toString("utf8"));
    const frame = out.split("\n\n").find((text) => text.startsWith("event: message_delta")) ?? "";
    expect(JSON.parse(frame.slice(frame.indexOf("{")))).toMatchObject({ usage: { cost: 0.0015 } });
  });

  it.each(CHUNKINGS)("reads the same events and usage in pieces of $sizes bytes", ({ sizes }) => {
    const whole = readAll(bytes);
    const cut = readAll(bytes, sizes);
    expect(cut.events).toEqual(whole.events);
    expectUsage(cut.state.usage, file);
    expect(cut.state).toMatchObject({ done: true });
    expect(whole.events.at(-1)?.kind).toBe("finish");
  });

  it("never looks complete when it is cut", () => {
    for (const cut of cutsOf(bytes)) {
      const relay = inbound.passThrough(identity);
      const sent = Buffer.concat(relay.push(bytes.subarray(0, cut))).toString("utf8");
      const { state, events } = readAll(bytes.subarray(0, cut));
      for (const seen of [relay.state(), state])
        expect([cut, seen.done, seen.finishReason]).toEqual([cut, false, null]);
      expect(sent).not.toMatch(/message_delta|message_stop|stop_reason":"/);
      expect(events.some((event) => event.kind === "finish")).toBe(false);
    }
  });

  it("gives its text for counting", () => {
    const relay = inbound.passThrough(identity);
    relay.push(bytes);
    const { events } = readAll(bytes);
    const text = events.map((event) => ("text" in event && event.text ? event.text : "")).join("");
    expect(relay.generatedText().length).toBeGreaterThanOrEqual(text.length);
    expect(text.length).toBeGreaterThan(20);
  });
});

/** Every byte of a short stream; of a long one every frame's edges and a dense sample between them. */
function* cutsOf(bytes: Buffer): Generator<number> {
  if (bytes.length < 5_000) {
    for (let cut = 0; cut < bytes.length; cut += 1) yield cut;
    return;
  }
  for (let at = bytes.indexOf("\n\n"); at !== -1; at = bytes.indexOf("\n\n", at + 2)) {
    for (const cut of [at, at + 1, at + 2]) if (cut < bytes.length) yield cut;
  }
  for (let cut = 0; cut < bytes.length; cut += 499) yield cut;
}

describe("what the recordings say", () => {
  const streamOf = (file: string) => streams.find((entry) => entry.file === file)?.bytes ?? Buffer.alloc(0);

  it("thinking and its signature survive", () => {
    const { events, state } = readAll(streamOf("anthropic-thinking.sse"));
    const reasoning = events.filter((event) => event.kind === "reasoning");
    const signature = reasoning.map((event) => event.signature ?? "").join("");
    expect(signature).toMatch(/^EvMC[\w+/=]{490,}$/);
    expect(streamOf("anthropic-thinking.sse").toString()).toContain(`"signature":"${signature}"`);
    expect(reasoning.filter((event) => event.begins)).toHaveLength(1);
    expect(state.finishReason).toBe("end_turn");
  });

  it("a tool call without arguments has an object for arguments", () => {
    const { events } = readAll(streamOf("anthropic-tool-use.sse"));
    expect(events.filter((event) => event.kind === "tool_arguments")).toEqual([
      { kind: "tool_arguments", choice: 0, call: 0, fragment: "{}" },
    ]);
    expect(events.at(-1)).toMatchObject({ reason: "tool_calls", native: "tool_use" });
  });

  it("web searches are counted, cited, and not taken for tool calls", () => {
    const { events, state } = readAll(streamOf("anthropic-web-search.sse"));
    expect(state.usage?.searches).toBe(2);
    expect(events.some((event) => event.kind === "tool_call")).toBe(false);
    const citations = events.flatMap((event) => (event.kind === "citation" ? [event.citation] : []));
    expect(citations.length).toBeGreaterThanOrEqual(4);
    const text = events.map((event) => (event.kind === "text" ? event.text : "")).join("");
    for (const { startIndex, endIndex, url } of citations) {
      expect(url).toMatch(/^https:/);
      expect(text.slice(startIndex ?? 0, endIndex ?? 0).length).toBeGreaterThan(10);
    }
  });

  it("a whole answer is read and passed on with its cost", () => {
    const recording = recordings.find((entry) => entry.file === "anthropic-cache-read-write.json");
    const answer = outbound.readWhole(recording?.bytes ?? Buffer.alloc(0));
    expectUsage(answer?.usage ?? null, "anthropic-cache-read-write.json");
    expect(answer?.finishReason).toBe("end_turn");
    if (!answer) return;
    const body = inbound.fromSame(answer, identity, final);
    expect(body).toMatchObject({
      ...answer.body,
      model: identity.model,
      usage: { input_tokens: 3, cost: 0.0015 },
    });
  });

  it("an error is no answer, and says what may be shown", () => {
    const bytes = recordings.find((entry) => entry.file === "anthropic-error-404.json")?.bytes;
    expect(outbound.readWhole(bytes ?? Buffer.alloc(0))).toBeNull();
    expect(outbound.readError(bytes ?? Buffer.alloc(0))).toEqual({
      message: "model: claude-sonet-4-5",
      param: "model",
    });
  });
});
