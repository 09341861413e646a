import { createReleases } from "./releases";

/** The lookout asks again after this, and up to twice this. */
const LOOK_EVERY_MS = 10;

/**
 * While another process refills, one request of this process asks the counters whether it has come back, and the others wait for
 * its news: hundreds that ask a hundred times a second would slow down the refill that they wait for.
 */
export interface Lookout<Waiter> {
  /** Becomes the lookout and pauses, or waits for the lookout's news, `atMostMs` at the longest. */
  wait(organizationId: string, waiter: Waiter, atMostMs: number): Promise<void>;
  /** The waiter has an answer: if it was the lookout, the others ask for theirs. */
  leave(organizationId: string, waiter: Waiter): void;
}

export function createLookout<Waiter>(): Lookout<Waiter> {
  const lookouts = new Map<string, Waiter>();
  const news = createReleases();
  return {
    async wait(organizationId, waiter, atMostMs) {
      const lookout = lookouts.get(organizationId) ?? waiter;
      if (lookout !== waiter) return news.wait(organizationId, atMostMs);
      lookouts.set(organizationId, waiter);
      const pauseMs = Math.min(LOOK_EVERY_MS * (1 + Math.random()), atMostMs);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    },
    leave(organizationId, waiter) {
      if (lookouts.get(organizationId) !== waiter) return;
      lookouts.delete(organizationId);
      news.announceToAll(organizationId);
    },
  };
}
