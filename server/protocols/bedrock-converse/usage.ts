import { countIn, isObject, objectsIn } from "../fields";
import type { TokenUsage } from "../model";

/**
 * Reads Converse's `usage`. Cache reads and writes lie outside `inputTokens`; thinking is inside `outputTokens` and not
 * stated apart. Null when it is none or a number in it cannot be true.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
 */
export function readConverseUsage(value: unknown): TokenUsage | null {
  if (!isObject(value)) return null;
  const stated = ["inputTokens", "outputTokens", "cacheReadInputTokens", "cacheWriteInputTokens"];
  if (stated.some((name) => (value[name] ?? undefined) !== undefined && countIn(value[name]) === null))
    return null;
  const input = countIn(value.inputTokens);
  const output = countIn(value.outputTokens);
  if (input === null || output === null) return null;
  const cachedInput = countIn(value.cacheReadInputTokens) ?? 0;
  const written = countIn(value.cacheWriteInputTokens) ?? 0;
  const cacheWrite1h = Math.min(written, writtenForAnHour(value.cacheDetails));
  const promptTokens = input + cachedInput + written;
  const total = countIn(value.totalTokens);
  return {
    promptTokens,
    completionTokens: output,
    input,
    cachedInput,
    cacheWrite: written - cacheWrite1h,
    cacheWrite1h,
    audioInput: 0,
    output,
    reasoning: 0,
    audioOutput: 0,
    searches: 0,
    ...(total === null || total === promptTokens + output ? {} : { isInconsistent: true }),
  };
}

function writtenForAnHour(details: unknown): number {
  return objectsIn(details)
    .filter(({ ttl }) => ttl === "1h")
    .reduce((sum, { inputTokens }) => sum + (countIn(inputTokens) ?? 0), 0);
}
