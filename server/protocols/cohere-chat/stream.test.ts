import { describe, expect, it } from "vitest";
import type { AnswerEvent } from "../model";
import { outbound } from "./index";

const frame = (type: string, more: Record<string, unknown> = {}) =>
  Buffer.from(`event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`);
const message = (type: string, of: Record<string, unknown>, index?: number) =>
  frame(type, { ...(index === undefined ? {} : { index }), delta: { message: of } });

const USAGE = {
  billed_units: { input_tokens: 11, output_tokens: 20 },
  tokens: { input_tokens: 500, output_tokens: 23 },
  cached_tokens: 448,
};
const END = frame("message-end", { delta: { finish_reason: "TOOL_CALL", usage: USAGE } });

const ANSWER = [
  frame("message-start", { id: "m1", delta: { message: { role: "assistant", content: [] } } }),
  message("content-start", { content: { type: "thinking", thinking: "" } }, 0),
  message("content-delta", { content: { thinking: "Hm" } }, 0),
  frame("content-end", { index: 0 }),
  message("content-start", { content: { type: "text", text: "" } }, 1),
  message("content-delta", { content: { text: "Grüße 🌍" } }, 1),
  message(
    "citation-start",
    {
      citations: {
        start: 0,
        end: 5,
        text: "Grüße",
        sources: [{ type: "document", document: { url: "https://a.example", title: "A" } }],
      },
    },
    0,
  ),
  frame("content-end", { index: 1 }),
  message("tool-plan-delta", { tool_plan: "I will" }),
  message("tool-plan-delta", { tool_plan: " look." }),
  message("tool-call-start", { tool_calls: { id: "c1", function: { name: "look", arguments: "" } } }, 0),
  message("tool-call-delta", { tool_calls: { function: { arguments: '{"at":' } } }, 0),
  message("tool-call-delta", { tool_calls: { function: { arguments: '"x"}' } } }, 0),
  frame("tool-call-end", { index: 0 }),
  message("tool-call-start", { tool_calls: { id: "c2", function: { name: "now", arguments: "" } } }, 1),
  frame("tool-call-end", { index: 1 }),
];

function read(bytes: Uint8Array, size = bytes.length) {
  const reader = outbound.reader();
  const events: AnswerEvent[] = [];
  for (let at = 0; at < bytes.length; at += size) events.push(...reader.push(bytes.subarray(at, at + size)));
  return { events, state: reader.state() };
}

describe("cohere stream", () => {
  it.each([1, 7, 64, 100_000])("reads it in pieces of %i bytes", (size) => {
    const { events, state } = read(Buffer.concat([...ANSWER, END]), size);
    expect(events).toEqual([
      { kind: "reasoning", choice: 0, text: "", begins: true },
      { kind: "reasoning", choice: 0, text: "Hm" },
      { kind: "text", choice: 0, text: "Grüße 🌍" },
      {
        kind: "citation",
        choice: 0,
        citation: { url: "https://a.example", title: "A", startIndex: 0, endIndex: 5 },
      },
      { kind: "reasoning", choice: 0, text: "I will", begins: true },
      { kind: "reasoning", choice: 0, text: " look." },
      { kind: "tool_call", choice: 0, call: 0, id: "c1", name: "look" },
      { kind: "tool_arguments", choice: 0, call: 0, fragment: '{"at":' },
      { kind: "tool_arguments", choice: 0, call: 0, fragment: '"x"}' },
      { kind: "tool_call", choice: 0, call: 1, id: "c2", name: "now" },
      { kind: "tool_arguments", choice: 0, call: 1, fragment: "{}" },
      { kind: "finish", choice: 0, reason: "tool_calls", native: "TOOL_CALL" },
    ]);
    expect(state).toMatchObject({ done: true, finishReason: "TOOL_CALL", rawUsage: USAGE });
  });

  it("prevents a wrong bill: tokens, not billed units, and cached ones inside them", () => {
    expect(read(Buffer.concat([...ANSWER, END])).state.usage).toMatchObject({
      promptTokens: 500,
      input: 52,
      cachedInput: 448,
      completionTokens: 23,
      output: 23,
    });
  });

  it("prevents a truncated stream from looking complete: cut at every byte before its end", () => {
    const bytes = Buffer.concat([...ANSWER, END]);
    for (let cut = 0; cut < bytes.length; cut += 1) {
      const { state } = read(bytes.subarray(0, cut));
      expect(state.done || state.finishReason !== null).toBe(false);
    }
  });

  it("takes an answer that ended by a fault for an error", () => {
    const failed = frame("message-end", { delta: { finish_reason: "ERROR", error: "out of memory" } });
    expect(read(Buffer.concat([...ANSWER, failed])).state).toMatchObject({
      error: { type: "ERROR", message: "out of memory" },
      finishReason: null,
      done: false,
    });
    expect(read(Buffer.from('data: {"message":"too many requests"}\n\n')).state).toMatchObject({
      started: false,
      error: { message: "too many requests" },
    });
  });
});

describe("cohere answer", () => {
  it("reads thinking, text, tool calls and usage", () => {
    const body = {
      finish_reason: "COMPLETE",
      message: {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "Hm" },
          { type: "text", text: "Hi" },
        ],
      },
      usage: { billed_units: { input_tokens: 3, output_tokens: 2 } },
    };
    const answer = outbound.readWhole(Buffer.from(JSON.stringify(body)));
    expect(answer?.events).toEqual([
      { kind: "reasoning", choice: 0, text: "Hm", begins: true },
      { kind: "text", choice: 0, text: "Hi" },
      { kind: "finish", choice: 0, reason: "stop", native: "COMPLETE" },
    ]);
    expect(answer?.usage).toMatchObject({ promptTokens: 3, completionTokens: 2 });
  });

  it("takes an error for an error", () => {
    const error = Buffer.from('{"id":"x","message":"invalid request: model is required"}');
    expect(outbound.readWhole(error)).toBeNull();
    expect(outbound.readError(error).message).toBe("invalid request: model is required");
  });
});
