// Harm prevented: a stream that looks right to us and that Anthropic's own client cannot read.
import Anthropic from "@anthropic-ai/sdk";
import { describe, expect, it } from "vitest";
import { AppError } from "@/server/platform/errors";
import type { AnswerEvent } from "../model";
import { final, identity, streams } from "./fixtures";
import { inbound, outbound } from "./index";

const ASK = { model: "m", max_tokens: 10, messages: [{ role: "user" as const, content: "?" }] };

function clientFor(bytes: Uint8Array) {
  const headers = { "content-type": "text/event-stream" };
  return new Anthropic({
    apiKey: "key",
    maxRetries: 0,
    fetch: async () => new Response(Buffer.from(bytes), { headers }),
  });
}
const messageFrom = (bytes: Uint8Array) => clientFor(bytes).messages.stream(ASK).finalMessage();

function written(events: readonly AnswerEvent[]): Uint8Array {
  const writer = inbound.writer(identity);
  return Buffer.concat([...events.flatMap((event) => writer.write([event])), writer.end(final)]);
}

function eventsOf(bytes: Uint8Array): AnswerEvent[] {
  return [...outbound.reader().push(bytes)];
}

describe("the SDK reads", () => {
  it.each(streams)("$file with the cost in it as without", async ({ bytes }) => {
    const relay = inbound.passThrough(identity);
    const passed = Buffer.concat([...relay.push(bytes), relay.end(final)]);
    expect(passed.equals(bytes)).toBe(false);
    expect(await messageFrom(passed)).toEqual(await messageFrom(bytes));
  });

  it.each(streams)("$file after a way through events, as far as events go", async ({ bytes, file }) => {
    const before = await messageFrom(bytes);
    const after = await messageFrom(written(eventsOf(bytes)));
    expect(after.stop_reason).toBe(before.stop_reason);
    const textOf = (message: Anthropic.Message) =>
      message.content.map((block) => (block.type === "text" ? block.text : "")).join("");
    expect(textOf(after)).toBe(textOf(before));
    const kept = before.content.filter(({ type }) => /^(thinking|redacted_thinking|tool_use)$/.test(type));
    const come = after.content.filter(({ type }) => type !== "text");
    expect(come, file).toEqual(kept);
  });

  it("usage in Anthropic's sense, never zero at the start", async () => {
    const bytes = written([{ kind: "text", choice: 0, text: "Hello" }]);
    const first = JSON.parse(/data: (.*)/.exec(Buffer.from(bytes).toString())?.[1] ?? "");
    expect(first).toMatchObject({
      type: "message_start",
      message: { usage: { input_tokens: 8, output_tokens: 1 } },
    });
    const { usage } = await messageFrom(bytes);
    expect(usage).toMatchObject({
      input_tokens: 70,
      cache_read_input_tokens: 40,
      cache_creation_input_tokens: 10,
      output_tokens: 30,
    });
  });

  it("parallel tool calls that came interleaved, first of all blocks", async () => {
    const call = (call: number) =>
      ({ kind: "tool_call", choice: 0, call, id: `call_${call}`, name: `tool_${call}` }) as const;
    const part = (call: number, fragment: string) =>
      ({ kind: "tool_arguments", choice: 0, call, fragment }) as const;
    const message = await messageFrom(
      written([
        call(0),
        part(0, '{"a"'),
        call(1),
        part(1, '{"b":'),
        part(0, ":1}"),
        part(1, "2}"),
        { kind: "text", choice: 0, text: "Calling." },
        call(2),
        { kind: "finish", choice: 0, reason: "stop", native: "stop" },
      ]),
    );
    expect(message.stop_reason).toBe("tool_use");
    expect(message.content).toMatchObject([
      { type: "tool_use", id: "call_0", input: { a: 1 } },
      { type: "tool_use", id: "call_1", input: { b: 2 } },
      { type: "text", text: "Calling." },
      { type: "tool_use", id: "call_2", input: {} },
    ]);
  });

  it("each way to stop", async () => {
    const stopOf = async (event: Partial<Extract<AnswerEvent, { kind: "finish" }>>) =>
      (
        await messageFrom(
          written([
            { kind: "text", choice: 0, text: "x" },
            { kind: "finish", choice: 0, reason: "stop", native: null, ...event },
          ]),
        )
      ).stop_reason;
    expect(await stopOf({})).toBe("end_turn");
    expect(await stopOf({ stopSequence: "END" })).toBe("stop_sequence");
    expect(await stopOf({ reason: "length" })).toBe("max_tokens");
    expect(await stopOf({ reason: "content_filter" })).toBe("refusal");
    await expect(stopOf({ reason: "error" })).rejects.toThrow(/reported an error/);
  });

  it("a failure as an error, never as an end", async () => {
    for (const relay of [inbound.passThrough(identity), inbound.writer(identity)]) {
      const bytes = relay.fail(new AppError("upstream_stream_truncated", { message: "broke off" }), "req_9");
      const failure = await messageFrom(bytes).catch((reason: unknown) => reason);
      expect(failure).toBeInstanceOf(Anthropic.APIError);
      expect(failure).toMatchObject({ type: "api_error", errorCode: "upstream_stream_truncated" });
    }
  });

  it("a whole answer of another protocol", () => {
    const events: AnswerEvent[] = [
      { kind: "reasoning", choice: 0, text: "hm", begins: true },
      { kind: "reasoning", choice: 0, opaque: "enc", origin: "openai-responses", begins: true },
      { kind: "text", choice: 0, text: "He" },
      { kind: "text", choice: 0, text: "llo" },
      { kind: "tool_call", choice: 0, call: 0, id: "call_0", name: "t" },
      { kind: "tool_arguments", choice: 0, call: 0, fragment: '{"a"' },
      { kind: "tool_arguments", choice: 0, call: 0, fragment: ":1}" },
      { kind: "finish", choice: 0, reason: "tool_calls", native: "tool_calls" },
    ];
    const answer = { events, usage: final.usage, rawUsage: null, finishReason: "tool_calls", body: {} };
    expect(inbound.toWhole(answer, identity, final)).toMatchObject({
      id: "gen_test",
      type: "message",
      model: "anthropic/claude-test",
      content: [
        { type: "thinking", thinking: "hm", signature: "" },
        { type: "redacted_thinking", data: "gateway:openai-responses:enc" },
        { type: "text", text: "Hello" },
        { type: "tool_use", id: "call_0", name: "t", input: { a: 1 } },
      ],
      stop_reason: "tool_use",
      usage: { input_tokens: 70, output_tokens: 30, cost: 0.0015 },
    });
  });
});

