import { describe, expect, it } from "vitest";
import type { AnswerIdentity } from "../model";
import { inbound, outbound } from "./index";

const parse = (body: unknown) => inbound.parse(Buffer.from(JSON.stringify(body)));
const base = { model: "a/b", prompt: "Once upon" };
const identity = (body: unknown = base): AnswerIdentity => ({
  generationId: "gen_1",
  model: "a/b",
  provider: "P",
  createdAtMs: 1_000,
  call: parse(body),
});
const refusal = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return error as { code: string; param: string };
  }
  throw new Error("was accepted");
};

describe("legacy completions", () => {
  it("prevents a hold that is too small: every prompt, every answer and every discarded one is reckoned with", () => {
    expect(parse(base)).toMatchObject({ choices: 1, outputLimit: { parameter: "max_tokens", tokens: 16 } });
    expect(parse({ ...base, prompt: ["a", "b", "c"], n: 2 }).choices).toBe(6);
    expect(parse({ ...base, n: 2, best_of: 5 }).choices).toBe(5);
    expect(Buffer.byteLength(parse({ ...base, prompt: [1, 2, 3] }).promptText())).toBeGreaterThanOrEqual(3);
  });

  it.each([
    ["prompt", { model: "a/b" }],
    ["prompt", { model: "a/b", prompt: [] }],
    ["prompt[1]", { model: "a/b", prompt: ["a", -1] }],
    ["n", { ...base, n: 0 }],
    ["best_of", { ...base, best_of: 1_000 }],
    ["max_tokens", { ...base, max_tokens: -1 }],
  ])("refuses a bad %s by name", (param, body) => {
    expect(refusal(() => parse(body))).toMatchObject({ code: "invalid_request", param });
  });

  it.each([
    ["echo", { echo: true }],
    ["suffix", { suffix: "end" }],
    ["logprobs", { logprobs: 1 }],
    ["best_of", { best_of: 2 }],
    ["prompt", { prompt: ["a", "b"] }],
    ["prompt", { prompt: [1, 2] }],
    ["unknown_field", { unknown_field: 1 }],
  ])("prevents a silent loss at a provider without completions: %s", (param, extra) => {
    expect(refusal(() => parse({ ...base, ...extra }).conversation())).toMatchObject({
      code: "unsupported_parameter",
      param,
    });
  });

  it("is one turn of a conversation elsewhere", () => {
    expect(parse({ ...base, echo: false, stop: "x", temperature: 0 }).conversation()).toMatchObject({
      turns: [{ role: "user", parts: [{ type: "text", text: "Once upon" }] }],
      sampling: { stop: ["x"], temperature: 0 },
    });
  });

  it("passes a body on as it is to a provider that has completions", () => {
    const call = parse({ ...base, suffix: "end", echo: true, logprobs: 2, stream: true });
    expect(JSON.parse(outbound.toSameBody(call, { model: "up", stream: true, outputTokens: 16 }))).toEqual({
      model: "up",
      prompt: "Once upon",
      suffix: "end",
      echo: true,
      logprobs: 2,
      stream: true,
      max_tokens: 16,
      stream_options: { include_usage: true },
    });
  });

  it("writes text and finish as chunks, and leaves thinking out of the text", () => {
    const writer = inbound.writer(identity());
    const early = writer.write([
      { kind: "reasoning", choice: 0, text: "hm" },
      { kind: "text", choice: 0, text: " a time" },
      { kind: "finish", choice: 0, reason: "length", native: "max_tokens" },
    ]);
    expect(early).toHaveLength(1);
    const end = Buffer.from(writer.end(null)).toString();
    const frames = Buffer.concat([...early, Buffer.from(end)])
      .toString()
      .split("\n\n");
    expect(frames.splice(-2)).toEqual(["data: [DONE]", ""]);
    const chunks = frames.map((frame) => JSON.parse(frame.slice(6)));
    expect(chunks.map((chunk) => chunk.choices[0])).toEqual([
      { text: " a time", index: 0, logprobs: null, finish_reason: null },
      { text: "", index: 0, logprobs: null, finish_reason: "length" },
    ]);
    expect(chunks[0]).toMatchObject({ object: "text_completion", model: "a/b" });
  });

  it("counts the text of a stream that passes through", () => {
    const relay = inbound.passThrough(identity({ ...base, stream: true }));
    const event = (text: string) =>
      Buffer.from(`data: ${JSON.stringify({ choices: [{ index: 0, text }] })}\n\n`);
    expect(Buffer.concat([...relay.push(event("a")), ...relay.push(event("b"))])).toEqual(
      Buffer.concat([event("a"), event("b")]),
    );
    expect(relay.generatedText()).toBe("ab");
  });
});
