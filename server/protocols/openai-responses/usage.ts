import { toUsdNumber } from "@/server/platform/money";
import { countIn, isObject, type Json, objectsIn } from "../fields";
import type { FinalUsage, TokenUsage } from "../model";

/**
 * Reads a Responses usage object. Null when it is none, or when a number in it cannot be true (negative, not whole): then
 * nothing of it is believed. An explicit zero is a zero.
 *
 * Cached, written and audio tokens are parts of the input, reasoning is part of the output; parts are clamped to their
 * whole. Where the provider's own total shows that reasoning lies outside the output, it is added.
 * @param searches web searches that the provider ran, from {@link searchesIn}: they are billed by the call
 */
export function readResponsesUsage(value: unknown, searches: number): TokenUsage | null {
  if (!isObject(value)) return null;
  const prompt = countIn(value.input_tokens);
  const stated = countIn(value.output_tokens);
  if (prompt === null || stated === null) return null;
  const inputDetails = isObject(value.input_tokens_details) ? value.input_tokens_details : {};
  const outputDetails = isObject(value.output_tokens_details) ? value.output_tokens_details : {};
  const statedReasoning = countIn(outputDetails.reasoning_tokens) ?? 0;
  const isOutside = statedReasoning > 0 && countIn(value.total_tokens) === prompt + stated + statedReasoning;
  const completionTokens = isOutside ? stated + statedReasoning : stated;

  const cachedInput = Math.min(prompt, countIn(inputDetails.cached_tokens) ?? 0);
  const cacheWrite = Math.min(prompt - cachedInput, countIn(inputDetails.cache_write_tokens) ?? 0);
  const audioInput = Math.min(prompt - cachedInput - cacheWrite, countIn(inputDetails.audio_tokens) ?? 0);
  const reasoning = Math.min(completionTokens, statedReasoning);
  const audioOutput = Math.min(completionTokens - reasoning, countIn(outputDetails.audio_tokens) ?? 0);
  return {
    promptTokens: prompt,
    completionTokens,
    input: prompt - cachedInput - cacheWrite - audioInput,
    cachedInput,
    cacheWrite,
    cacheWrite1h: 0,
    audioInput,
    output: completionTokens - reasoning - audioOutput,
    reasoning,
    audioOutput,
    searches,
  };
}

/** Web searches among output items. Opening a page and looking for text in it are calls as well, but cost nothing. */
export function searchesIn(output: unknown): number {
  return objectsIn(output).filter(isBilledSearch).length;
}

export function isBilledSearch(item: Json): boolean {
  if (item.type !== "web_search_call" || item.status === "failed") return false;
  return !isObject(item.action) || item.action.type === undefined || item.action.type === "search";
}

/**
 * The usage object that a client gets: the details always numeric, and the cost in USD. `cost_details` splits the cost by
 * side; it is rounded apart and explains, it does not bill.
 * @param own the provider's own usage object, where it speaks this protocol: its other fields are passed on
 */
export function toClientUsage({ usage, cost }: FinalUsage, own: unknown = null): Json {
  const raw = isObject(own) ? own : {};
  const inputDetails = isObject(raw.input_tokens_details) ? raw.input_tokens_details : {};
  const outputDetails = isObject(raw.output_tokens_details) ? raw.output_tokens_details : {};
  return {
    ...raw,
    input_tokens: usage.promptTokens,
    input_tokens_details: {
      ...inputDetails,
      cached_tokens: usage.cachedInput,
      cache_write_tokens: usage.cacheWrite + usage.cacheWrite1h,
    },
    output_tokens: usage.completionTokens,
    output_tokens_details: { ...outputDetails, reasoning_tokens: usage.reasoning },
    total_tokens: usage.promptTokens + usage.completionTokens,
    cached_tokens: usage.cachedInput,
    reasoning_tokens: usage.reasoning,
    cost: toUsdNumber(cost.costNanoUsd),
    cost_details: {
      input_cost: toUsdNumber(cost.inputCostNanoUsd),
      output_cost: toUsdNumber(cost.outputCostNanoUsd),
    },
  };
}
