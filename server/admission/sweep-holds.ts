import { readIntentEnds, type StatementRunner } from "@/server/ledger";
import type { CounterStore } from "./contract";

const BATCH = 500;

/**
 * Ends holds whose end the counters did not hear of: their process died after Postgres had settled, or the store was away. Only
 * what Postgres says ends a hold; a hold without an intent ends when its time is over. Any number at once, and late.
 * @returns how many were ended
 */
export async function sweepHolds(store: CounterStore, pool: StatementRunner): Promise<number> {
  let ended = 0;
  for (const organizationId of await store.organizations()) {
    const reading = await store.read(organizationId);
    if (!reading) continue;
    for (let from = 0; from < reading.holds.length; from += BATCH) {
      const holds = reading.holds.slice(from, from + BATCH);
      const intents = await readIntentEnds(
        pool,
        holds.map(({ id }) => id),
      );
      for (const { id, expiresAtMs } of holds) {
        const intent = intents.get(id);
        if (intent?.isRunning || (!intent && expiresAtMs > reading.nowMs)) continue;
        await store.finish(organizationId, id, { spent: intent?.costNanoUsd ?? 0n, tokens: null });
        ended += 1;
      }
    }
  }
  return ended;
}
