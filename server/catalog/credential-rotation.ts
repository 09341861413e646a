import type { Clock } from "@/server/platform/clock";

/** Which keys rest, for processes to tell each other. Times in milliseconds since the epoch, by credential. */
export interface KeyRests {
  resting(): ReadonlyMap<string, number>;
  /** What another process found out; the longer rest counts. */
  hear(rests: ReadonlyMap<string, number>): void;
}

/** Whose turn it is among the keys of a provider. Outlives the catalogue's reloads; one per process. */
export interface CredentialRotation extends KeyRests {
  /** The next id that does not rest; when all rest, the one that has rested longest. */
  next(providerId: string, ids: readonly string[]): string | undefined;
  /**
   * A refused key rests: the others answer meanwhile, and a key that was only over its limit comes back.
   * @returns milliseconds until one of `ids` may be used; 0 = another one may now
   */
  rest(id: string, ids: readonly string[], ms: number): number;
}

export function createCredentialRotation(clock: Clock): CredentialRotation {
  const turns = new Map<string, number>();
  const restsUntilMs = new Map<string, number>();
  const until = (id: string) => restsUntilMs.get(id) ?? 0;
  return {
    next(providerId, ids) {
      if (ids.length < 2) return ids[0];
      const nowMs = clock.nowMs();
      const fit = ids.filter((id) => until(id) <= nowMs);
      if (fit.length === 0) return ids.toSorted((a, b) => until(a) - until(b))[0];
      const turn = (turns.get(providerId) ?? -1) + 1;
      turns.set(providerId, turn);
      return fit[turn % fit.length];
    },
    rest(id, ids, ms) {
      const nowMs = clock.nowMs();
      // An answer that was under way when a longer rest began does not cut it short.
      restsUntilMs.set(id, Math.max(until(id), nowMs + ms));
      return Math.max(0, Math.min(...ids.map(until)) - nowMs);
    },
    resting() {
      const nowMs = clock.nowMs();
      for (const [id, untilMs] of restsUntilMs) if (untilMs <= nowMs) restsUntilMs.delete(id);
      return new Map(restsUntilMs);
    },
    hear(rests) {
      for (const [id, untilMs] of rests)
        if (untilMs > clock.nowMs()) restsUntilMs.set(id, Math.max(until(id), untilMs));
    },
  };
}