describe("a wish for any JSON object", () => {
  it("comes back as text, and as an ordinary end", () => {
    const frames = [
      {
        type: "content_block_start",
        index: 0,
        content_block: { type: "tool_use", id: "t", name: "gateway_json_answer", input: {} },
      },
      { type: "content_block_delta", index: 0, delta: { type: "input_json_delta", partial_json: '{"a":' } },
      { type: "content_block_delta", index: 0, delta: { type: "input_json_delta", partial_json: "1}" } },
      { type: "content_block_stop", index: 0 },
      {
        type: "message_delta",
        delta: { stop_reason: "tool_use" },
        usage: { input_tokens: 1, output_tokens: 1 },
      },
      { type: "message_stop" },
    ].map((data) => `event: ${data.type}\r\ndata: ${JSON.stringify(data)}\r\n\r\n`);
    expect(eventsOf(Buffer.from(frames.join("")))).toEqual([
      { kind: "text", choice: 0, text: '{"a":' },
      { kind: "text", choice: 0, text: "1}" },
      { kind: "finish", choice: 0, reason: "stop", native: "tool_use" },
    ]);
  });
});

describe("an error inside the stream", () => {
  it("is seen, withheld, and ends the reading", () => {
    const start =
      'event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":5,"output_tokens":1}}}\n\n';
    const error =
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n';
    const relay = inbound.passThrough(identity);
    const sent = Buffer.concat(relay.push(Buffer.from(start + error))).toString();
    expect(sent).toBe(start);
    expect(relay.state()).toMatchObject({ started: false, error: { type: "overloaded_error" }, usage: null });
  });
});
