import { toUsdNumber } from "@/server/platform/money";
import { isObject } from "./fields";
import type { FinalUsage, TokenUsage } from "./model";

/** The provider's own usage object, with what the answer cost in USD. Nothing is added when nothing was metered. */
export function usageWithCost(rawUsage: unknown, final: FinalUsage | null): Record<string, unknown> {
  const raw = isObject(rawUsage) ? rawUsage : {};
  if (final === null) return raw;
  const { cost } = final;
  return {
    ...raw,
    cost: toUsdNumber(cost.costNanoUsd),
    cost_details: {
      input_cost: toUsdNumber(cost.inputCostNanoUsd),
      output_cost: toUsdNumber(cost.outputCostNanoUsd),
    },
  };
}

/** Usage of answers that are not made of tokens: what they are made of is in their units. */
export const NO_TOKENS: TokenUsage = {
  promptTokens: 0,
  completionTokens: 0,
  input: 0,
  cachedInput: 0,
  cacheWrite: 0,
  cacheWrite1h: 0,
  audioInput: 0,
  output: 0,
  reasoning: 0,
  audioOutput: 0,
  searches: 0,
};
