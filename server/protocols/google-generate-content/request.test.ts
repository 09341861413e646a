import { describe, expect, it } from "vitest";
import { conversation, OUTBOUND, RICH } from "../fixtures";
import type { Conversation, OutboundOptions } from "../model";
import { outbound } from "./index";

const bodyOf = (of: Conversation, options: Partial<OutboundOptions> = {}) =>
  JSON.parse(outbound.toBody(of, { ...OUTBOUND, ...options }));

describe("gemini request", () => {
  it("carries media, tools, results, thinking and signatures", () => {
    expect(bodyOf(RICH)).toEqual({
      systemInstruction: { parts: [{ text: "Be brief." }] },
      contents: [
        {
          role: "user",
          parts: [
            { text: "What is this?" },
            { inlineData: { mimeType: "image/png", data: "aW1n" } },
            { inlineData: { mimeType: "application/pdf", data: "cGRm" } },
          ],
        },
        {
          role: "model",
          parts: [
            { text: "Let me look.", thought: true, thoughtSignature: "sig-1" },
            { text: "I will ask." },
            { functionCall: { name: "look", args: { at: "image" }, id: "call_1" } },
            { functionCall: { name: "read", args: {}, id: "call_2" } },
          ],
        },
        {
          role: "user",
          parts: [
            { functionResponse: { name: "look", response: { seen: "cat" }, id: "call_1" } },
            { functionResponse: { name: "read", response: { error: "no such file" }, id: "call_2" } },
            { text: "So?" },
          ],
        },
      ],
      tools: [
        {
          functionDeclarations: [
            {
              name: "look",
              description: "Looks.",
              parametersJsonSchema: { type: "object", properties: { at: { type: "string" } } },
            },
            { name: "read", parametersJsonSchema: { type: "object" } },
          ],
        },
      ],
      toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["look"] } },
      generationConfig: { maxOutputTokens: 100 },
    });
  });

  it("gives the output limit, sampling, schema and thinking the names that Gemini knows", () => {
    const schema = { type: "object", properties: {} };
    const { generationConfig } = bodyOf(
      conversation({
        choices: 2,
        sampling: { ...conversation().sampling, temperature: 0, topP: 0.5, topK: 3, seed: 7, stop: ["x"] },
        answerFormat: { kind: "json_schema", name: "a", description: null, schema, strict: true },
        reasoning: { effort: "medium", budgetTokens: null, isVisible: true },
      }),
      { model: "gemini-2.5-flash" },
    );
    expect(generationConfig).toEqual({
      maxOutputTokens: 100,
      temperature: 0,
      topP: 0.5,
      topK: 3,
      seed: 7,
      stopSequences: ["x"],
      candidateCount: 2,
      responseMimeType: "application/json",
      responseJsonSchema: schema,
      thinkingConfig: { includeThoughts: true, thinkingBudget: 8_192 },
    });
    const newer = bodyOf(
      conversation({ reasoning: { effort: "xhigh", budgetTokens: null, isVisible: false } }),
      { model: "gemini-3-pro" },
    );
    expect(newer.generationConfig.thinkingConfig).toEqual({ includeThoughts: false, thinkingLevel: "high" });
  });

  it("does not send another provider's signature, nor ids that were made here", () => {
    const { contents } = bodyOf(
      conversation({
        turns: [
          {
            role: "assistant",
            parts: [
              { type: "reasoning", text: "t", signature: "theirs", origin: "anthropic-messages" },
              { type: "reasoning", text: "", opaque: "x", origin: "openai-responses" },
              { type: "tool_call", id: "call_gm_1", name: "now", arguments: "{}", signature: "ours" },
            ],
          },
          {
            role: "tool",
            results: [{ callId: "call_gm_1", parts: [{ type: "text", text: "12:00" }], isError: false }],
          },
        ],
      }),
    );
    expect(contents).toEqual([
      {
        role: "model",
        parts: [
          { text: "t", thought: true },
          { functionCall: { name: "now", args: {} }, thoughtSignature: "ours" },
        ],
      },
      { role: "user", parts: [{ functionResponse: { name: "now", response: { result: "12:00" } } }] },
    ]);
  });

  it("refuses by name what it cannot carry", () => {
    const refused = (more: Partial<Conversation>) => () => bodyOf(conversation(more));
    expect(refused({ parallelToolCalls: false })).toThrow(/`parallel_tool_calls`/);
    expect(refused({ logprobs: { top: 1 } })).toThrow(/`logprobs`/);
    expect(refused({ sampling: { ...conversation().sampling, logitBias: { 1: 5 } } })).toThrow(
      /`logit_bias`/,
    );
    expect(
      refused({ turns: [{ role: "user", parts: [{ type: "file", source: { kind: "id", id: "file-1" } }] }] }),
    ).toThrow(/named by id/);
  });

  it("names the model in the path and keeps the key out of it", () => {
    expect(outbound.path(OUTBOUND)).toBe("/models/some-model:streamGenerateContent?alt=sse");
    expect(outbound.path({ ...OUTBOUND, stream: false })).toBe("/models/some-model:generateContent");
  });
});
