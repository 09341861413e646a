import { describe, expect, it } from "vitest";
import type { AnswerEvent } from "../model";
import { encodeFrame, outbound } from "./index";

const event = (name: string, payload: Record<string, unknown>) => encodeFrame("event", name, payload);
const delta = (contentBlockIndex: number, of: Record<string, unknown>) =>
  event("contentBlockDelta", { contentBlockIndex, delta: of });

const USAGE = {
  inputTokens: 10,
  outputTokens: 20,
  totalTokens: 135,
  cacheReadInputTokens: 100,
  cacheWriteInputTokens: 5,
  cacheDetails: [{ ttl: "1h", inputTokens: 3 }],
};

const ANSWER = [
  event("messageStart", { role: "assistant" }),
  delta(0, { reasoningContent: { text: "Hm" } }),
  delta(0, { reasoningContent: { signature: "sig" } }),
  event("contentBlockStop", { contentBlockIndex: 0 }),
  delta(1, { text: "Grüße " }),
  delta(1, { text: "🌍" }),
  event("contentBlockStop", { contentBlockIndex: 1 }),
  event("contentBlockStart", {
    contentBlockIndex: 2,
    start: { toolUse: { toolUseId: "tu_1", name: "look" } },
  }),
  delta(2, { toolUse: { input: '{"at":' } }),
  delta(2, { toolUse: { input: '"x"}' } }),
  event("contentBlockStop", { contentBlockIndex: 2 }),
  event("contentBlockStart", {
    contentBlockIndex: 3,
    start: { toolUse: { toolUseId: "tu_2", name: "now" } },
  }),
  event("contentBlockStop", { contentBlockIndex: 3 }),
  event("messageStop", { stopReason: "tool_use" }),
  event("metadata", { usage: USAGE, metrics: { latencyMs: 1 } }),
];

function read(bytes: Uint8Array, size = bytes.length) {
  const reader = outbound.reader();
  const events: AnswerEvent[] = [];
  for (let at = 0; at < bytes.length; at += size) events.push(...reader.push(bytes.subarray(at, at + size)));
  return { events, state: reader.state() };
}

const origin = "bedrock-converse";
const EVENTS: AnswerEvent[] = [
  { kind: "reasoning", choice: 0, text: "Hm", begins: true, origin },
  { kind: "reasoning", choice: 0, signature: "sig", origin },
  { kind: "text", choice: 0, text: "Grüße " },
  { kind: "text", choice: 0, text: "🌍" },
  { kind: "tool_call", choice: 0, call: 0, id: "tu_1", name: "look" },
  { kind: "tool_arguments", choice: 0, call: 0, fragment: '{"at":' },
  { kind: "tool_arguments", choice: 0, call: 0, fragment: '"x"}' },
  { kind: "tool_call", choice: 0, call: 1, id: "tu_2", name: "now" },
  { kind: "tool_arguments", choice: 0, call: 1, fragment: "{}" },
  { kind: "finish", choice: 0, reason: "tool_calls", native: "tool_use" },
];

describe("converse stream", () => {
  it.each([1, 7, 64, 100_000])("reads binary frames in pieces of %i bytes", (size) => {
    const { events, state } = read(Buffer.concat(ANSWER), size);
    expect(events).toEqual(EVENTS);
    expect(state).toMatchObject({ done: true, finishReason: "tool_use", error: null, rawUsage: USAGE });
  });

  it("prevents a wrong bill: cache reads and writes are added to the prompt, not taken from it", () => {
    expect(read(Buffer.concat(ANSWER)).state.usage).toEqual({
      promptTokens: 115,
      completionTokens: 20,
      input: 10,
      cachedInput: 100,
      cacheWrite: 2,
      cacheWrite1h: 3,
      audioInput: 0,
      output: 20,
      reasoning: 0,
      audioOutput: 0,
      searches: 0,
    });
  });

  it("prevents a truncated stream from looking complete: cut at every byte before its last", () => {
    const bytes = Buffer.concat(ANSWER);
    for (let cut = 0; cut < bytes.length; cut += 1) {
      const { events, state } = read(bytes.subarray(0, cut));
      expect(state.done || state.finishReason !== null).toBe(false);
      expect(events.some(({ kind }) => kind === "finish")).toBe(false);
    }
  });

  it("takes an exception in the stream for an error", () => {
    const bytes = Buffer.concat([
      ...ANSWER.slice(0, 5),
      encodeFrame("exception", "throttlingException", { message: "Slow down" }),
      ...ANSWER.slice(5),
    ]);
    const { state } = read(bytes, 13);
    expect(state.error).toEqual({ message: "Slow down", type: "throttlingException" });
    expect(state.finishReason).toBeNull();
  });

  it("does not believe bytes that fail their checksum, or a length that cannot be true", () => {
    const broken = Buffer.concat(ANSWER);
    broken[40] = (broken[40] ?? 0) ^ 1;
    expect(read(broken, 11).state.error).toMatchObject({ type: "brokenFrame" });
    expect(read(Buffer.from("<html>nothing of the kind</html>")).state).toMatchObject({
      started: false,
      error: { type: "brokenFrame" },
    });
  });
});

describe("converse answer", () => {
  it("reads the same from a whole answer", () => {
    const body = {
      output: {
        message: {
          role: "assistant",
          content: [
            { reasoningContent: { reasoningText: { text: "Hm", signature: "sig" } } },
            { text: "Hi" },
            { toolUse: { toolUseId: "tu_1", name: "look", input: { at: "x" } } },
          ],
        },
      },
      stopReason: "tool_use",
      usage: USAGE,
    };
    const answer = outbound.readWhole(Buffer.from(JSON.stringify(body)));
    expect(answer?.events).toEqual([
      { kind: "reasoning", choice: 0, text: "Hm", signature: "sig", begins: true, origin },
      { kind: "text", choice: 0, text: "Hi" },
      { kind: "tool_call", choice: 0, call: 0, id: "tu_1", name: "look" },
      { kind: "tool_arguments", choice: 0, call: 0, fragment: '{"at":"x"}' },
      { kind: "finish", choice: 0, reason: "tool_calls", native: "tool_use" },
    ]);
    expect(answer).toMatchObject({ finishReason: "tool_use", usage: { promptTokens: 115 } });
  });

  it("takes neither an error nor a page for an answer, and reads what the error says", () => {
    const error = Buffer.from('{"message":"The model is not there."}');
    expect(outbound.readWhole(error)).toBeNull();
    expect(outbound.readError(error)).toEqual({ message: "The model is not there.", param: null });
    expect(outbound.readWhole(Buffer.from("<html>"))).toBeNull();
  });
});
