// Harm prevented: a request that changes its meaning on the way to a provider, or that fails only after money is held.
import { describe, expect, it } from "vitest";
import { AppError } from "@/server/platform/errors";
import type { Conversation, OutboundOptions } from "../model";
import { ASK, bodyOf } from "./fixtures";
import { inbound, outbound } from "./index";

const OPTIONS: OutboundOptions = { model: "claude-upstream", stream: true, outputTokens: 4_096 };

function refusalOf(work: () => unknown): AppError {
  try {
    work();
  } catch (thrown) {
    if (AppError.is(thrown)) return thrown;
  }
  throw new Error("It was not refused.");
}
const parse = (body: unknown) => inbound.parse(bodyOf(body));
const toBody = (conversation: Conversation, options = OPTIONS) =>
  JSON.parse(outbound.toBody(conversation, options));
const wish = (fields: object) => parse({ ...ASK, ...fields }).conversation();

/** What Claude Code sends: instructions and tools marked for the cache, thinking, a tool's result with an image. */
const CLAUDE_CODE = {
  model: "anthropic/claude-test",
  max_tokens: 32_000,
  stream: true,
  system: [
    { type: "text", text: "You are a coding agent." },
    { type: "text", text: "Environment: Linux.", cache_control: { type: "ephemeral" } },
  ],
  messages: [
    { role: "user", content: [{ type: "text", text: "Read the file." }] },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "I should read it.", signature: "c2lnbmVk" },
        { type: "redacted_thinking", data: "c2VjcmV0" },
        { type: "text", text: "Reading." },
        { type: "tool_use", id: "toolu_1", name: "Read", input: { path: "/a.ts", lines: [1, 2] } },
        { type: "tool_use", id: "toolu_2", name: "Look", input: {} },
      ],
    },
    {
      role: "user",
      content: [
        {
          type: "tool_result",
          tool_use_id: "toolu_1",
          content: [{ type: "text", text: "no such file" }],
          is_error: true,
        },
        {
          type: "tool_result",
          tool_use_id: "toolu_2",
          content: [{ type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } }],
        },
        { type: "text", text: "Go on.", cache_control: { type: "ephemeral", ttl: "1h" } },
      ],
    },
  ],
  tools: [
    {
      name: "Read",
      description: "Reads a file",
      input_schema: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
      cache_control: { type: "ephemeral" },
    },
  ],
  thinking: { type: "enabled", budget_tokens: 10_000 },
  metadata: { user_id: "user_1_session_2" },
};

describe("parse", () => {
  it.each([
    ["max_tokens", { ...ASK, max_tokens: undefined }],
    ["max_tokens", { ...ASK, max_tokens: null }],
    ["max_tokens", { ...ASK, max_tokens: 0 }],
    ["max_tokens", { ...ASK, max_tokens: "5" }],
    ["max_tokens", { ...ASK, max_tokens: 1.5 }],
    ["model", { ...ASK, model: undefined }],
    ["messages", { ...ASK, messages: [] }],
    ["messages.0.role", { ...ASK, messages: [{ role: "tool", content: "x" }] }],
    ["messages.0.content", { ...ASK, messages: [{ role: "user" }] }],
    ["messages.0.content.0.type", { ...ASK, messages: [{ role: "user", content: [{}] }] }],
    ["system", { ...ASK, system: 5 }],
    ["stream", { ...ASK, stream: "yes" }],
    ["tools", { ...ASK, tools: {} }],
  ])("refuses a wrong `%s`", (param, body) => {
    const refusal = refusalOf(() => parse(body));
    expect([refusal.status, refusal.param]).toEqual([400, param]);
  });

  it("prevents a fee that nobody is told: code runs by the hour, and no answer says how many", () => {
    const tools = [{ type: "code_execution_20250825", name: "code_execution" }];
    const refusal = refusalOf(() => parse({ ...ASK, tools }));
    expect([refusal.status, refusal.param]).toEqual([422, "tools"]);
  });

  it("reads what it needs, and counts texts but no bytes", () => {
    const call = parse(CLAUDE_CODE);
    expect(call).toMatchObject({ model: "anthropic/claude-test", stream: true, choices: 1 });
    expect(call.outputLimit).toEqual({ parameter: "max_tokens", tokens: 32_000 });
    expect(call.promptShape()).toEqual({ messages: 3, images: 1 });
    for (const text of ["You are a coding agent.", "no such file", "Go on.", "Reads a file", "/a.ts"])
      expect(call.promptText()).toContain(text);
    expect(call.promptText()).not.toContain("AAAA");
  });
});

