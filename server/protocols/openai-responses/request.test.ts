import { describe, expect, it } from "vitest";
import { conversation, OUTBOUND, RICH } from "../fixtures";
import type { InboundCall } from "../model";
import { openEnvelope, sealEnvelope } from "./envelope";
import { outbound } from "./index";
import { parseResponsesRequest, withHistory } from "./request";

const parse = (body: unknown) =>
  parseResponsesRequest(Buffer.from(typeof body === "string" ? body : JSON.stringify(body)));
const valid = { model: "a/b", input: "hi" };
const thrownBy = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("was accepted");
};
const same = (call: InboundCall) => JSON.parse(outbound.toSameBody(call, { ...OUTBOUND, model: "up" }));
const other = (value: Parameters<typeof outbound.toBody>[0]) => JSON.parse(outbound.toBody(value, OUTBOUND));

describe("responses request", () => {
  it.each(["", "{", "[]", "null", '"text"'])("refuses %j as a body", (body) => {
    expect(thrownBy(() => parse(body))).toMatchObject({ code: "invalid_json" });
  });

  it.each([
    ["model", { ...valid, model: 5 }],
    ["input", { model: "a/b" }],
    ["input", { ...valid, input: [] }],
    ["input", { ...valid, input: 5 }],
    ["input[0]", { ...valid, input: ["x"] }],
    ["input[0].type", { ...valid, input: [{ content: "x" }] }],
    [
      "input[1].role",
      {
        ...valid,
        input: [
          { role: "user", content: "x" },
          { role: "tool", content: "x" },
        ],
      },
    ],
    ["input[0].content", { ...valid, input: [{ role: "user" }] }],
    ["input[0].content[0].type", { ...valid, input: [{ role: "user", content: [null] }] }],
    ["input[0].call_id", { ...valid, input: [{ type: "function_call", name: "f", arguments: "{}" }] }],
    ["input[0].output", { ...valid, input: [{ type: "function_call_output", call_id: "c" }] }],
    ["stream", { ...valid, stream: "yes" }],
    ["store", { ...valid, store: 1 }],
    ["truncation", { ...valid, truncation: "some" }],
    ["previous_response_id", { ...valid, previous_response_id: 7 }],
    ["tools", { ...valid, tools: {} }],
    ["tools[0].type", { ...valid, tools: [{}] }],
    ["tools[0].name", { ...valid, tools: [{ type: "function" }] }],
    ["top_logprobs", { ...valid, top_logprobs: 1_000_000 }],
    [
      "metadata",
      { ...valid, metadata: Object.fromEntries(Array.from({ length: 17 }, (_, at) => [at, "x"])) },
    ],
    ...[-1, 0, 1.5, "5"].map((value) => ["max_output_tokens", { ...valid, max_output_tokens: value }]),
  ] as [string, unknown][])("refuses a bad %s by name", (param, body) => {
    expect(thrownBy(() => parse(body))).toMatchObject({ code: "invalid_request", param });
  });

  it.each([
    ["background", { background: true }],
    ["service_tier", { service_tier: "priority" }],
    ["conversation", { conversation: "conv_1" }],
    ["prompt", { prompt: { id: "pmpt_1" } }],
    ["tools[0].type", { tools: [{ type: "file_search", vector_store_ids: ["vs_of_someone_else"] }] }],
    ["tools[0].type", { tools: [{ type: "code_interpreter", container: "cntr_of_someone_else" }] }],
    ["tools[0].type", { tools: [{ type: "shell", environment: { type: "container_auto" } }] }],
    ["tools[0].type", { tools: [{ type: "image_generation" }] }],
    ["tools[0].type", { tools: [{ type: "something_new" }] }],
    [
      "input[0].content[0].file_id",
      { input: [{ role: "user", content: [{ type: "input_file", file_id: "file_of_someone_else" }] }] },
    ],
  ] as [string, object][])(
    "prevents one customer from reaching what is kept in the provider's account, and fees without a price: %s",
    (param, more) => {
      expect(thrownBy(() => parse({ ...valid, ...more }))).toMatchObject({
        code: "unsupported_parameter",
        param,
      });
    },
  );

  it("keeps all that it does not know for an endpoint of the same protocol, and keeps the state here", () => {
    const call = parse({
      ...valid,
      tools: [{ type: "web_search_2025_08_26" }, { type: "custom", name: "c" }],
      brand_new: { a: [1] },
      text: { verbosity: "low" },
      metadata: { org: "other", kept: "1" },
      api_base: "http://evil",
      provider: { order: ["x"] },
      store: true,
      previous_response_id: "resp_1",
    });
    expect(call.searches).toBe(10);
    expect(same(call)).toEqual({
      model: "up",
      input: "hi",
      tools: [{ type: "web_search_2025_08_26" }, { type: "custom", name: "c" }],
      brand_new: { a: [1] },
      text: { verbosity: "low" },
      metadata: { kept: "1" },
      store: false,
      max_output_tokens: 100,
      max_tool_calls: 10,
    });
  });

  it("writes the conversation before out, with its own thinking and without that of others", () => {
    const history = [
      { type: "message", role: "user", content: "one" },
      { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "gAAAAA" },
      { type: "function_call", id: "fc_1", call_id: "c1", name: "f", arguments: "{}" },
      { type: "function_call_output", call_id: "c1", output: "1" },
      { type: "reasoning", id: "rs_2", summary: [], encrypted_content: sealEnvelope({ signature: "s" }) },
      { type: "message", id: "msg_2", role: "assistant", content: [{ type: "output_text", text: "two" }] },
    ];
    const call = parse({ ...valid, reasoning: { effort: "low" }, previous_response_id: "resp_1" });
    const sent = same(withHistory(call, history, new Map()));
    const { id: _dropped, ...second } = history[5] as Record<string, unknown>;
    expect(sent.input).toEqual([
      ...history.slice(0, 4),
      second,
      { type: "message", role: "user", content: "hi" },
    ]);
    expect(sent.include).toEqual(["reasoning.encrypted_content"]);
    expect(sent).not.toHaveProperty("previous_response_id");
  });

  it("puts what a reference names in its place", () => {
    const call = parse({
      ...valid,
      input: [
        { type: "item_reference", id: "msg_1" },
        { role: "user", content: "go on" },
      ],
    });
    expect(call.references).toEqual(["msg_1"]);
    const said = { type: "message", id: "msg_1", role: "assistant", content: "so far" };
    const whole = withHistory(call, [], new Map([["msg_1", said]]));
    expect(whole.input[0]).toEqual(said);
    expect(whole.conversation().turns).toMatchObject([{ role: "assistant" }, { role: "user" }]);
    expect(thrownBy(() => call.conversation())).toMatchObject({ param: "input[0].id" });
  });

  it("counts the conversation before into the prompt, and media by the piece", () => {
    const call = parse({
      ...valid,
      instructions: "be kind",
      input: [
        {
          role: "user",
          content: [
            { type: "input_text", text: "seen?" },
            { type: "input_image", image_url: "data:image/png;base64,AAAA" },
            { type: "input_file", file_data: `data:application/pdf;base64,${"A".repeat(250_000)}` },
          ],
        },
      ],
    });
    const whole = withHistory(call, [{ type: "message", role: "user", content: "long ago" }], new Map());
    expect(whole.promptText()).toBe("be kind\nlong ago\nseen?");
    expect(whole.promptShape()).toEqual({ messages: 2, images: 4 });
  });
});

