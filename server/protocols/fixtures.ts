import type { Conversation, OutboundOptions } from "./model";

/** A conversation that asks for nothing but an answer, with what a test adds. */
export function conversation(more: Partial<Conversation> = {}): Conversation {
  return {
    instructions: [],
    turns: [{ role: "user", parts: [{ type: "text", text: "Hello" }] }],
    tools: [],
    toolChoice: null,
    parallelToolCalls: null,
    answerFormat: null,
    reasoning: null,
    choices: 1,
    logprobs: null,
    user: null,
    serviceTier: null,
    cacheKey: null,
    modalities: [],
    ...more,
    sampling: {
      temperature: null,
      topP: null,
      topK: null,
      frequencyPenalty: null,
      presencePenalty: null,
      seed: null,
      stop: [],
      logitBias: null,
      ...more.sampling,
    },
  };
}

export const OUTBOUND: OutboundOptions = { model: "some-model", stream: true, outputTokens: 100 };

/** Everything that protocols have in common in one conversation: tools, media, thinking, a schema. */
export const RICH = conversation({
  instructions: [{ type: "text", text: "Be brief.", cache: { ttl: "1h" } }],
  turns: [
    {
      role: "user",
      parts: [
        { type: "text", text: "What is this?" },
        { type: "image", source: { kind: "base64", mediaType: "image/png", data: "aW1n" } },
        {
          type: "file",
          source: { kind: "base64", mediaType: "application/pdf", data: "cGRm" },
          name: "a_b.pdf",
          cache: { ttl: "5m" },
        },
      ],
    },
    {
      role: "assistant",
      parts: [
        { type: "reasoning", text: "Let me look.", signature: "sig-1" },
        { type: "text", text: "I will ask." },
        { type: "tool_call", id: "call_1", name: "look", arguments: '{"at":"image"}' },
        { type: "tool_call", id: "call_2", name: "read", arguments: "" },
      ],
    },
    {
      role: "tool",
      results: [
        { callId: "call_1", parts: [{ type: "text", text: '{"seen":"cat"}' }], isError: false },
        { callId: "call_2", parts: [{ type: "text", text: "no such file" }], isError: true },
      ],
    },
    { role: "user", parts: [{ type: "text", text: "So?" }] },
  ],
  tools: [
    {
      name: "look",
      description: "Looks.",
      parameters: { type: "object", properties: { at: { type: "string" } } },
      strict: null,
    },
    { name: "read", description: null, parameters: { type: "object" }, strict: true },
  ],
  toolChoice: { kind: "tool", name: "look" },
});