describe("toSameBody", () => {
  it("changes the model and the limit, drops what is ours, keeps everything else", () => {
    const unknown = { novelty: { a: [1, null] }, context_management: { edits: [] } };
    const own = { models: ["a/b"], provider: { only: ["x"] }, api_base: "http://evil", max_cost_usd: 1 };
    const body = JSON.parse(outbound.toSameBody(parse({ ...CLAUDE_CODE, ...unknown, ...own }), OPTIONS));
    expect(body).toEqual({ ...CLAUDE_CODE, ...unknown, model: "claude-upstream", max_tokens: 4_096 });
  });

  it("leaves out thinking that Anthropic did not sign, which it would refuse as forged", () => {
    const foreign = [
      { type: "thinking", thinking: "other", signature: "" },
      { type: "thinking", thinking: "other", signature: "gateway:openai-responses:abc" },
      { type: "redacted_thinking", data: "gateway::abc" },
      { type: "text", text: "Hello" },
    ];
    const messages = [...ASK.messages, { role: "assistant", content: foreign }, ...ASK.messages];
    const body = JSON.parse(outbound.toSameBody(parse({ ...ASK, messages }), OPTIONS));
    expect(body.messages[1].content).toEqual([{ type: "text", text: "Hello" }]);
  });
});

describe("conversation and back", () => {
  it("carries Claude Code's request round without loss", () => {
    const body = toBody(parse(CLAUDE_CODE).conversation(), { ...OPTIONS, outputTokens: 32_000 });
    expect(body).toEqual({ ...CLAUDE_CODE, model: "claude-upstream" });
  });

  it("gives a foreign signature back to its maker only", () => {
    const messages = [
      ...ASK.messages,
      {
        role: "assistant",
        content: [{ type: "thinking", thinking: "mine", signature: "gateway:google-generate-content:zz" }],
      },
      ...ASK.messages,
    ];
    const conversation = wish({ messages });
    expect(conversation.turns[1]).toMatchObject({
      parts: [{ type: "reasoning", text: "mine", signature: "zz", origin: "google-generate-content" }],
    });
    expect(toBody(conversation).messages).toHaveLength(1);
  });

  it("reads documents: text as text, files as files", () => {
    const content = [
      { type: "document", title: "A", source: { type: "text", media_type: "text/plain", data: "words" } },
      { type: "document", source: { type: "base64", media_type: "application/pdf", data: "JVBE" } },
      { type: "document", source: { type: "url", url: "https://example.com/a.pdf" } },
      { type: "image", source: { type: "url", url: "https://example.com/a.png" } },
    ];
    const conversation = wish({ messages: [{ role: "user", content }] });
    expect(conversation.turns[0]).toMatchObject({
      parts: [
        { type: "text", text: "A\n\nwords" },
        { type: "file", source: { kind: "base64", mediaType: "application/pdf", data: "JVBE" } },
        { type: "file", source: { kind: "url", url: "https://example.com/a.pdf" } },
        { type: "image", source: { kind: "url", url: "https://example.com/a.png" } },
      ],
    });
    expect(toBody(conversation).messages[0].content.slice(1)).toEqual(content.slice(1));
  });

  it.each([
    ["tools.0.type", { tools: [{ type: "web_search_20250305", name: "web_search" }] }],
    ["mcp_servers", { mcp_servers: [{ url: "https://example.com" }] }],
    ["container", { container: "c_1" }],
    ["novelty", { novelty: 1 }],
    ["messages.0.content.0.type", { messages: [{ role: "user", content: [{ type: "container_upload" }] }] }],
  ])("refuses `%s` by name when it cannot be carried", (param, fields) => {
    const refusal = refusalOf(() => wish(fields));
    expect([refusal.code, refusal.param]).toEqual(["unsupported_parameter", param]);
  });

  it("drops hints to Anthropic's own machinery", () => {
    const hints = {
      context_management: { edits: [] },
      speed: "standard",
      service_tier: "auto",
      mcp_servers: [],
    };
    expect(wish(hints)).toEqual(wish({}));
  });
});

