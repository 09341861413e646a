import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "@/server/platform/errors";
import { isObject, objectsIn, readObject } from "../fields";
import { type AnswerEvent, type AnswerIdentity, countedUsage, type FinalUsage } from "../model";
import { createSseSplitter, readSseEvent } from "../sse";
import { inbound, outbound } from "./index";

type Data = Record<string, unknown>;

const text = fc.string({ minLength: 1, maxLength: 8 });
const calls = fc.nat(3);
const anyEvent: fc.Arbitrary<AnswerEvent> = fc.oneof(
  text.map((value) => ({ kind: "text", choice: 0, text: value }) as const),
  text.map((value) => ({ kind: "refusal", choice: 0, text: value }) as const),
  fc
    .record({ text, signature: text, opaque: text, begins: fc.boolean() }, { requiredKeys: [] })
    .map((fields) => ({ kind: "reasoning", choice: 0, ...fields }) as const),
  fc
    .record({ call: calls, fragment: fc.oneof(text, fc.constant("")) })
    .map((fields) => ({ kind: "tool_arguments", choice: 0, ...fields }) as const),
  fc
    .record({ id: text, name: text, signature: fc.option(text, { nil: undefined }) })
    .map(
      ({ signature, ...fields }) =>
        ({ kind: "tool_call", choice: 0, call: 0, ...fields, ...(signature ? { signature } : {}) }) as const,
    ),
  text.map((data) => ({ kind: "image", choice: 0, mediaType: "image/png", data }) as const),
  text.map(
    (url) =>
      ({
        kind: "citation",
        choice: 0,
        citation: { url, title: null, startIndex: null, endIndex: null },
      }) as const,
  ),
  text.map(
    (token) => ({ kind: "logprobs", choice: 0, logprobs: { content: [{ token, logprob: -1 }] } }) as const,
  ),
  text.map((value) => ({ kind: "text", choice: 1, text: value }) as const),
);
const finish: fc.Arbitrary<AnswerEvent[]> = fc
  .option(fc.constantFrom("stop", "length", "tool_calls", "content_filter", "error"))
  .map((reason) => (reason ? [{ kind: "finish", choice: 0, reason, native: null } as const] : []));
/** Batches as a reader would give them; calls are counted from 0 without gaps, as the model's contract says. */
const answers = fc
  .tuple(fc.array(fc.array(anyEvent, { maxLength: 4 }), { maxLength: 20 }), finish)
  .map(([batches, end]) => {
    let count = 0;
    const numbered = batches.map((batch) =>
      batch.map((event) => (event.kind === "tool_call" ? { ...event, call: count++ } : event)),
    );
    return [...numbered, end];
  });

const identity = (body: object = {}): AnswerIdentity => ({
  generationId: "gen_01kb0000000000000000000000",
  model: "test/model",
  provider: "simulated",
  createdAtMs: 1_000_000,
  call: inbound.parse(Buffer.from(JSON.stringify({ model: "test/model", input: "Hi", ...body }))),
});
const final: FinalUsage = {
  usage: countedUsage(10, 5),
  rawUsage: null,
  cost: { costNanoUsd: 15n, inputCostNanoUsd: 10n, outputCostNanoUsd: 5n },
};

function tell(batches: readonly (readonly AnswerEvent[])[], who = identity()): Data[] {
  const writer = inbound.writer(who);
  const bytes = Buffer.concat([...batches.flatMap((batch) => writer.write(batch)), writer.end(final)]);
  return createSseSplitter()
    .push(bytes)
    .map((frame) => readSseEvent(frame))
    .flatMap(({ event, data }) => {
      if (data === "[DONE]") return [{ type: "[DONE]" }];
      const object = readObject(data ?? "") ?? {};
      expect(event).toBe(object.type);
      return [object];
    });
}

