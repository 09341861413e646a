import { countIn, isObject, objectsIn } from "../fields";
import type { TokenUsage } from "../model";

/**
 * Reads Gemini's `usageMetadata`. Thinking lies outside `candidatesTokenCount` and tool results outside
 * `promptTokenCount`; cached content lies inside the prompt. Null when it is none or a number in it cannot be true.
 * Source: https://ai.google.dev/api/generate-content#UsageMetadata
 */
export function readGeminiUsage(value: unknown): TokenUsage | null {
  if (!isObject(value)) return null;
  const stated = [
    "promptTokenCount",
    "toolUsePromptTokenCount",
    "candidatesTokenCount",
    "thoughtsTokenCount",
  ];
  if (stated.some((name) => value[name] !== undefined && countIn(value[name]) === null)) return null;
  const ownPrompt = countIn(value.promptTokenCount);
  if (ownPrompt === null) return null;
  const promptTokens = ownPrompt + (countIn(value.toolUsePromptTokenCount) ?? 0);
  const reasoning = countIn(value.thoughtsTokenCount) ?? 0;
  const total = countIn(value.totalTokenCount);
  // Left out when zero; then only the total could tell otherwise.
  const candidates =
    countIn(value.candidatesTokenCount) ?? Math.max(0, (total ?? 0) - promptTokens - reasoning);

  const statedCache = countIn(value.cachedContentTokenCount) ?? 0;
  const cachedInput = Math.min(promptTokens, statedCache);
  const isWhole = total === null || total === promptTokens + candidates + reasoning;
  const audio = audioTokens(value.promptTokensDetails) + audioTokens(value.toolUsePromptTokensDetails);
  const uncachedAudio = Math.max(0, audio - audioTokens(value.cacheTokensDetails));
  const audioInput = Math.min(promptTokens - cachedInput, uncachedAudio);
  const audioOutput = Math.min(candidates, audioTokens(value.candidatesTokensDetails));
  return {
    promptTokens,
    completionTokens: candidates + reasoning,
    input: promptTokens - cachedInput - audioInput,
    cachedInput,
    cacheWrite: 0,
    cacheWrite1h: 0,
    audioInput,
    output: candidates - audioOutput,
    reasoning,
    audioOutput,
    searches: 0,
    ...(isWhole && statedCache <= promptTokens ? {} : { isInconsistent: true }),
  };
}

function audioTokens(details: unknown): number {
  return objectsIn(details)
    .filter(({ modality }) => modality === "AUDIO")
    .reduce((sum, { tokenCount }) => sum + (countIn(tokenCount) ?? 0), 0);
}