describe("toBody", () => {
  const plain = wish({});
  const withSampling = (sampling: object): Conversation => ({
    ...plain,
    sampling: { ...plain.sampling, ...sampling },
  });
  const thinkingOf = (conversation: Conversation, outputTokens = 100_000) =>
    toBody(conversation, { ...OPTIONS, outputTokens }).thinking?.budget_tokens;
  const effort = (name: "none" | "minimal" | "low" | "medium" | "high" | "xhigh"): Conversation => ({
    ...plain,
    reasoning: { effort: name, budgetTokens: null, isVisible: true },
  });

  it("always has a limit and a turn, also when there are only instructions", () => {
    const body = toBody({ ...plain, instructions: [{ type: "text", text: "Say hello." }], turns: [] });
    expect(body).toEqual({
      model: "claude-upstream",
      max_tokens: 4_096,
      messages: [{ role: "user", content: [{ type: "text", text: "Say hello." }] }],
      stream: true,
    });
  });

  it("turns efforts into budgets that leave room for the answer", () => {
    const names = ["none", "minimal", "low", "medium", "high", "xhigh"] as const;
    expect(names.map((name) => thinkingOf(effort(name)))).toEqual([
      undefined,
      1_024,
      2_048,
      8_192,
      16_384,
      32_768,
    ]);
    expect(thinkingOf(effort("high"), 4_096)).toBe(3_276);
    expect(thinkingOf(effort("high"), 1_000)).toBeUndefined();
  });

  it("takes sampling as far as Anthropic knows it, and none while thinking", () => {
    expect(toBody(withSampling({ temperature: 1.7, topP: 0.5, topK: 4 }))).toMatchObject({
      temperature: 1,
      top_k: 4,
    });
    expect(toBody(withSampling({ temperature: 0.2, topP: 0.5 })).top_p).toBeUndefined();
    expect(toBody(withSampling({ topP: 0.5 })).top_p).toBe(0.5);
    const thinks = toBody({ ...effort("low"), sampling: withSampling({ temperature: 0.2 }).sampling });
    expect(thinks.temperature).toBeUndefined();
    expect(thinks.thinking.type).toBe("enabled");
  });

  it.each([
    ["seed", withSampling({ seed: 1 })],
    ["frequency_penalty", withSampling({ frequencyPenalty: 0.5 })],
    ["logit_bias", withSampling({ logitBias: { "1": 5 } })],
    ["n", { ...plain, choices: 2 }],
    ["logprobs", { ...plain, logprobs: { top: 1 } }],
    ["modalities", { ...plain, modalities: ["audio"] }],
    [
      "response_format",
      { ...plain, answerFormat: { kind: "json_object" as const }, tools: wish(CLAUDE_CODE).tools },
    ],
  ])("refuses `%s` by name", (param, conversation) => {
    const refusal = refusalOf(() => toBody(conversation));
    expect([refusal.code, refusal.param]).toEqual(["unsupported_parameter", param]);
  });

  it("honours JSON with a schema, and without one by a tool of its own", () => {
    const schema = { type: "object", properties: {}, additionalProperties: false };
    const format = { kind: "json_schema" as const, name: "x", description: null, schema, strict: true };
    expect(toBody({ ...plain, answerFormat: format }).output_config).toEqual({
      format: { type: "json_schema", schema },
    });
    const json = toBody({ ...plain, answerFormat: { kind: "json_object" } });
    expect(json.tool_choice).toEqual({ type: "tool", name: json.tools[0].name });
  });

  it("gives way: thinking to a forced tool, and to a tool's result without the thinking before it", () => {
    const { tools } = wish(CLAUDE_CODE);
    const forced: Conversation = { ...effort("high"), tools, toolChoice: { kind: "required" } };
    expect(toBody(forced)).toMatchObject({ tool_choice: { type: "any" } });
    expect(thinkingOf(forced)).toBeUndefined();
    const call = { type: "tool_call" as const, id: "call.1", name: "Read", arguments: "" };
    const continued: Conversation = {
      ...effort("high"),
      tools,
      turns: [
        ...plain.turns,
        { role: "assistant", parts: [call] },
        { role: "tool", results: [{ callId: "call.1", parts: [], isError: false }] },
      ],
    };
    expect(thinkingOf(continued)).toBeUndefined();
    expect(toBody(continued).messages.slice(1)).toEqual([
      { role: "assistant", content: [{ type: "tool_use", id: "call_1", name: "Read", input: {} }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "call_1" }] },
    ]);
  });

  it("allows one call at a time, and any choice", () => {
    const { tools } = wish(CLAUDE_CODE);
    const choiceOf = (fields: Partial<Conversation>) => toBody({ ...plain, tools, ...fields }).tool_choice;
    expect(choiceOf({ parallelToolCalls: false })).toEqual({ type: "auto", disable_parallel_tool_use: true });
    expect(choiceOf({ toolChoice: { kind: "none" } })).toEqual({ type: "none" });
    expect(choiceOf({ toolChoice: { kind: "tool", name: "Read" } })).toEqual({ type: "tool", name: "Read" });
    expect(choiceOf({})).toBeUndefined();
  });
});

