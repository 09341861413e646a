/**
 * Fallbacks may be this share of a provider's requests at most, so that a broken provider does not double the traffic of
 * the others. A bucket per provider: a request puts in the share, a fallback takes out one. It starts full enough for a
 * quiet service to fall back at once.
 */
const SHARE = 0.2;
const RESERVE = 10;
const MOST = 100;

export interface RetryBudget {
  /** A first attempt at the provider. */
  noteRequest(provider: string): void;
  /** May another attempt follow one that this provider failed? Takes from the budget when it may. */
  takeRetry(provider: string): boolean;
}

export function createRetryBudget(): RetryBudget {
  const left = new Map<string, number>();
  return {
    noteRequest(provider) {
      left.set(provider, Math.min(MOST, (left.get(provider) ?? RESERVE) + SHARE));
    },
    takeRetry(provider) {
      const tokens = left.get(provider) ?? RESERVE;
      if (tokens < 1) return false;
      left.set(provider, tokens - 1);
      return true;
    },
  };
}