describe("the life of a response", () => {
  it("is whole whatever a provider sends: no gap in the numbers, every item and part done, ids constant, the end equal to what was told", () => {
    fc.assert(
      fc.property(
        answers,
        fc.constantFrom<object>({}, { reasoning: { summary: "auto" } }),
        (batches, body) => {
          const told = tell(batches, identity(body));
          const events = told.filter(({ type }) => type !== "[DONE]");
          expect(events.map((data) => data.sequence_number)).toEqual([...events.keys()]);
          expect(events.slice(0, 2).map(({ type }) => type)).toEqual([
            "response.created",
            "response.in_progress",
          ]);
          const last = events.at(-1) ?? {};
          const response = isObject(last.response) ? last.response : {};
          expect(last.type).toBe(`response.${response.status}`);
          expect(told.at(-1)?.type === "[DONE]").toBe(response.status !== "failed");
          checkItems(events, objectsIn(response.output));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("says the same in a stream and whole", () => {
    fc.assert(
      fc.property(answers, (batches) => {
        const who = identity();
        const streamed = tell(batches, who).findLast(({ type }) => type !== "[DONE]")?.response;
        const answer = { events: batches.flat(), usage: null, rawUsage: null, finishReason: null, body: {} };
        const whole: Data = JSON.parse(JSON.stringify(inbound.toWhole(answer, who, final)));
        // Where the pieces of a stream are cut decides with which of them probabilities are told, and nothing else.
        expect(withoutLogprobs(whole)).toEqual(withoutLogprobs(streamed));
      }),
    );
  });

  it("is read back by the reader of this protocol as what was said", () => {
    fc.assert(
      fc.property(answers, (batches) => {
        const who = identity();
        const writer = inbound.writer(who);
        const bytes = Buffer.concat([...batches.flatMap((batch) => writer.write(batch)), writer.end(final)]);
        const reader = outbound.reader();
        const read = reader.push(bytes);
        const said = (events: readonly AnswerEvent[]) =>
          events.map((event) => (event.kind === "text" && event.choice === 0 ? event.text : "")).join("");
        expect(said(read)).toBe(said(batches.flat()));
        if (reader.state().done)
          expect(reader.state().usage).toMatchObject({ promptTokens: 10, completionTokens: 5 });
      }),
    );
  });

  it("prevents numbers of another protocol from standing in the usage of this one", () => {
    const rawUsage = {
      input_tokens: 3,
      cache_read_input_tokens: 7,
      output_tokens: 5,
      service_tier: "standard",
    };
    const answer = { events: [], usage: null, rawUsage: null, finishReason: null, body: {} };
    const { usage } = inbound.toWhole(answer, identity(), { ...final, rawUsage });
    expect(usage).toEqual({
      input_tokens: 10,
      input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
      output_tokens: 5,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 15,
      cached_tokens: 0,
      reasoning_tokens: 0,
      cost: 1.5e-8,
      cost_details: { input_cost: 1e-8, output_cost: 5e-9 },
    });
  });

  it("prevents a failure from looking like an end, however little was said", () => {
    for (const batches of [[], [[{ kind: "text", choice: 0, text: "a" }]]] as AnswerEvent[][][]) {
      const writer = inbound.writer(identity());
      const error = new AppError("upstream_error", { message: "It failed." });
      const bytes = Buffer.concat([
        ...batches.flatMap((batch) => writer.write(batch)),
        writer.fail(error, "req_1"),
      ]);
      const told = createSseSplitter()
        .push(bytes)
        .map((frame) => readObject(readSseEvent(frame).data ?? "") ?? {});
      expect(told.map((data) => data.sequence_number)).toEqual([...told.keys()]);
      expect(told.slice(-2)).toMatchObject([
        { type: "response.failed", error_type: "upstream_error", response: { status: "failed" } },
        {
          type: "error",
          code: "upstream_error",
          error: { code: "upstream_error", metadata: { request_id: "req_1" } },
        },
      ]);
      expect(bytes.includes("[DONE]")).toBe(false);
    }
  });
});

/** Follows each item and part from its first event to its last. */
function checkItems(events: readonly Data[], output: readonly Data[]): void {
  const grown = new Map<string, string>();
  const seen = { added: [] as unknown[], done: [] as unknown[], parts: 0 };
  for (const data of events) {
    const item = isObject(data.item) ? data.item : null;
    if (data.type === "response.output_item.added") {
      expect(data.output_index).toBe(seen.added.length);
      expect(item?.id).toBe(output[seen.added.length]?.id);
      seen.added.push(item?.id);
    }
    if (data.type === "response.output_item.done") {
      expect(item).toEqual(output[Number(data.output_index)]);
      seen.done.push(item?.id);
    }
    const type = String(data.type);
    if (data.item_id !== undefined) {
      expect(data.item_id).toBe(output[Number(data.output_index)]?.id);
      expect(seen.done).not.toContain(data.item_id);
      expect(seen.added).toContain(data.item_id);
    }
    if (type.endsWith("part.added")) seen.parts += 1;
    if (type.endsWith("part.done")) seen.parts -= 1;
    const at = [data.item_id, data.content_index, data.summary_index].join();
    if (type.endsWith(".delta")) grown.set(at, (grown.get(at) ?? "") + data.delta);
    const complete = type.endsWith(".done") ? (data.text ?? data.refusal ?? data.arguments) : undefined;
    if (complete !== undefined) expect(complete).toBe(grown.get(at) ?? "");
  }
  expect(seen.parts).toBe(0);
  expect([...seen.done].sort()).toEqual([...seen.added].sort());
  expect(new Set(seen.added).size).toBe(output.length);
}

function withoutLogprobs(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (name, inner) => (name === "logprobs" ? undefined : inner)));
}
