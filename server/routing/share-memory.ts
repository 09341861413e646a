import { type Breaker, outlasts } from "./breaker";
import type { ShareHealth } from "./health-board";
import { addCounts, type HealthCounts, noCounts } from "./health-window";

/** A meeting place inside one process: for a single instance, and the model of the shared one in tests. */
export function createMemoryShare(): ShareHealth {
  const counts = new Map<number, Map<string, HealthCounts>>();
  const breakers = new Map<string, Breaker>();
  const rests = new Map<string, number>();
  return async (own, sinceSlot) => {
    for (const [slot, endpoints] of own.counts) {
      const known = counts.get(slot) ?? new Map<string, HealthCounts>();
      counts.set(slot, known);
      for (const [id, from] of endpoints) {
        const into = known.get(id) ?? noCounts();
        known.set(id, into);
        addCounts(into, from);
      }
    }
    for (const [id, breaker] of own.breakers)
      if (!outlasts(breakers.get(id), breaker)) breakers.set(id, breaker);
    for (const [id, untilMs] of own.rests) rests.set(id, Math.max(untilMs, rests.get(id) ?? 0));
    for (const slot of counts.keys()) if (slot < sinceSlot) counts.delete(slot);
    return { counts: structuredClone(counts), breakers: structuredClone(breakers), rests: new Map(rests) };
  };
}
