import { compareCounters } from "@/server/admission/compare";
import { checkInvariants, readBalance } from "@/server/ledger";
import type { Run } from "./simulator";
import type { World } from "./world";

/** What is left of a run when everything has come to its end. Amounts in nano-USD. */
export interface Books {
  /** One line per thing that is wrong. */
  readonly wrong: readonly string[];
  readonly lost: number;
  readonly doubled: number;
  readonly overspentNanoUsd: bigint;
  /** The most that a budget was passed by after Redis went back in time. */
  readonly passedNanoUsd: bigint;
}

const WINDOWS = `
  SELECT b.id, coalesce(max(w.spent), 0)::bigint AS spent FROM budget b
  LEFT JOIN LATERAL (SELECT sum(i.cost) AS spent FROM intent i WHERE i.organization_id = b.organization_id
    GROUP BY CASE WHEN b."window" = 'day' THEN date_trunc('day', i.admitted_at, 'UTC') END) w ON true
  WHERE b.organization_id = $1 GROUP BY b.id`;

/** Ends what is still open as sweepers do, and reads the books. */
export async function closeBooks(world: World, run: Run): Promise<Books> {
  const { pool } = world.database;
  const { fixture, events, store } = run;
  const { organizationId } = fixture;
  await events.expire("all");
  await events.sweep();
  const wrong: string[] = [];
  // After a rollback Redis may count too little until it is rebuilt; otherwise it agrees at once, but for holds that never began.
  if (events.happened.rollbacks === 0) {
    const breaches = await compareCounters(store, pool, organizationId);
    const begun = await startedHolds(world, run);
    wrong.push(...breaches.filter((line) => begun || !/^I9/.test(line)));
  }
  run.clock.leap(48 * 3_600_000);
  await events.sweep();
  const reading = await store.read(organizationId);
  if (reading && reading.holds.length > 0) wrong.push(`${reading.holds.length} holds are left`);
  const invariants = await checkInvariants(pool, { hours: 48 });
  wrong.push(...invariants.map(({ invariant, detail }) => `${invariant} ${detail}`));

  const { rows } = await pool.query<{
    id: string;
    state: string;
    cost: bigint;
    usages: number;
    logs: number;
    corrected: bigint;
  }>(
    `SELECT id, state, cost, coalesce(corrected, 0) AS corrected,
       (SELECT count(*)::int FROM usage_record u WHERE u.id = i.id) AS usages,
       (SELECT count(*)::int FROM request_log l WHERE l.id = i.id) AS logs
     FROM intent i WHERE organization_id = $1`,
    [organizationId],
  );
  const known = new Set(rows.map(({ id }) => id));
  const unknown = [...run.called].filter((id) => !known.has(id));
  const open = rows.filter(
    ({ state, usages, logs }) => state === "started" || logs === 0 || (usages === 0) !== (state === "voided"),
  );
  const spent = rows.reduce((sum, { cost }) => sum + cost, 0n);
  const corrected = rows.reduce((sum, row) => sum + row.corrected, 0n);
  const { creditedNanoUsd, takenNanoUsd, owedNanoUsd } = events.happened;
  const overspent = spent - (creditedNanoUsd - takenNanoUsd);
  const balance = await readBalance(world.database.db, organizationId);
  const expected = creditedNanoUsd - takenNanoUsd - owedNanoUsd - spent - corrected;
  if (balance.totalNanoUsd !== expected)
    wrong.push(`the balance is ${balance.totalNanoUsd}, should be ${expected}`);
  if (balance.reservedNanoUsd !== 0n) wrong.push(`${balance.reservedNanoUsd} is still reserved`);
  return {
    wrong: [...wrong, ...(await passed(world, run)).wrong],
    passedNanoUsd: (await passed(world, run)).most,
    lost: unknown.length + open.length,
    doubled: rows.filter(({ usages, logs }) => usages > 1 || logs > 1).length,
    overspentNanoUsd: overspent > 0n ? overspent : 0n,
  };
}

/** Did every hold that Redis still has become an intent? */
async function startedHolds({ database }: World, { store, fixture }: Run): Promise<boolean> {
  const holds = (await store.read(fixture.organizationId))?.holds ?? [];
  const { rows } = await database.pool.query("SELECT id FROM intent WHERE id = ANY($1)", [
    holds.map(({ id }) => id),
  ]);
  return rows.length === holds.length;
}

/** A budget is passed at most by what Redis forgot of it: nothing, when it never went back. */
async function passed(
  { database }: World,
  { fixture, events }: Run,
): Promise<{ wrong: string[]; most: bigint }> {
  const { rows } = await database.pool.query<{ id: string; spent: bigint }>(WINDOWS, [
    fixture.organizationId,
  ]);
  const { largestLimitNanoUsd, forgottenNanoUsd } = events.happened;
  const wrong: string[] = [];
  let most = 0n;
  for (const { id, spent } of rows) {
    const over = spent - (largestLimitNanoUsd.get(id) ?? 0n);
    if (over > most) most = over;
    if (over > (forgottenNanoUsd.get(id) ?? 0n)) wrong.push(`budget ${id} was passed by ${over}`);
  }
  return { wrong, most };
}
