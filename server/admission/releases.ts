/**
 * Wakes requests that wait for money when a hold of their organization ends in this process: one per release, in the order
 * in which they began to wait. A release rarely carries more than one of them, and a thousand that are woken to find nothing
 * would keep each other from being refused in time. Who was let in wakes the next one, so that a large release is used up.
 */
export interface Releases {
  announce(organizationId: string): void;
  /** Wakes everybody who waits. */
  announceToAll(organizationId: string): void;
  /** What those who wait for a pot (the balance, or one budget) want of it together, nano-USD. */
  wanted(organizationId: string, pot: string): bigint;
  /** Resolves when it is this waiter's turn, or after `timeoutMs`. */
  wait(organizationId: string, timeoutMs: number, wish?: Wish): Promise<void>;
}

export interface Wish {
  readonly pot: string;
  readonly amount: bigint;
}

const NOTHING: Wish = { pot: "", amount: 0n };

export function createReleases(): Releases {
  const waiting = new Map<string, Map<() => void, Wish>>();
  return {
    announce(organizationId) {
      const [first] = waiting.get(organizationId)?.keys() ?? [];
      first?.();
    },
    announceToAll(organizationId) {
      for (const wake of [...(waiting.get(organizationId)?.keys() ?? [])]) wake();
    },
    wanted(organizationId, pot) {
      let sum = 0n;
      for (const wish of waiting.get(organizationId)?.values() ?? [])
        if (wish.pot === pot) sum += wish.amount;
      return sum;
    },
    wait(organizationId, timeoutMs, wish = NOTHING) {
      return new Promise((resolve) => {
        const wakes = waiting.get(organizationId) ?? new Map<() => void, Wish>();
        waiting.set(organizationId, wakes);
        const wake = () => {
          clearTimeout(timer);
          wakes.delete(wake);
          if (wakes.size === 0) waiting.delete(organizationId);
          resolve();
        };
        const timer = setTimeout(wake, timeoutMs);
        wakes.set(wake, wish);
      });
    },
  };
}
