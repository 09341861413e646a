import { countIn, isObject } from "../fields";
import type { TokenUsage } from "../model";

/**
 * Reads Cohere's `usage`. `tokens` are what the model read and wrote, cached ones included; `billed_units` leave out the
 * template around the messages and are only taken when there is nothing else. Thinking is not stated apart.
 * Source: https://docs.cohere.com/reference/chat
 */
export function readCohereUsage(value: unknown): TokenUsage | null {
  if (!isObject(value)) return null;
  const of = isObject(value.tokens)
    ? value.tokens
    : isObject(value.billed_units)
      ? value.billed_units
      : undefined;
  const promptTokens = countIn(of?.input_tokens);
  const output = countIn(of?.output_tokens);
  if (promptTokens === null || output === null) return null;
  const stated = countIn(value.cached_tokens) ?? 0;
  const cachedInput = Math.min(promptTokens, stated);
  return {
    promptTokens,
    completionTokens: output,
    input: promptTokens - cachedInput,
    cachedInput,
    cacheWrite: 0,
    cacheWrite1h: 0,
    audioInput: 0,
    output,
    reasoning: 0,
    audioOutput: 0,
    searches: 0,
    ...(stated > promptTokens ? { isInconsistent: true } : {}),
  };
}
