import { unsupported } from "../fields";
import type { Conversation, OutboundOptions, ReasoningWish } from "../model";

/** Claude takes thinking in tokens, and not fewer than these. */
const LEAST_BUDGET = 1_024;
const BUDGETS = { minimal: 1_024, low: 1_024, medium: 8_192, high: 24_576, xhigh: 32_768 } as const;
const WORDS = { minimal: "low", low: "low", medium: "medium", high: "high", xhigh: "high" } as const;

/**
 * What Converse has no field of its own for goes to the model under the name that its family knows. The model's name may
 * be one of a region (`eu.anthropic.claude-…`) or an ARN.
 * @throws AppError unsupported_parameter for a family that has no such thing
 */
export function toModelFields(
  { sampling, reasoning }: Conversation,
  options: OutboundOptions,
): Record<string, unknown> {
  return {
    ...(sampling.topK === null ? {} : toTopK(sampling.topK, options.model)),
    ...(reasoning === null ? {} : toThinking(reasoning, options)),
  };
}

function toTopK(topK: number, model: string): Record<string, unknown> {
  if (model.includes("anthropic.")) return { top_k: topK };
  if (model.includes("amazon.nova")) return { inferenceConfig: { topK } };
  throw unsupported("top_k", "this model at Bedrock has no such parameter");
}

function toThinking(wish: ReasoningWish, options: OutboundOptions): Record<string, unknown> {
  const { effort, budgetTokens } = wish;
  const isWanted = budgetTokens !== null || (effort !== null && effort !== "none");
  if (!isWanted) return {};
  if (options.model.includes("anthropic.")) return toBudget(wish, options.outputTokens);
  if (effort === null || effort === "none")
    throw unsupported("reasoning", "only Claude takes a number of thinking tokens at Bedrock");
  if (options.model.includes("amazon.nova"))
    return { reasoningConfig: { type: "enabled", maxReasoningEffort: WORDS[effort] } };
  if (options.model.includes("openai.")) return { reasoning_effort: WORDS[effort] };
  throw unsupported("reasoning_effort", "this model at Bedrock has no such parameter");
}

/** The budget is part of the output limit; where that leaves no room for the least of it, there is no thinking. */
function toBudget({ effort, budgetTokens }: ReasoningWish, outputTokens: number): Record<string, unknown> {
  const wanted = budgetTokens ?? (effort === null || effort === "none" ? 0 : BUDGETS[effort]);
  const budget = Math.min(wanted, outputTokens - 1);
  return budget < LEAST_BUDGET ? {} : { thinking: { type: "enabled", budget_tokens: budget } };
}
