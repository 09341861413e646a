import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { StreamRelay } from "../model";
import { readRequest } from "./from-request";
import { readWhole } from "./from-response";
import { passThrough } from "./pass-through";

interface Recording {
  readonly file: string;
  readonly api: string;
  readonly stream: boolean;
  readonly status: number;
  readonly expected_usage: {
    input?: number;
    cached_input?: number;
    output?: number;
    reasoning?: number | null;
  } | null;
}

const call = readRequest(
  Buffer.from(JSON.stringify({ model: "a/b", messages: [{ role: "user", content: "hi" }], stream: true })),
);
const identity = { generationId: "gen_1", model: "a/b", provider: "p", createdAtMs: 0, call };
const newRelay = () => passThrough(identity);

const folder = new URL("../../../e2e/fixtures/recordings/", import.meta.url);
const bytesOf = (file: string) => readFileSync(new URL(file, folder));
const index = JSON.parse(bytesOf("index.json").toString()) as Recording[];
const chat = index.filter(({ api, status }) => api === "chat.completions" && status === 200);
const streams = chat.filter(({ stream }) => stream);

function feed(reader: StreamRelay, bytes: Buffer, sizes: readonly number[]): Buffer {
  const forwarded: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    forwarded.push(...reader.push(bytes.subarray(at, at + size)));
    at += size;
  }
  return Buffer.concat(forwarded);
}

describe.each(streams)("recorded stream $file", ({ file, expected_usage: expected }) => {
  const bytes = bytesOf(file);

  it.each([[1], [7, 3, 1, 64], [1_000], [1_000_000]].map((sizes) => ({ sizes })))(
    "prevents a wrong bill however the network cuts it: pieces of $sizes bytes",
    ({ sizes }) => {
      const reader = newRelay();
      feed(reader, bytes, sizes);
      const { usage } = reader.state();
      if (expected?.input === undefined) {
        expect(usage).toBeNull();
        return;
      }
      expect(usage).toMatchObject({
        promptTokens: expected.input,
        cachedInput: expected.cached_input,
        completionTokens: expected.output,
        reasoning: expected.reasoning,
      });
    },
  );

  it("forwards every byte as it came, but for the usage chunk and the end mark, which come with the cost", () => {
    const reader = newRelay();
    const forwarded = Buffer.concat([feed(reader, bytes, [11]), reader.end(null)]).toString("utf8");
    const events = (text: string) => text.split(/\r?\n\r?\n/).filter((event) => event.trim() !== "");
    const kept = events(bytes.toString("utf8")).filter(
      (event) =>
        !/data: ?\[DONE\]/.test(event) &&
        !(/"choices":\s*\[\]/.test(event) && /"usage":\s*\{/.test(event)) &&
        !/"error":\s*\{/.test(event),
    );
    expect(events(forwarded)).toEqual([...kept, "data: [DONE]"]);
  });

  it("prevents a truncated stream from looking complete: cut anywhere before its end mark", () => {
    const mark = bytes.indexOf("[DONE]");
    const end = mark === -1 ? bytes.length : mark;
    for (let cut = end - 1; cut > 0; cut -= 13) {
      const reader = newRelay();
      const forwarded = feed(reader, bytes.subarray(0, cut), [4_096]).toString("utf8");
      expect(reader.state().done).toBe(false);
      expect(forwarded).not.toMatch(/"finish_reason"\s*:\s*"|\[DONE\]/);
    }
  });
});

describe("recorded answers", () => {
  it.each(chat.filter(({ stream }) => !stream))(
    "reads the usage of $file",
    ({ file, expected_usage: expected }) => {
      expect(readWhole(bytesOf(file))?.usage).toMatchObject({
        promptTokens: expected?.input,
        cachedInput: expected?.cached_input,
        completionTokens: expected?.output,
      });
    },
  );

  it("does not take an error for an answer", () => {
    expect(readWhole(bytesOf("openai-chat-error-400.json"))).toBeNull();
    expect(readWhole(Buffer.from("<html>"))).toBeNull();
  });
});

describe("stream reader", () => {
  const event = (value: unknown) => Buffer.from(`data: ${JSON.stringify(value)}\n\n`);
  const delta = (content: unknown) => ({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });

  it("recognises an error inside a 200 stream, with and without an event name", () => {
    const named = newRelay();
    named.push(Buffer.from('event: error\ndata: {"message":"overloaded"}\n\n'));
    expect(named.state().error).toEqual({ message: "overloaded" });
    const groq = newRelay();
    feed(groq, bytesOf("groq-midstream-error.sse"), [100]);
    expect(groq.state().error).not.toBeNull();
  });

  it("is not fooled by an error or a usage object that the model only writes about", () => {
    const reader = newRelay();
    const bytes = event(
      delta('{"error":{"message":"x"},"usage":{"prompt_tokens":1,"completion_tokens":1}} [DONE]'),
    );
    expect(Buffer.concat([...reader.push(event(delta("a"))), ...reader.push(bytes)])).toEqual(
      Buffer.concat([event(delta("a")), bytes]),
    );
    expect(reader.state()).toMatchObject({ error: null, usage: null, done: false });
  });

  it("collects the text of strings, parts, reasoning and tool calls for counting", () => {
    const reader = newRelay();
    reader.push(event(delta("a")));
    reader.push(
      event(
        delta([
          { type: "text", text: "b" },
          { type: "thinking", thinking: [{ type: "text", text: "c" }] },
        ]),
      ),
    );
    reader.push(
      event({
        choices: [
          { delta: { reasoning_content: "d", tool_calls: [{ function: { name: "e", arguments: "f" } }] } },
        ],
      }),
    );
    expect(reader.generatedText()).toBe("abcdef");
  });

  it("takes cumulative usage for what it is: the last one is the total", () => {
    const reader = newRelay();
    for (const tokens of [1, 2, 3])
      reader.push(event({ ...delta("x"), usage: { prompt_tokens: 5, completion_tokens: tokens } }));
    expect(reader.state().usage).toMatchObject({ promptTokens: 5, completionTokens: 3 });
  });
});
