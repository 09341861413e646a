import { toUsdNumber } from "@/server/platform/money";
import { countIn, isObject, type Json } from "../fields";
import type { FinalUsage, TokenUsage } from "../model";

/** Beyond this a token count is a mistake of the provider's, and would not fit where it is stored. */
const MOST_TOKENS = 1_000_000_000;

/**
 * Reads a provider's chat usage object. Null when it is none, or when a number in it cannot be true (negative, not whole,
 * above a billion): then nothing of it is believed. An explicit zero is a zero.
 *
 * Parts are clamped to their whole. Reasoning is part of the completion, except where the provider's own total shows
 * that it lies outside (xAI).
 */
export function readChatUsage(value: unknown): TokenUsage | null {
  if (!isObject(value)) return null;
  const prompt = count(value.prompt_tokens);
  const completion = count(value.completion_tokens);
  if (prompt === null || completion === null) return null;
  const promptDetails = isObject(value.prompt_tokens_details) ? value.prompt_tokens_details : {};
  const completionDetails = isObject(value.completion_tokens_details) ? value.completion_tokens_details : {};
  const total = count(value.total_tokens);
  const stated = {
    cached: count(promptDetails.cached_tokens) ?? count(value.prompt_cache_hit_tokens) ?? 0,
    cacheWrite: count(promptDetails.cache_write_tokens) ?? 0,
    audioInput: count(promptDetails.audio_tokens) ?? 0,
    reasoning: count(completionDetails.reasoning_tokens) ?? 0,
    audioOutput: count(completionDetails.audio_tokens) ?? 0,
  };
  const isOutside = stated.reasoning > 0 && total === prompt + completion + stated.reasoning;
  const completionTokens = isOutside ? completion + stated.reasoning : completion;

  const cachedInput = Math.min(prompt, stated.cached);
  const cacheWrite = Math.min(prompt - cachedInput, stated.cacheWrite);
  const audioInput = Math.min(prompt - cachedInput - cacheWrite, stated.audioInput);
  const reasoning = Math.min(completionTokens, stated.reasoning);
  const audioOutput = Math.min(completionTokens - reasoning, stated.audioOutput);
  const isInconsistent =
    stated.cached + stated.cacheWrite > prompt ||
    stated.reasoning > completionTokens ||
    (total !== null && total !== prompt + completionTokens);
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
    searches: searchesOf(value),
    ...(isInconsistent ? { isInconsistent } : {}),
  };
}

/** Searches that the provider bills by the call, under the names of OpenRouter, Perplexity and xAI. */
function searchesOf(usage: Json): number {
  for (const name of ["server_tool_use_details", "server_tool_use"]) {
    const details = usage[name];
    const searches = isObject(details) ? count(details.web_search_requests) : null;
    if (searches !== null) return searches;
  }
  return count(usage.num_search_queries) ?? count(usage.num_sources_used) ?? 0;
}

function count(value: unknown): number | null {
  const tokens = countIn(value);
  return tokens !== null && tokens <= MOST_TOKENS ? tokens : null;
}

/**
 * The usage object a client gets: the provider's own where that is of this protocol (`raw`), with the details always
 * numeric and the cost in USD. `cost_details` splits the cost by side; it is rounded apart and explains, it does not bill.
 */
export function toClientUsage({ usage, cost }: FinalUsage, raw: unknown): Record<string, unknown> {
  const own = isObject(raw) ? raw : {};
  const promptDetails = isObject(own.prompt_tokens_details) ? own.prompt_tokens_details : {};
  const completionDetails = isObject(own.completion_tokens_details) ? own.completion_tokens_details : {};
  const promptTokensDetails = withOthersOf(promptDetails, {
    cached_tokens: usage.cachedInput,
    audio_tokens: usage.audioInput,
    cache_write_tokens: usage.cacheWrite + usage.cacheWrite1h,
  });
  const completionTokensDetails = withOthersOf(completionDetails, {
    accepted_prediction_tokens: completionDetails.accepted_prediction_tokens ?? 0,
    rejected_prediction_tokens: completionDetails.rejected_prediction_tokens ?? 0,
    reasoning_tokens: usage.reasoning,
    audio_tokens: usage.audioOutput,
  });
  return withOthersOf(own, {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.promptTokens + usage.completionTokens,
    prompt_tokens_details: promptTokensDetails,
    completion_tokens_details: completionTokensDetails,
    cached_tokens: usage.cachedInput,
    reasoning_tokens: usage.reasoning,
    cost: toUsdNumber(cost.costNanoUsd),
    cost_details: {
      input_cost: toUsdNumber(cost.inputCostNanoUsd),
      output_cost: toUsdNumber(cost.outputCostNanoUsd),
    },
    ...(usage.searches > 0 ? { server_tool_use_details: { web_search_requests: usage.searches } } : {}),
  });
}

/** What we say of a usage object, and what else its provider says in it. */
function withOthersOf(theirs: Json, ours: Record<string, unknown>): Record<string, unknown> {
  for (const name of Object.keys(theirs)) {
    if (!(name in ours)) ours[name] = theirs[name];
  }
  return ours;
}
