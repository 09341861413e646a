import type { OutboundTable } from "../model";

/** What becomes of each trait of a conversation at a Gemini endpoint. */
export const GEMINI_CARRIES: OutboundTable = {
  tools: { carried: "tools[].functionDeclarations" },
  tool_choice: { carried: "toolConfig.functionCallingConfig" },
  parallel_tool_calls: {
    refused:
      "Gemini decides itself how many tools it calls at once; passed over where only one can be called",
  },
  strict_tools: { dropped: "Gemini has no strict mode of its own: arguments follow the schema as a rule" },
  json_object: { carried: "generationConfig.responseMimeType" },
  json_schema: { carried: "generationConfig.responseJsonSchema" },
  reasoning_effort: { carried: "generationConfig.thinkingConfig" },
  reasoning_budget: { carried: "generationConfig.thinkingConfig.thinkingBudget" },
  temperature: { carried: "generationConfig.temperature" },
  top_p: { carried: "generationConfig.topP" },
  top_k: { carried: "generationConfig.topK" },
  frequency_penalty: { carried: "generationConfig.frequencyPenalty" },
  presence_penalty: { carried: "generationConfig.presencePenalty" },
  seed: { carried: "generationConfig.seed" },
  stop: { carried: "generationConfig.stopSequences" },
  logit_bias: { refused: "Gemini has no such parameter" },
  choices: { carried: "generationConfig.candidateCount" },
  logprobs: { refused: "Gemini reports them in a form that chat completions have no place for" },
  user: { dropped: "Gemini takes no name of an end user" },
  service_tier: { refused: "its prices differ from the ones of the model" },
  cache_key: { dropped: "Gemini caches equal beginnings by itself" },
  cache_marks: { dropped: "Gemini caches equal beginnings by itself" },
  image_output: { carried: "generationConfig.responseModalities" },
  audio_output: { refused: "Gemini's spoken answers have no place in a chat completion" },
  image_input: { carried: "parts[].inlineData or fileData" },
  file_input: { carried: "parts[].inlineData or fileData" },
  audio_input: { carried: "parts[].inlineData" },
  reasoning_history: { carried: "parts[].thought with its thoughtSignature" },
};
