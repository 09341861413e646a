import { describe, expect, it } from "vitest";
import { conversation, OUTBOUND, RICH } from "../fixtures";
import type { Conversation, OutboundOptions } from "../model";
import { outbound } from "./index";

const CLAUDE = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0";
const bodyOf = (of: Conversation, options: Partial<OutboundOptions> = {}) =>
  JSON.parse(outbound.toBody(of, { ...OUTBOUND, ...options }));

describe("converse request", () => {
  it("carries media, tools, results, thinking and cache marks", () => {
    expect(bodyOf(RICH)).toEqual({
      system: [{ text: "Be brief." }, { cachePoint: { type: "default", ttl: "1h" } }],
      messages: [
        {
          role: "user",
          content: [
            { text: "What is this?" },
            { image: { format: "png", source: { bytes: "aW1n" } } },
            { document: { format: "pdf", source: { bytes: "cGRm" }, name: "a b 1" } },
            { cachePoint: { type: "default" } },
          ],
        },
        {
          role: "assistant",
          content: [
            { reasoningContent: { reasoningText: { text: "Let me look.", signature: "sig-1" } } },
            { text: "I will ask." },
            { toolUse: { toolUseId: "call_1", name: "look", input: { at: "image" } } },
            { toolUse: { toolUseId: "call_2", name: "read", input: {} } },
          ],
        },
        {
          role: "user",
          content: [
            {
              toolResult: { toolUseId: "call_1", content: [{ text: '{"seen":"cat"}' }], status: "success" },
            },
            { toolResult: { toolUseId: "call_2", content: [{ text: "no such file" }], status: "error" } },
            { text: "So?" },
          ],
        },
      ],
      inferenceConfig: { maxTokens: 100 },
      toolConfig: {
        tools: [
          {
            toolSpec: {
              name: "look",
              description: "Looks.",
              inputSchema: { json: { type: "object", properties: { at: { type: "string" } } } },
            },
          },
          { toolSpec: { name: "read", inputSchema: { json: { type: "object" } }, strict: true } },
        ],
        toolChoice: { tool: { name: "look" } },
      },
    });
  });

  it("hands a schema over as text, as Converse wants it", () => {
    const schema = { type: "object", properties: { a: { type: "string" } } };
    const format = { kind: "json_schema", name: "thing", description: null, schema, strict: true } as const;
    expect(bodyOf(conversation({ answerFormat: format })).outputConfig).toEqual({
      textFormat: {
        type: "json_schema",
        structure: { jsonSchema: { schema: JSON.stringify(schema), name: "thing" } },
      },
    });
  });

  it("gives thinking the name that the model's family knows, inside the output limit", () => {
    const wish = conversation({ reasoning: { effort: "high", budgetTokens: null, isVisible: true } });
    const fields = (model: string, outputTokens: number) =>
      bodyOf(wish, { model, outputTokens }).additionalModelRequestFields;
    expect(fields(CLAUDE, 64_000)).toEqual({ thinking: { type: "enabled", budget_tokens: 24_576 } });
    expect(fields(CLAUDE, 5_000)).toEqual({ thinking: { type: "enabled", budget_tokens: 4_999 } });
    expect(fields(CLAUDE, 500)).toBeUndefined();
    expect(fields("amazon.nova-2-lite-v1:0", 500)).toEqual({
      reasoningConfig: { type: "enabled", maxReasoningEffort: "high" },
    });
    expect(() => fields("meta.llama3", 500)).toThrow(/reasoning_effort/);
  });

  it("leaves out thinking that it cannot prove, and what another provider signed", () => {
    const { messages } = bodyOf(
      conversation({
        turns: [
          {
            role: "assistant",
            parts: [
              { type: "reasoning", text: "unsigned" },
              { type: "reasoning", text: "theirs", signature: "s", origin: "anthropic-messages" },
              { type: "reasoning", text: "", opaque: "cmVk", origin: "bedrock-converse" },
              { type: "text", text: "Hi" },
            ],
          },
        ],
      }),
    );
    expect(messages).toEqual([
      {
        role: "assistant",
        content: [{ reasoningContent: { redactedContent: "cmVk" } }, { text: "Hi" }],
      },
    ]);
  });

  it("refuses by name what it cannot carry", () => {
    const refused = (more: Partial<Conversation>) => () => bodyOf(conversation(more));
    expect(refused({ choices: 2 })).toThrow(/`n`/);
    expect(refused({ answerFormat: { kind: "json_object" } })).toThrow(/`response_format`/);
    expect(refused({ sampling: { ...conversation().sampling, seed: 1 } })).toThrow(/`seed`/);
    const image = (
      source: { kind: "url"; url: string } | { kind: "base64"; mediaType: string; data: string },
    ) => refused({ turns: [{ role: "user", parts: [{ type: "image", source }] }] });
    expect(image({ kind: "url", url: "https://example.com/a.png" })).toThrow(/not by URL/);
    expect(image({ kind: "base64", mediaType: "image/tiff", data: "x" })).toThrow(/no image\/tiff/);
  });

  it("keeps a model's name with colons and slashes in one piece of the path", () => {
    expect(outbound.path({ ...OUTBOUND, model: CLAUDE })).toBe(
      "/model/eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse-stream",
    );
    expect(
      outbound.path({
        ...OUTBOUND,
        model: "arn:aws:bedrock:eu-west-1::inference-profile/x",
        stream: false,
      }),
    ).toBe("/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A%3Ainference-profile%2Fx/converse");
  });
});
