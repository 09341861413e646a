import { readLimitsState, type StatementRunner } from "@/server/ledger";
import type { CounterStore } from "./contract";

/**
 * The invariants between counters and Postgres (MONEY I8–I10), for an organization with nothing on its way between the two:
 * the same lease, the same holds, and of every hard budget the same spent and held. One line per breach.
 */
export async function compareCounters(
  store: CounterStore,
  pool: StatementRunner,
  organizationId: string,
): Promise<readonly string[]> {
  const reading = await store.read(organizationId);
  if (!reading) return [];
  const state = await readLimitsState(pool, organizationId, reading.nowMs);
  if (!state || state.version !== reading.version) return [];
  const breaches: string[] = [];
  const { rows } = await pool.query<{ id: string }>(
    "SELECT id FROM lease WHERE organization_id = $1 AND state = 'open'",
    [organizationId],
  );
  const open = rows[0]?.id ?? null;
  if (reading.leaseId !== null && open !== null && reading.leaseId !== open)
    breaches.push(`I8 lease ${reading.leaseId}, open is ${open}`);
  if (reading.remaining < 0n) breaches.push(`I2 remaining ${reading.remaining}`);
  const live = new Set(state.holds.map(({ id }) => id));
  for (const { id } of reading.holds) if (!live.has(id)) breaches.push(`I9 hold ${id} of no running request`);
  for (const cap of state.caps) {
    const counted = reading.caps.find(({ id }) => id === cap.id);
    const held = state.holds
      .filter(({ capIds }) => capIds.includes(cap.id))
      .reduce((sum, { amount }) => sum + amount, 0n);
    if (counted?.held !== held) breaches.push(`I9 budget ${cap.id} holds ${counted?.held}, Postgres ${held}`);
    if (counted?.spent !== cap.spent)
      breaches.push(`I10 budget ${cap.id} spent ${counted?.spent}, Postgres ${cap.spent}`);
  }
  return breaches;
}
