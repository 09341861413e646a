import { describe, expect, it } from "vitest";
import { conversation, OUTBOUND, RICH } from "../fixtures";
import type { Conversation, OutboundOptions } from "../model";
import { outbound } from "./index";

const bodyOf = (of: Conversation, options: Partial<OutboundOptions> = {}) =>
  JSON.parse(outbound.toBody(of, { ...OUTBOUND, ...options }));

/** The rich conversation without its file, which Cohere cannot take. */
const WITHOUT_FILE = {
  ...RICH,
  turns: RICH.turns.map((turn) =>
    turn.role === "user" ? { ...turn, parts: turn.parts.filter(({ type }) => type !== "file") } : turn,
  ),
};

describe("cohere request", () => {
  it("carries media, tools, results and thinking", () => {
    expect(bodyOf(WITHOUT_FILE)).toEqual({
      model: "some-model",
      stream: true,
      max_tokens: 100,
      messages: [
        { role: "system", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image_url", image_url: { url: "data:image/png;base64,aW1n" } },
          ],
        },
        {
          role: "assistant",
          content: [{ type: "text", text: "I will ask." }],
          tool_plan: "Let me look.",
          tool_calls: [
            { id: "call_1", type: "function", function: { name: "look", arguments: '{"at":"image"}' } },
            { id: "call_2", type: "function", function: { name: "read", arguments: "{}" } },
          ],
        },
        { role: "tool", tool_call_id: "call_1", content: '{"seen":"cat"}' },
        { role: "tool", tool_call_id: "call_2", content: "Error: no such file" },
        { role: "user", content: [{ type: "text", text: "So?" }] },
      ],
      tools: [
        {
          type: "function",
          function: {
            name: "look",
            description: "Looks.",
            parameters: { type: "object", properties: { at: { type: "string" } } },
          },
        },
      ],
      tool_choice: "REQUIRED",
    });
  });

  it("gives sampling, schema and thinking the names that Cohere knows", () => {
    const schema = { type: "object" };
    const sampling = { ...conversation().sampling, temperature: 0, topP: 0.5, topK: 3, seed: 7, stop: ["x"] };
    const body = bodyOf(
      conversation({
        sampling,
        answerFormat: { kind: "json_schema", name: "a", description: null, schema, strict: null },
        reasoning: { effort: null, budgetTokens: 50, isVisible: true },
      }),
    );
    expect(body).toMatchObject({
      temperature: 0,
      p: 0.5,
      k: 3,
      seed: 7,
      stop_sequences: ["x"],
      response_format: { type: "json_object", json_schema: schema },
      thinking: { type: "enabled", token_budget: 50 },
    });
    const off = conversation({ reasoning: { effort: "none", budgetTokens: null, isVisible: false } });
    expect(bodyOf(off).thinking).toEqual({ type: "disabled" });
  });

  it("refuses by name what it cannot carry", () => {
    expect(() => bodyOf(RICH)).toThrow(/`messages`/);
    expect(() => bodyOf(conversation({ choices: 2 }))).toThrow(/`n`/);
    expect(() => bodyOf(conversation({ logprobs: { top: 2 } }))).toThrow(/`logprobs`/);
  });
});