describe("headers", () => {
  const headersFor = (headers: Record<string, string>) =>
    outbound.headers({ ...OPTIONS, header: (name) => headers[name] });

  it("pass the client's version and betas on, and use the older version for everyone else", () => {
    expect(headersFor({})).toEqual({ "anthropic-version": "2023-06-01" });
    expect(headersFor({ "anthropic-version": "2026-10-21", "anthropic-beta": "a-2025-01-01,b-2" })).toEqual({
      "anthropic-version": "2026-10-21",
      "anthropic-beta": "a-2025-01-01,b-2",
    });
    expect(headersFor({ "anthropic-version": "x\r\ny: z", "anthropic-beta": "a\r\nb: c" })).toEqual({
      "anthropic-version": "2023-06-01",
    });
  });
});

describe("errors", () => {
  it.each([
    ["insufficient_balance", "billing_error"],
    ["invalid_api_key", "authentication_error"],
    ["budget_exceeded", "permission_error"],
    ["model_not_found", "not_found_error"],
    ["request_too_large", "request_too_large"],
    ["rate_limit_exceeded", "rate_limit_error"],
    ["no_available_provider", "overloaded_error"],
    ["upstream_timeout", "timeout_error"],
    ["upstream_error", "api_error"],
    ["internal_error", "api_error"],
    ["unsupported_parameter", "invalid_request_error"],
    ["conflict", "invalid_request_error"],
  ] as const)("%s is Anthropic's %s", (code, type) => {
    const body = inbound.errorBody(
      new AppError(code, { message: "m", metadata: { needed_usd: 1 } }),
      "req_1",
    );
    expect(body).toMatchObject({
      type: "error",
      error: { type, message: "m", details: { error_code: code, needed_usd: 1 } },
      request_id: "req_1",
    });
  });
});
