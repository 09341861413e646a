import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { AppError } from "@/server/platform/errors";
import { objectsIn, readObject } from "../fields";
import type { AnswerIdentity, FinalUsage } from "../model";
import { createSseSplitter, readSseEvent } from "../sse";
import { inbound, outbound } from "./index";

interface Recording {
  readonly file: string;
  readonly request_file: string;
  readonly api: string;
  readonly status: number;
  readonly expected_usage: {
    input: number;
    cached_input: number;
    cache_write: number;
    output: number;
    reasoning: number;
  };
}

const folder = new URL("../../../e2e/fixtures/recordings/", import.meta.url);
const bytesOf = (file: string) => readFileSync(new URL(file, folder));
const recordings = (JSON.parse(bytesOf("index.json").toString()) as Recording[]).filter(
  ({ api, status }) => api === "responses" && status === 200,
);
const broken = new AppError("upstream_stream_truncated", { message: "It broke off." });

function identityOf(recording: Recording): AnswerIdentity {
  return {
    generationId: "gen_01kb0000000000000000000000",
    model: "openai/gpt-5",
    provider: "openai",
    createdAtMs: 1_758_034_836_000,
    call: inbound.parse(bytesOf(recording.request_file)),
  };
}

function* pieces(bytes: Buffer, sizes: readonly number[]) {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const dataOf = (bytes: Buffer) =>
  createSseSplitter()
    .push(bytes)
    .map((event) => readSseEvent(event));

describe("recorded responses", () => {
  it("are there", () => expect(recordings.map(({ file }) => file)).toHaveLength(2));

  for (const recording of recordings) {
    const bytes = bytesOf(recording.file);
    const { expected_usage: expected } = recording;
    const final = (state: { usage: FinalUsage["usage"] | null; rawUsage: unknown }): FinalUsage | null =>
      state.usage && {
        usage: state.usage,
        rawUsage: state.rawUsage,
        cost: { costNanoUsd: 1_234_000n, inputCostNanoUsd: 1_000_000n, outputCostNanoUsd: 234_000n },
      };

    for (const sizes of [[1], [7, 1, 64], [4_096], [bytes.length]]) {
      it(`passes ${recording.file} through in pieces of ${sizes}: bytes equal but for the last event`, () => {
        const relay = inbound.passThrough(identityOf(recording));
        const sent = [...pieces(bytes, sizes)].flatMap((piece) => relay.push(piece));
        const state = relay.state();
        expect(state).toMatchObject({ started: true, done: true, error: null, finishReason: "completed" });
        const lastEvent = bytes.lastIndexOf("event: response.completed");
        expect(Buffer.concat(sent).equals(bytes.subarray(0, lastEvent))).toBe(true);

        const end = dataOf(Buffer.from(relay.end(final(state))));
        expect(end.map(({ event, data }) => event ?? data)).toEqual(["response.completed", "[DONE]"]);
        const told = JSON.parse(end[0]?.data ?? "");
        const original = JSON.parse(dataOf(bytes.subarray(lastEvent))[0]?.data ?? "");
        expect(told.response.usage).toMatchObject({
          ...original.response.usage,
          cost: 0.001234,
          cached_tokens: 0,
        });
        told.response.usage = original.response.usage;
        expect(told).toEqual(original);
      });
    }

    it(`prevents a wrong bill: usage of ${recording.file} as an independent reading has it`, () => {
      const reader = outbound.reader();
      for (const piece of pieces(bytes, [13])) reader.push(piece);
      expect(reader.state().usage).toMatchObject({
        promptTokens: expected.input,
        cachedInput: expected.cached_input,
        cacheWrite: expected.cache_write,
        completionTokens: expected.output,
        reasoning: expected.reasoning,
        output: expected.output - expected.reasoning,
      });
    });

    it(`prevents a broken stream from looking complete: ${recording.file} cut at every boundary`, () => {
      const boundaries = dataOf(bytes).length;
      const events = createSseSplitter().push(bytes);
      const cuts = [...events.keys()].flatMap((index) => {
        const at = events.slice(0, index).reduce((sum, event) => sum + event.length, 0);
        return [at, at + 20];
      });
      expect(cuts).toHaveLength(boundaries * 2);
      for (const cut of cuts) {
        const relay = inbound.passThrough(identityOf(recording));
        const sent = relay.push(bytes.subarray(0, cut));
        const { done, finishReason, usage } = relay.state();
        expect([done, finishReason, usage]).toEqual([false, null, null]);
        const whole = Buffer.concat([...sent, relay.fail(broken, "req_1")]);
        expect(whole.includes("response.completed")).toBe(false);
        expect(whole.includes("[DONE]")).toBe(false);
        const told = dataOf(whole).map(({ data }) => readObject(data ?? "") ?? {});
        expect(told.slice(-2).map(({ type }) => type)).toEqual(["response.failed", "error"]);
        expect(told.map(({ sequence_number }) => sequence_number)).toEqual([...told.keys()]);
      }
    });

    it(`reads ${recording.file} into the same events as its final response`, () => {
      const reader = outbound.reader();
      const streamed = reader.push(bytes);
      const last = dataOf(bytes).at(-1)?.data ?? "";
      const response = readObject(last)?.response;
      const whole = outbound.readWhole(Buffer.from(JSON.stringify(response)));
      const joined = (events: typeof streamed, kind: "text" | "tool_arguments") =>
        events
          .map((event) =>
            event.kind === "text" ? event.text : event.kind === "tool_arguments" ? event.fragment : "",
          )
          .join("") + kind;
      expect(joined(streamed, "text")).toBe(joined(whole?.events ?? [], "text"));
      expect(streamed.at(-1)).toEqual(whole?.events.at(-1));
      expect(whole?.usage).toEqual(reader.state().usage);
      expect(streamed.filter(({ kind }) => kind === "tool_call")).toEqual(
        whole?.events.filter(({ kind }) => kind === "tool_call"),
      );
    });
  }

  it("says whose state it is: our store and our chain in a provider's response", () => {
    const [recording] = recordings;
    if (!recording) throw new Error("no recording");
    const asked = readObject(bytesOf(recording.request_file)) ?? {};
    const call = inbound.parse(
      Buffer.from(JSON.stringify({ ...asked, store: false, previous_response_id: "resp_before" })),
    );
    const relay = inbound.passThrough({ ...identityOf(recording), call });
    const sent = Buffer.concat([...relay.push(bytesOf(recording.file)), relay.end(null)]);
    const responses = dataOf(sent).flatMap(({ data }) => objectsIn([readObject(data ?? "")?.response]));
    expect(responses).toHaveLength(3);
    for (const response of responses)
      expect(response).toMatchObject({ store: false, previous_response_id: "resp_before" });
  });
});

const event = (data: Record<string, unknown>) =>
  Buffer.from(`event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`);

describe("responses reader", () => {
  it("prevents an answer that failed before its first word from ruling out another provider", () => {
    for (const failure of [
      {
        type: "response.failed",
        response: { status: "failed", error: { code: "server_error", message: "no" } },
      },
      { type: "error", code: "server_error", message: "no", param: null },
      { error: { message: "no" } },
    ]) {
      const reader = outbound.reader();
      reader.push(event({ type: "response.created", sequence_number: 0, response: {} }));
      reader.push(event({ type: "response.in_progress", sequence_number: 1, response: {} }));
      expect(reader.state().started).toBe(false);
      reader.push(event(failure));
      expect(reader.state()).toMatchObject({ started: false, done: false, error: { message: "no" } });
    }
  });

  it("counts tool calls from 0, takes late arguments and mends empty ones", () => {
    const reader = outbound.reader();
    const item = (index: number, more: object) => ({
      output_index: index,
      item: { type: "function_call", call_id: `c${index}`, name: `f${index}`, ...more },
    });
    const events = [
      { type: "response.output_item.added", output_index: 0, item: { type: "reasoning" } },
      { type: "response.output_item.added", ...item(1, { arguments: "" }) },
      { type: "response.output_item.added", ...item(2, { arguments: "" }) },
      { type: "response.function_call_arguments.delta", output_index: 2, delta: '{"a"' },
      { type: "response.output_item.done", ...item(1, { arguments: "" }) },
      { type: "response.function_call_arguments.delta", output_index: 2, delta: ":1}" },
      { type: "response.output_item.done", ...item(2, { arguments: '{"a":1}' }) },
      { type: "response.output_item.done", ...item(3, { arguments: '{"b":2}' }) },
      { type: "response.completed", response: { status: "completed", output: [] } },
    ].flatMap((data) => reader.push(event(data)));
    expect(events.filter(({ kind }) => kind !== "reasoning")).toEqual([
      { kind: "tool_call", choice: 0, call: 0, id: "c1", name: "f1" },
      { kind: "tool_call", choice: 0, call: 1, id: "c2", name: "f2" },
      { kind: "tool_arguments", choice: 0, call: 1, fragment: '{"a"' },
      { kind: "tool_arguments", choice: 0, call: 0, fragment: "{}" },
      { kind: "tool_arguments", choice: 0, call: 1, fragment: ":1}" },
      { kind: "tool_call", choice: 0, call: 2, id: "c3", name: "f3" },
      { kind: "tool_arguments", choice: 0, call: 2, fragment: '{"b":2}' },
      { kind: "finish", choice: 0, reason: "tool_calls", native: "completed" },
    ]);
  });

  it("reads summaries as paragraphs, sealed thinking, refusals, citations and searches", () => {
    const reader = outbound.reader();
    const thought = (index: number, delta: string) => [
      { type: "response.reasoning_summary_part.added", summary_index: index },
      { type: "response.reasoning_summary_text.delta", summary_index: index, delta },
    ];
    const events = [
      { type: "response.output_item.added", output_index: 0, item: { type: "reasoning", id: "rs_1" } },
      ...thought(0, "First."),
      ...thought(1, "Second."),
      { type: "response.output_item.done", item: { type: "reasoning", encrypted_content: "gAAAAA" } },
      {
        type: "response.output_item.done",
        item: { type: "web_search_call", status: "completed", action: { type: "search" } },
      },
      {
        type: "response.output_item.done",
        item: { type: "web_search_call", status: "completed", action: { type: "open_page" } },
      },
      { type: "response.refusal.delta", delta: "No." },
      {
        type: "response.output_text.annotation.added",
        annotation: { type: "url_citation", url: "https://a.test", title: "A", start_index: 1, end_index: 3 },
      },
      {
        type: "response.incomplete",
        response: {
          status: "incomplete",
          incomplete_details: { reason: "content_filter" },
          usage: { input_tokens: 5, output_tokens: 2, total_tokens: 7 },
        },
      },
    ].flatMap((data) => reader.push(event(data)));
    expect(events).toEqual([
      { kind: "reasoning", choice: 0, begins: true },
      { kind: "reasoning", choice: 0, text: "First." },
      { kind: "reasoning", choice: 0, text: "\n\nSecond." },
      { kind: "reasoning", choice: 0, origin: "openai-responses", opaque: "gAAAAA" },
      { kind: "refusal", choice: 0, text: "No." },
      {
        kind: "citation",
        choice: 0,
        citation: { url: "https://a.test", title: "A", startIndex: 1, endIndex: 3 },
      },
      { kind: "finish", choice: 0, reason: "content_filter", native: "content_filter" },
    ]);
    expect(reader.state().usage?.searches).toBe(1);
  });

  it("reads thinking that is told only when it is complete", () => {
    const reader = outbound.reader();
    const item = {
      type: "reasoning",
      summary: [
        { type: "summary_text", text: "Hm." },
        { type: "summary_text", text: "So." },
      ],
    };
    const events = [
      { type: "response.output_item.added", output_index: 0, item: { type: "reasoning", summary: [] } },
      { type: "response.output_item.done", output_index: 0, item },
    ].flatMap((data) => reader.push(event(data)));
    expect(events.at(-1)).toEqual({ kind: "reasoning", choice: 0, text: "Hm.\n\nSo." });
  });

  it("takes nothing for an answer that is none", () => {
    for (const body of [
      "",
      "[]",
      '{"error":{"message":"x"}}',
      '{"output":"x"}',
      '{"status":"failed","output":[]}',
    ])
      expect(outbound.readWhole(Buffer.from(body))).toBeNull();
  });
});
