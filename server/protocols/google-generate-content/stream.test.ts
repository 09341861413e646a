import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { AnswerEvent } from "../model";
import { textOfEvents } from "../model";
import { outbound } from "./index";

interface Recording {
  readonly file: string;
  readonly api: string;
  readonly stream: boolean;
  readonly expected_usage: Record<"input" | "cached_input" | "output" | "reasoning", number> | null;
}

const folder = new URL("../../../e2e/fixtures/recordings/", import.meta.url);
const bytesOf = (file: string) => readFileSync(new URL(file, folder));
const index = JSON.parse(bytesOf("index.json").toString()) as Recording[];
const streams = index.filter(({ api, stream }) => api === "generateContent" && stream);

function read(bytes: Buffer, sizes: readonly number[] = [bytes.length]) {
  const reader = outbound.reader();
  const events: AnswerEvent[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    events.push(...reader.push(bytes.subarray(at, at + size)));
    at += size;
  }
  return { events, state: reader.state() };
}

const frames = (...responses: unknown[]) =>
  Buffer.from(responses.map((response) => `data: ${JSON.stringify(response)}\r\n\r\n`).join(""));
const candidate = (parts: unknown[], more: Record<string, unknown> = {}) => ({
  candidates: [{ content: { role: "model", parts }, index: 0, ...more }],
  responseId: "r1",
});

describe.each(streams)("recorded stream $file", ({ file, expected_usage: expected }) => {
  const bytes = bytesOf(file);

  it.each([[[1]], [[7, 3, 1, 64]], [[1_000]], [[1_000_000]]])(
    "prevents a wrong bill however the network cuts it: pieces of %j bytes",
    (sizes) => {
      const { events, state } = read(bytes, sizes);
      expect(state.usage).toMatchObject({
        promptTokens: expected?.input,
        cachedInput: expected?.cached_input,
        completionTokens: expected?.output,
        reasoning: expected?.reasoning,
      });
      expect(state.finishReason).toBe("STOP");
      expect(events).toEqual(read(bytes).events);
      expect(events.at(-1)).toMatchObject({ kind: "finish", reason: "stop", native: "STOP" });
    },
  );

  it("prevents a truncated stream from looking complete: cut at every byte before its end", () => {
    const lastFrame = bytes.lastIndexOf("\r\n\r\n");
    for (let cut = 1; cut < lastFrame; cut += 1) {
      const { state, events } = read(bytes.subarray(0, cut));
      expect(state.done || state.finishReason !== null).toBe(false);
      // What was delivered is never billed as nothing: either Gemini has said how much it is, or it is counted.
      if (textOfEvents(events) !== "" && state.usage) expect(state.usage.completionTokens).toBeGreaterThan(0);
    }
  });
});

describe("gemini stream", () => {
  it("keeps minted tool ids the same however the stream is cut, apart from each other, and signatures beside them", () => {
    const bytes = frames(
      candidate([
        { functionCall: { name: "weather", args: { city: "Rome" } }, thoughtSignature: "sig" },
        { functionCall: { name: "weather", args: { city: "Rome" } } },
      ]),
      candidate([{ functionCall: { name: "now" } }], { finishReason: "STOP" }),
    );
    const { events } = read(bytes, [3]);
    expect(events).toEqual(read(bytes).events);
    const calls = events.filter((event) => event.kind === "tool_call");
    expect(calls.map(({ call, name, signature }) => [call, name, signature])).toEqual([
      [0, "weather", "sig"],
      [1, "weather", undefined],
      [2, "now", undefined],
    ]);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(3);
    expect(events.filter((event) => event.kind === "tool_arguments").map(({ fragment }) => fragment)).toEqual(
      ['{"city":"Rome"}', '{"city":"Rome"}', "{}"],
    );
    expect(events.at(-1)).toMatchObject({ kind: "finish", reason: "tool_calls", native: "STOP" });
  });

  it("is not complete while one of several answers has no finish reason", () => {
    const both = {
      candidates: [
        { index: 0, content: { parts: [{ text: "a" }] }, finishReason: "STOP" },
        { index: 1, content: { parts: [{ text: "b" }] } },
      ],
    };
    expect(read(frames(both)).state.finishReason).toBeNull();
    const end = { candidates: [{ index: 1, finishReason: "MAX_TOKENS" }] };
    expect(read(frames(both, end)).state.finishReason).toBe("MAX_TOKENS");
  });

  it("takes a blocked prompt for a filtered answer and an error for an error", () => {
    const blocked = read(frames({ promptFeedback: { blockReason: "SAFETY" } }));
    expect(blocked.events).toEqual([
      { kind: "finish", choice: 0, reason: "content_filter", native: "SAFETY" },
    ]);
    const failed = read(frames(candidate([{ text: "a" }]), { error: { code: 503, message: "overloaded" } }));
    expect(failed.state).toMatchObject({ error: { message: "overloaded" }, finishReason: null });
  });

  it("tells thinking from text and passes signatures on, also those of text", () => {
    const { events } = read(
      frames(
        candidate([{ text: "hm", thought: true }, { text: "yes", thoughtSignature: "s" }, { text: "" }]),
      ),
    );
    const origin = "google-generate-content";
    expect(events).toEqual([
      { kind: "reasoning", choice: 0, text: "hm", origin },
      { kind: "text", choice: 0, text: "yes" },
      { kind: "reasoning", choice: 0, signature: "s", origin },
    ]);
  });
});

describe("gemini error", () => {
  it("finds the delay of a 429 in the body", () => {
    const error = outbound.readError(bytesOf("gemini-error-429.json"));
    expect(error).toEqual({
      message: "You exceeded your current quota, please check your plan.",
      param: null,
      retryAfterMs: 34_400,
    });
    expect(outbound.readWhole(bytesOf("gemini-error-429.json"))).toBeNull();
  });

  it("names the field that is at fault, also in a list", () => {
    const details = [{ fieldViolations: [{ field: "contents", description: "empty" }] }];
    const body = Buffer.from(JSON.stringify([{ error: { message: "bad", details } }]));
    expect(outbound.readError(body)).toEqual({ message: "bad", param: "contents" });
    expect(outbound.readError(Buffer.from("<html>"))).toEqual({ message: null, param: null });
  });
});
