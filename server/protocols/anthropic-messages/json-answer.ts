/**
 * Anthropic has no JSON mode without a schema. A wish for "any JSON object" becomes one tool that the model has to call
 * with that object; the reader turns the call back into text. The name is ours, so that it cannot meet a caller's tool.
 */
export const JSON_ANSWER_TOOL = "gateway_json_answer";

export const JSON_ANSWER_DEFINITION = {
  name: JSON_ANSWER_TOOL,
  description: "Gives the answer. The arguments of this call are the JSON object that was asked for.",
  input_schema: { type: "object", additionalProperties: true },
} as const;
