import { AI_SDK, ANTHROPIC_SDKS, CURL, LANGCHAIN, LITELLM, LLAMAINDEX, OPENAI_SDKS } from "./integrations";
import { REASONING } from "./reasoning";
import type { SampleSet } from "./sample-set";
import { STREAMING } from "./streaming";
import { STRUCTURED_OUTPUT } from "./structured-output";
import { TOOLS } from "./tools";
import { VISION } from "./vision";

/** The sets by the names that pages ask for them. */
export const SAMPLE_SETS = {
  streaming: STREAMING,
  tools: TOOLS,
  "structured-output": STRUCTURED_OUTPUT,
  reasoning: REASONING,
  vision: VISION,
  "openai-sdks": OPENAI_SDKS,
  "anthropic-sdks": ANTHROPIC_SDKS,
  "ai-sdk": AI_SDK,
  langchain: LANGCHAIN,
  llamaindex: LLAMAINDEX,
  litellm: LITELLM,
  curl: CURL,
} as const satisfies Readonly<Record<string, SampleSet>>;

export type SampleSetName = keyof typeof SAMPLE_SETS;
