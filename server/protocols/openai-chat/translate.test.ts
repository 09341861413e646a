import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type AnswerEvent, type AnswerIdentity, textOfEvents, translateStream } from "../model";
import { inbound, outbound } from "./index";

const folder = new URL("../../../e2e/fixtures/recordings/", import.meta.url);
const base = { model: "a/b", messages: [{ role: "user", content: "hi" }] };
const parse = (body: unknown) => inbound.parse(Buffer.from(JSON.stringify(body)));
const conversation = (body: Record<string, unknown>) => parse({ ...base, ...body }).conversation();
const options = { model: "up", stream: false, outputTokens: 100 };
const identity: AnswerIdentity = {
  generationId: "gen_1",
  model: "a/b",
  provider: "P",
  createdAtMs: 1_000,
  call: parse(base),
};

function read(...chunks: unknown[]): AnswerEvent[] {
  const reader = outbound.reader();
  return chunks.flatMap((chunk) => reader.push(Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`)));
}
const delta = (value: unknown) => ({ choices: [{ index: 0, delta: value }] });
const framesOf = (bytes: readonly Uint8Array[]) =>
  Buffer.concat(bytes)
    .toString()
    .split("\n\n")
    .filter((frame) => frame.startsWith("data: {"))
    .map((frame) => JSON.parse(frame.slice(6)));

describe("reading chunks into events", () => {
  it("numbers tool calls from 0 without gaps, and takes an empty name in a follow-up for none", () => {
    const call = (index: number | undefined, rest: Record<string, unknown>) =>
      delta({ tool_calls: [{ ...(index === undefined ? {} : { index }), ...rest }] });
    const events = read(
      call(1, { id: "c1", function: { name: "first", arguments: "" } }),
      call(1, { function: { name: "", arguments: '{"a"' } }),
      call(4, { id: "c2", function: { name: "second", arguments: "{}" } }),
      call(1, { function: { arguments: ":1}" } }),
    );
    expect(events).toEqual([
      { kind: "tool_call", choice: 0, call: 0, id: "c1", name: "first" },
      { kind: "tool_arguments", choice: 0, call: 0, fragment: '{"a"' },
      { kind: "tool_call", choice: 0, call: 1, id: "c2", name: "second" },
      { kind: "tool_arguments", choice: 0, call: 1, fragment: "{}" },
      { kind: "tool_arguments", choice: 0, call: 0, fragment: ":1}" },
    ]);
  });

  it("prevents two parallel calls from being glued into one where a host gives both the index 0", () => {
    const call = (id: string) =>
      delta({ tool_calls: [{ index: 0, id, function: { name: "f", arguments: "{}" } }] });
    expect(read(call("c1"), call("c2")).filter((event) => event.kind === "tool_call")).toHaveLength(2);
  });

  it("reads thinking under every name, and once where a host sends it under two", () => {
    expect(read(delta({ reasoning_content: "a" }), delta({ reasoning: "b" }))).toEqual([
      { kind: "reasoning", choice: 0, text: "a" },
      { kind: "reasoning", choice: 0, text: "b" },
    ]);
    const twice = {
      reasoning: "c",
      reasoning_details: [{ type: "reasoning.text", text: "c", signature: "s" }],
    };
    expect(read(delta(twice))).toEqual([{ kind: "reasoning", choice: 0, text: "c", signature: "s" }]);
  });

  it("reads Mistral's parts: thinking apart from text, nothing lost", () => {
    const reader = outbound.reader();
    const events = reader.push(readFileSync(new URL("mistral-thinking.sse", folder)));
    const thinking = events.filter((event) => event.kind === "reasoning");
    expect(thinking.length).toBeGreaterThan(10);
    expect(events.filter((event) => event.kind === "text").length).toBeGreaterThan(10);
    expect(events.at(-1)).toMatchObject({ kind: "finish", reason: "stop" });
    expect(textOfEvents(events).length).toBeGreaterThan(100);
  });

  it("stops at an error in mid-stream and keeps it", () => {
    const reader = outbound.reader();
    reader.push(readFileSync(new URL("groq-midstream-error.sse", folder)));
    expect(reader.state()).toMatchObject({ done: false, error: { code: "tool_use_failed" } });
  });
});

describe("writing chunks from events", () => {
  it("writes the role once, whole tool calls with `{}` for no arguments, and the finish", () => {
    const writer = inbound.writer(identity);
    const early = writer.write([
      { kind: "tool_call", choice: 0, call: 0, id: "c1", name: "f" },
      { kind: "tool_call", choice: 0, call: 1, id: "c2", name: "g" },
      { kind: "tool_arguments", choice: 0, call: 1, fragment: '{"a":1}' },
      { kind: "finish", choice: 0, reason: "tool_calls", native: "tool_use" },
    ]);
    // A stream that breaks off here must not look complete.
    expect(Buffer.concat(early).toString()).not.toContain('"finish_reason":"');
    const frames = framesOf([...early, writer.end(null)]);
    expect(frames.filter((frame) => frame.choices[0].delta.role)).toHaveLength(1);
    const calls = frames.flatMap((frame) => frame.choices[0].delta.tool_calls ?? []);
    const written = (index: number) =>
      calls
        .filter((call) => call.index === index)
        .map((call) => call.function.arguments)
        .join("");
    expect([written(0), written(1)]).toEqual(["{}", '{"a":1}']);
    expect(calls.filter((call) => call.id)).toHaveLength(2);
    expect(frames.at(-1).choices[0]).toMatchObject({
      finish_reason: "tool_calls",
      native_finish_reason: "tool_use",
    });
  });

  it("prevents a failed stream from looking complete: one error frame, no end mark", () => {
    const relay = translateStream(outbound.reader(), inbound.writer(identity));
    const frame = Buffer.from(
      relay.fail(
        { message: "m", type: "t", code: "upstream_error", category: "upstream", metadata: {} } as never,
        "req_1",
      ),
    ).toString();
    expect(frame).toContain('"code":"upstream_error"');
    expect(frame).not.toContain("[DONE]");
  });
});

describe("the way there and back", () => {
  const rich = {
    messages: [
      { role: "system", content: "Be brief." },
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?", cache_control: { type: "ephemeral", ttl: "1h" } },
          { type: "image_url", image_url: { url: "data:image/png;base64,AAAA", detail: "low" } },
          { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,BBBB" } },
          { type: "input_audio", input_audio: { data: "CCCC", format: "mp3" } },
        ],
      },
      {
        role: "assistant",
        content: null,
        reasoning_details: [
          { type: "reasoning.text", text: "Let me " },
          { type: "reasoning.text", text: "look.", signature: "sig", format: "anthropic-messages" },
        ],
        tool_calls: [
          { id: "c1", type: "function", function: { name: "f", arguments: "{}" } },
          { id: "c2", type: "function", function: { name: "g", arguments: '{"a":1}' } },
        ],
      },
      { role: "tool", tool_call_id: "c1", content: "one" },
      { role: "tool", tool_call_id: "c2", content: [{ type: "text", text: "two" }] },
    ],
  };

  it("reads a conversation: parts, signed thinking from its fragments, results of one round as one turn", () => {
    const { instructions, turns } = conversation(rich);
    expect(instructions).toEqual([{ type: "text", text: "Be brief." }]);
    expect(turns).toEqual([
      {
        role: "user",
        parts: [
          { type: "text", text: "What is this?", cache: { ttl: "1h" } },
          { type: "image", source: { kind: "base64", mediaType: "image/png", data: "AAAA" }, detail: "low" },
          {
            type: "file",
            source: { kind: "base64", mediaType: "application/pdf", data: "BBBB" },
            name: "a.pdf",
          },
          { type: "audio", format: "mp3", data: "CCCC" },
        ],
      },
      {
        role: "assistant",
        parts: [
          { type: "reasoning", text: "Let me look.", signature: "sig", origin: "anthropic-messages" },
          { type: "tool_call", id: "c1", name: "f", arguments: "{}" },
          { type: "tool_call", id: "c2", name: "g", arguments: '{"a":1}' },
        ],
      },
      {
        role: "tool",
        results: [
          { callId: "c1", parts: [{ type: "text", text: "one" }], isError: false },
          { callId: "c2", parts: [{ type: "text", text: "two" }], isError: false },
        ],
      },
    ]);
  });

  it("writes it again; thinking only to a provider that is known to take it", () => {
    const written = JSON.parse(outbound.toBody(conversation(rich), options));
    expect(written.messages[2]).not.toHaveProperty("reasoning_content");
    expect(written.messages.map((message: { role: string }) => message.role)).toEqual([
      "system",
      "user",
      "assistant",
      "tool",
      "tool",
    ]);
    expect(written).toMatchObject({ model: "up", max_tokens: 100 });
    const quirks = { reasoningHistory: "reasoning_content", streamOptions: false } as const;
    const told = JSON.parse(outbound.toBody(conversation(rich), { ...options, stream: true, quirks }));
    expect(told.messages[2].reasoning_content).toBe("Let me look.");
    expect(told).not.toHaveProperty("stream_options");
  });

  it("carries schema, tools, choice, sampling and effort", () => {
    const body = {
      tools: [{ type: "function", function: { name: "f", parameters: { type: "object" }, strict: true } }],
      tool_choice: { type: "function", function: { name: "f" } },
      parallel_tool_calls: false,
      response_format: {
        type: "json_schema",
        json_schema: { name: "n", schema: { type: "object" }, strict: true },
      },
      temperature: 0,
      seed: 5,
      stop: "x",
      reasoning_effort: "high",
      n: 2,
      logprobs: true,
      top_logprobs: 3,
    };
    expect(JSON.parse(outbound.toBody(conversation(body), options))).toMatchObject({ ...body, stop: ["x"] });
  });

  it("turns a budget into a word, or into what the provider understands", () => {
    const wished = conversation({ reasoning: { max_tokens: 4_000 } });
    const told = (quirks: Parameters<typeof outbound.toBody>[1]["quirks"]) =>
      JSON.parse(outbound.toBody(wished, { ...options, quirks: quirks ?? {} }));
    expect(told({})).toMatchObject({ reasoning_effort: "medium" });
    expect(told({ reasoningWish: "reasoning" })).toMatchObject({ reasoning: { max_tokens: 4_000 } });
    expect(told({ reasoningWish: "thinking" })).toMatchObject({ thinking: { type: "enabled" } });
  });

  it.each([
    ["top_k", { top_k: 5 }, {}],
    ["seed", { seed: 5 }, { missingTraits: ["seed"] as const }],
  ])("refuses %s by name where the provider does not have it", (param, body, quirks) => {
    expect(() => outbound.toBody(conversation(body), { ...options, quirks })).toThrow(
      expect.objectContaining({ code: "unsupported_parameter", param }),
    );
  });

  it.each([
    ["messages[0].role", { messages: [{ role: "function", content: "x" }] }],
    ["messages[0].content[0]", { messages: [{ role: "user", content: [{ type: "video_url" }] }] }],
    ["tools[0].type", { tools: [{ type: "web_search" }] }],
    ["prediction", { prediction: {} }],
    ["store", { store: true }],
    ["verbosity", { verbosity: "low" }],
    ["not_a_field", { not_a_field: 1 }],
  ])("prevents a silent loss: %s", (param, body) => {
    expect(() => conversation(body)).toThrow(
      expect.objectContaining({ code: "unsupported_parameter", param }),
    );
  });

  it("passes over what asks for nothing", () => {
    expect(() =>
      conversation({ store: false, verbosity: "medium", metadata: { a: "b" }, logit_bias: null }),
    ).not.toThrow();
  });
});
