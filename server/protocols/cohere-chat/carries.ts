import type { OutboundTable } from "../model";

/** What becomes of each trait of a conversation at Cohere's chat. */
export const COHERE_CARRIES: OutboundTable = {
  tools: { carried: "tools" },
  tool_choice: { carried: "tool_choice; a single named tool as the only one given" },
  parallel_tool_calls: {
    refused:
      "Cohere decides itself how many tools it calls at once; passed over where only one can be called",
  },
  strict_tools: { carried: "strict_tools, when every tool is strict" },
  json_object: { carried: "response_format" },
  json_schema: { carried: "response_format.json_schema" },
  reasoning_effort: { carried: "thinking, on or off" },
  reasoning_budget: { carried: "thinking.token_budget" },
  temperature: { carried: "temperature" },
  top_p: { carried: "p" },
  top_k: { carried: "k" },
  frequency_penalty: { carried: "frequency_penalty" },
  presence_penalty: { carried: "presence_penalty" },
  seed: { carried: "seed" },
  stop: { carried: "stop_sequences" },
  logit_bias: { refused: "Cohere has no such parameter" },
  choices: { refused: "Cohere gives one answer" },
  logprobs: { refused: "Cohere reports none for the runners-up" },
  user: { dropped: "Cohere takes no name of an end user" },
  service_tier: { refused: "Cohere has no tiers" },
  cache_key: { dropped: "Cohere finds equal beginnings by itself" },
  cache_marks: { dropped: "Cohere finds equal beginnings by itself" },
  image_output: { refused: "Cohere answers in text" },
  audio_output: { refused: "Cohere answers in text" },
  image_input: { carried: "content[].image_url" },
  file_input: { refused: "Cohere's chat takes text and images" },
  audio_input: { refused: "Cohere's chat takes text and images" },
  reasoning_history: { carried: "content[].thinking, or tool_plan before tool calls" },
};