describe("a Responses request for another protocol", () => {
  it("carries messages, media, tools, thinking and results", () => {
    const found = parse({
      model: "a/b",
      instructions: "Be brief.",
      input: [
        { role: "developer", content: "And kind." },
        {
          role: "user",
          content: [
            { type: "input_text", text: "What?" },
            { type: "input_image", image_url: "data:image/png;base64,aW1n", detail: "low" },
            { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,cGRm" },
            { type: "input_audio", input_audio: { format: "wav", data: "d2F2" } },
          ],
        },
        {
          type: "reasoning",
          id: "rs_1",
          summary: [{ type: "summary_text", text: "Hm." }],
          encrypted_content: sealEnvelope({ origin: "anthropic-messages", signature: "sig" }),
        },
        {
          type: "reasoning",
          id: "rs_2",
          summary: [],
          encrypted_content: sealEnvelope({ signature: "of-call", callId: "c1" }),
        },
        { role: "assistant", content: [{ type: "output_text", text: "Look:" }], phase: "commentary" },
        { type: "function_call", call_id: "c1", name: "look", arguments: "" },
        { type: "function_call", call_id: "c2", name: "look", arguments: '{"a":1}' },
        { type: "function_call_output", call_id: "c1", output: "cat" },
        { type: "function_call_output", call_id: "c2", output: [{ type: "input_text", text: "dog" }] },
        { role: "system", content: "Now answer." },
      ],
      tools: [{ type: "function", name: "look", parameters: { type: "object" }, strict: true }],
      tool_choice: { type: "function", name: "look" },
      text: { format: { type: "json_schema", name: "s", schema: { type: "object" }, strict: true } },
      reasoning: { effort: "high", summary: "auto" },
      parallel_tool_calls: false,
      temperature: 0.5,
      safety_identifier: "u1",
      include: ["reasoning.encrypted_content", "message.output_text.logprobs"],
      top_logprobs: 3,
      metadata: { a: "b" },
      truncation: "disabled",
    }).conversation();
    expect(found).toMatchObject({
      instructions: [{ text: "Be brief." }, { text: "And kind." }],
      toolChoice: { kind: "tool", name: "look" },
      parallelToolCalls: false,
      answerFormat: { kind: "json_schema", name: "s", strict: true },
      reasoning: { effort: "high", isVisible: true },
      logprobs: { top: 3 },
      user: "u1",
      sampling: { temperature: 0.5, topP: null },
    });
    expect(found.turns).toEqual([
      {
        role: "user",
        parts: [
          { type: "text", text: "What?" },
          { type: "image", source: { kind: "base64", mediaType: "image/png", data: "aW1n" }, detail: "low" },
          {
            type: "file",
            source: { kind: "base64", mediaType: "application/pdf", data: "cGRm" },
            name: "a.pdf",
          },
          { type: "audio", format: "wav", data: "d2F2" },
        ],
      },
      {
        role: "assistant",
        parts: [
          { type: "reasoning", text: "Hm.", origin: "anthropic-messages", signature: "sig", id: "rs_1" },
          { type: "text", text: "Look:" },
          { type: "tool_call", id: "c1", name: "look", arguments: "{}", signature: "of-call" },
          { type: "tool_call", id: "c2", name: "look", arguments: '{"a":1}' },
        ],
      },
      {
        role: "tool",
        results: [
          { callId: "c1", parts: [{ type: "text", text: "cat" }], isError: false },
          { callId: "c2", parts: [{ type: "text", text: "dog" }], isError: false },
        ],
      },
      { role: "instruction", parts: [{ type: "text", text: "Now answer." }] },
    ]);
  });

  it.each([
    ["truncation", { truncation: "auto" }],
    ["brand_new", { brand_new: 1 }],
    ["include[0]", { include: ["web_search_call.results"] }],
    ["tools[0].type", { tools: [{ type: "web_search" }] }],
    [
      "tools[1].type",
      {
        tools: [
          { type: "function", name: "f" },
          { type: "custom", name: "c" },
        ],
      },
    ],
    ["tool_choice", { tool_choice: { type: "web_search" } }],
    ["input[0].type", { input: [{ type: "web_search_call", id: "ws_1" }] }],
  ] as [string, object][])("refuses %s by name", (param, more) => {
    const call = parse({ ...valid, ...more });
    expect(thrownBy(() => call.conversation())).toMatchObject({ code: "unsupported_parameter", param });
  });

  it("seals what has to go round, and a changed seal holds nothing", () => {
    const envelope = { origin: "anthropic-messages", signature: "s", opaque: "o" } as const;
    expect(openEnvelope(sealEnvelope(envelope))).toEqual(envelope);
    expect(openEnvelope("dtk1.AAAA")).toEqual({});
    expect(openEnvelope("gAAAAA")).toEqual({ origin: "openai-responses", opaque: "gAAAAA" });
  });
});

describe("a conversation of another protocol for the Responses API", () => {
  it("becomes items, with strictness said and nothing stored", () => {
    const sent = other({
      ...RICH,
      parallelToolCalls: false,
      reasoning: { effort: null, budgetTokens: 8_000, isVisible: true },
    });
    expect(sent).toMatchObject({
      model: "some-model",
      instructions: "Be brief.",
      max_output_tokens: 100,
      store: false,
      stream: true,
      parallel_tool_calls: false,
      reasoning: { effort: "medium", summary: "auto" },
      include: ["reasoning.encrypted_content"],
      tool_choice: { type: "function", name: "look" },
    });
    expect(sent.tools.map(({ strict }: { strict: boolean }) => strict)).toEqual([false, true]);
    expect(sent.input).toEqual([
      {
        type: "message",
        role: "user",
        content: [
          { type: "input_text", text: "What is this?" },
          { type: "input_image", image_url: "data:image/png;base64,aW1n", detail: "auto" },
          { type: "input_file", filename: "a_b.pdf", file_data: "data:application/pdf;base64,cGRm" },
        ],
      },
      { type: "message", role: "assistant", content: [{ type: "output_text", text: "I will ask." }] },
      { type: "function_call", call_id: "call_1", name: "look", arguments: '{"at":"image"}' },
      { type: "function_call", call_id: "call_2", name: "read", arguments: "{}" },
      { type: "function_call_output", call_id: "call_1", output: '{"seen":"cat"}' },
      { type: "function_call_output", call_id: "call_2", output: "no such file" },
      { type: "message", role: "user", content: [{ type: "input_text", text: "So?" }] },
    ]);
  });

  it("sends back OpenAI's own thinking and nobody else's", () => {
    const thought = (origin: "openai-responses" | "anthropic-messages") =>
      conversation({
        turns: [
          {
            role: "assistant",
            parts: [{ type: "reasoning", text: "Hm.", opaque: "gAAAAA", origin, id: "rs_1" }],
          },
        ],
      });
    expect(other(thought("openai-responses")).input).toEqual([
      {
        type: "reasoning",
        id: "rs_1",
        summary: [{ type: "summary_text", text: "Hm." }],
        encrypted_content: "gAAAAA",
      },
    ]);
    expect(other(thought("anthropic-messages")).input).toEqual([]);
  });

  it.each([
    ["n", { choices: 2 }],
    ["stop", { sampling: { ...conversation().sampling, stop: ["x"] } }],
    ["seed", { sampling: { ...conversation().sampling, seed: 1 } }],
    ["top_k", { sampling: { ...conversation().sampling, topK: 1 } }],
    ["logit_bias", { sampling: { ...conversation().sampling, logitBias: { "1": 1 } } }],
    ["modalities", { modalities: ["audio"] }],
  ] as [string, object][])("refuses %s by name", (param, more) => {
    expect(thrownBy(() => other(conversation(more)))).toMatchObject({ code: "unsupported_parameter", param });
  });

  it("raises a limit that OpenAI would refuse", () => {
    const sent = outbound.toBody(conversation(), { ...OUTBOUND, outputTokens: 1 });
    expect(JSON.parse(sent).max_output_tokens).toBe(16);
  });
});
