/** Token counts in disjoint buckets: they add up to the provider's total, no token is in two of them. */
export interface TokenBuckets {
  readonly input: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
  /** Written into a cache that lives for an hour, where the provider prices that apart. */
  readonly cacheWrite1h: number;
  readonly audioInput: number;
  readonly output: number;
  readonly reasoning: number;
  readonly audioOutput: number;
}

/** What a provider's answer used, read from its own usage object or counted by us. */
export interface TokenUsage extends TokenBuckets {
  /** All prompt tokens, cache reads and writes included: they choose the price tier. */
  readonly promptTokens: number;
  /** All generated tokens, reasoning included. */
  readonly completionTokens: number;
  /** Web searches that the provider ran and bills by the call. */
  readonly searches: number;
  /** The provider's numbers contradict each other; the buckets were clamped to add up. The record is flagged. */
  readonly isInconsistent?: boolean;
}

/** Usage of our own counting, when the provider sent none. */
export function countedUsage(promptTokens: number, completionTokens: number): TokenUsage {
  return {
    promptTokens,
    completionTokens,
    input: promptTokens,
    cachedInput: 0,
    cacheWrite: 0,
    cacheWrite1h: 0,
    audioInput: 0,
    output: completionTokens,
    reasoning: 0,
    audioOutput: 0,
    searches: 0,
  };
}
