import type { Conversation, OutboundOptions, ReasoningWish, Tool, ToolChoice } from "../model";
import { refuseUncarriedTraits } from "../model";
import { GEMINI_CARRIES } from "./carries";
import { toContents } from "./to-contents";

/**
 * A `GenerateContentRequest`. Source: https://ai.google.dev/api/generate-content
 * @throws AppError unsupported_parameter
 */
export function toGeminiBody(conversation: Conversation, options: OutboundOptions): Record<string, unknown> {
  refuseUncarriedTraits(conversation, GEMINI_CARRIES);
  const { instructions, tools, toolChoice } = conversation;
  return {
    contents: toContents(conversation.turns),
    ...(instructions.length > 0
      ? { systemInstruction: { parts: instructions.map(({ text }) => ({ text })) } }
      : {}),
    ...(tools.length > 0 ? { tools: [{ functionDeclarations: tools.map(toDeclaration) }] } : {}),
    ...(tools.length > 0 && toolChoice
      ? { toolConfig: { functionCallingConfig: toCallingConfig(toolChoice) } }
      : {}),
    generationConfig: toGenerationConfig(conversation, options),
  };
}

function toDeclaration({ name, description, parameters }: Tool): Record<string, unknown> {
  return { name, ...(description === null ? {} : { description }), parametersJsonSchema: parameters };
}

const CALLING_MODES = { auto: "AUTO", none: "NONE", required: "ANY" } as const;

function toCallingConfig(choice: ToolChoice): Record<string, unknown> {
  return choice.kind === "tool"
    ? { mode: "ANY", allowedFunctionNames: [choice.name] }
    : { mode: CALLING_MODES[choice.kind] };
}

function toGenerationConfig(conversation: Conversation, options: OutboundOptions): Record<string, unknown> {
  const { sampling, answerFormat, reasoning, modalities, choices } = conversation;
  const config: Record<string, unknown> = { maxOutputTokens: options.outputTokens };
  const set = (name: string, value: unknown) => {
    if (value !== null && value !== undefined) config[name] = value;
  };
  set("temperature", sampling.temperature);
  set("topP", sampling.topP);
  set("topK", sampling.topK);
  set("frequencyPenalty", sampling.frequencyPenalty);
  set("presencePenalty", sampling.presencePenalty);
  set("seed", sampling.seed);
  if (sampling.stop.length > 0) config.stopSequences = sampling.stop;
  if (choices > 1) config.candidateCount = choices;
  if (answerFormat) config.responseMimeType = "application/json";
  if (answerFormat?.kind === "json_schema") config.responseJsonSchema = answerFormat.schema;
  if (reasoning) config.thinkingConfig = toThinkingConfig(reasoning, options.model);
  if (modalities.includes("image")) config.responseModalities = ["TEXT", "IMAGE"];
  return config;
}

/** Thinking tokens by effort, as Google's own OpenAI-compatible endpoint takes the words. */
const BUDGETS = { none: 0, minimal: 1_024, low: 1_024, medium: 8_192, high: 24_576, xhigh: 24_576 } as const;
/** Newer models take a word; not to think at all is not among them. */
const LEVELS = {
  none: "minimal",
  minimal: "minimal",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "high",
} as const;

function toThinkingConfig(wish: ReasoningWish, model: string): Record<string, unknown> {
  const shown = { includeThoughts: wish.isVisible };
  if (wish.budgetTokens !== null) return { ...shown, thinkingBudget: wish.budgetTokens };
  if (wish.effort === null) return shown;
  return /gemini-2/.test(model)
    ? { ...shown, thinkingBudget: BUDGETS[wish.effort] }
    : { ...shown, thinkingLevel: LEVELS[wish.effort] };
}
