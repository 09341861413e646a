import { toUsdNumber } from "@/server/platform/money";
import { countIn, isObject, type Json, objectsIn } from "../fields";
import type { FinalUsage, TokenUsage } from "../model";

/** One usage object as counts. Anthropic's `input_tokens` leaves out what was read from or written into a cache. */
interface Counts {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly cacheWrite1h: number;
  readonly output: number;
  readonly thinking: number;
}

/**
 * Usage while a stream runs. The numbers of `message_delta` are totals that replace those of `message_start`, but it does
 * not repeat everything: what it leaves out (the split of cache writes by lifetime) stays as it was.
 */
export function mergeUsage(before: Json | null, update: Json): Json {
  const stated = Object.entries(update).filter(([, value]) => value !== null);
  return { ...before, ...Object.fromEntries(stated) };
}

/** Entries of `usage.iterations` whose tokens the totals contain already; all others come on top. */
const IN_TOTALS = new Set(["message", "fallback_message"]);

/**
 * Reads a usage object of the Messages API. Null when it is none, or when a number in it cannot be true.
 *
 * Compaction and advisors are billed although the totals leave them out: they stand in `usage.iterations` only, so their
 * tokens are added. Where the turns of the message itself are listed, their sum is believed before the totals, which some
 * versions fill with the last turn alone.
 */
export function readMessagesUsage(value: unknown): TokenUsage | null {
  if (!isObject(value)) return null;
  const totals = readCounts(value);
  if (totals === null) return null;
  const iterations = objectsIn(value.iterations);
  const turns = countsOf(iterations.filter((entry) => IN_TOTALS.has(String(entry.type))));
  const extras = countsOf(iterations.filter((entry) => !IN_TOTALS.has(String(entry.type))));
  const own = turns.length > 0 ? sum(turns) : totals;
  // Thinking is told apart in the totals only.
  const all = sum([{ ...own, thinking: Math.min(totals.thinking, own.output) }, ...extras]);
  return toTokenUsage(all, isObject(value.server_tool_use) ? value.server_tool_use : {});
}

function toTokenUsage(counts: Counts, serverTools: Json): TokenUsage {
  const { input, cacheRead, cacheWrite, cacheWrite1h, output, thinking } = counts;
  return {
    promptTokens: input + cacheRead + cacheWrite + cacheWrite1h,
    completionTokens: output,
    input,
    cachedInput: cacheRead,
    cacheWrite,
    cacheWrite1h,
    audioInput: 0,
    output: output - thinking,
    reasoning: thinking,
    audioOutput: 0,
    searches: countIn(serverTools.web_search_requests) ?? 0,
  };
}

function countsOf(entries: readonly Json[]): Counts[] {
  return entries.flatMap((entry) => readCounts(entry) ?? []);
}

function readCounts(value: Json): Counts | null {
  const input = countIn(value.input_tokens);
  const output = countIn(value.output_tokens);
  if (input === null || output === null) return null;
  const cacheRead = countIn(value.cache_read_input_tokens ?? 0);
  const split = isObject(value.cache_creation) ? value.cache_creation : {};
  const hour = countIn(split.ephemeral_1h_input_tokens ?? 0);
  const fiveMinutes = countIn(split.ephemeral_5m_input_tokens ?? 0);
  if (cacheRead === null || hour === null || fiveMinutes === null) return null;
  const written = countIn(value.cache_creation_input_tokens ?? hour + fiveMinutes);
  if (written === null) return null;
  const details = isObject(value.output_tokens_details) ? value.output_tokens_details : {};
  const cacheWrite1h = Math.min(hour, written);
  return {
    input,
    cacheRead,
    cacheWrite: written - cacheWrite1h,
    cacheWrite1h,
    output,
    thinking: Math.min(output, countIn(details.thinking_tokens) ?? 0),
  };
}

function sum(list: readonly Counts[]): Counts {
  const total = { input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0, thinking: 0 };
  for (const counts of list) {
    for (const name of Object.keys(total) as (keyof Counts)[]) total[name] += counts[name];
  }
  return total;
}

/** What we add to a usage object of this protocol: the cost in USD and the two counts that every client of ours finds. */
export function ownUsageFields({ usage, cost }: FinalUsage): Json {
  return {
    cost: toUsdNumber(cost.costNanoUsd),
    cost_details: {
      input_cost: toUsdNumber(cost.inputCostNanoUsd),
      output_cost: toUsdNumber(cost.outputCostNanoUsd),
    },
    cached_tokens: usage.cachedInput,
    reasoning_tokens: usage.reasoning,
  };
}

/** Usage that another protocol's provider reported, in this one's words: cache reads and writes outside the input. */
export function toMessagesUsage(usage: TokenUsage): Json {
  const written = usage.cacheWrite + usage.cacheWrite1h;
  return {
    input_tokens: usage.promptTokens - usage.cachedInput - written,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: usage.cachedInput,
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWrite,
      ephemeral_1h_input_tokens: usage.cacheWrite1h,
    },
    output_tokens: usage.completionTokens,
    output_tokens_details: { thinking_tokens: usage.reasoning },
    server_tool_use: usage.searches > 0 ? { web_search_requests: usage.searches } : null,
  };
}
