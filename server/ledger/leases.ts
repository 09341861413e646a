import { newId } from "@/server/platform/ids";
import { NANO_USD_PER_USD } from "@/server/platform/money";
import { type LimitsState, type LimitsStateRow, toLimitsState } from "./limits";
import { callFunction, type StatementRunner } from "./statement";

/** No lease is larger than this unless one request alone needs more. */
const LEASE_CAP_NANO_USD = 20n * NANO_USD_PER_USD;
/** How long intents are still accepted under a lease that has been replaced. */
const DRAIN_MS = 1_000;

interface RotationBase {
  /** Goes up with every rotation of an organization: what is told later is never replaced by what was told before. */
  readonly generation: number;
  /** What the caller's counters have to be rebuilt from; null when they missed nothing, or were not asked about. */
  readonly state: LimitsState | null;
}

export type Rotation = RotationBase &
  (
    | { readonly verdict: "ok"; readonly leaseId: string; readonly grantedNanoUsd: bigint }
    | {
        readonly verdict: "insufficient";
        /** All that could have been lent, and what requests in flight still hold. */
        readonly availableNanoUsd: bigint;
        readonly reservedNanoUsd: bigint;
      }
  );

/** What counters know of an organization, and what time it is for them (epoch milliseconds). */
export interface CounterKnowledge {
  readonly leaseId: string | null;
  readonly version: number | null;
  readonly nowMs: number;
}

/**
 * Lends a new slice of an organization's balance and drains the old one. Refill and disaster recovery are this one step.
 * The lease id is made here, so that a call repeated after a lost answer is recognised.
 * @param minimumNanoUsd the reserve that the caller needs; the lease is never smaller
 * @param known what the caller's counters know; without it no state comes back
 */
export async function rotateLease(
  pool: StatementRunner,
  organizationId: string,
  minimumNanoUsd: bigint,
  known?: CounterKnowledge,
): Promise<Rotation> {
  const leaseId = newId("lease");
  const { rows } = await callFunction<RotationRow>(pool, ROTATE, [
    organizationId,
    leaseId,
    minimumNanoUsd,
    LEASE_CAP_NANO_USD,
    DRAIN_MS,
    known?.leaseId ?? null,
    known?.version ?? null,
    known ? new Date(known.nowMs) : null,
  ]);
  const [row] = rows;
  const base = {
    generation: Number(row?.generation ?? 0n),
    state: row?.state ? toLimitsState(row.state) : null,
  };
  if (row?.verdict === "ok") return { ...base, verdict: "ok", leaseId, grantedNanoUsd: row.granted };
  return {
    ...base,
    verdict: "insufficient",
    availableNanoUsd: row?.available ?? 0n,
    reservedNanoUsd: row?.reserved ?? 0n,
  };
}

const ROTATE =
  "SELECT verdict, granted, available, reserved, generation, state FROM rotate_lease($1, $2, $3, $4, $5, $6, $7, $8)";

interface RotationRow {
  readonly verdict: string;
  readonly granted: bigint;
  readonly available: bigint;
  readonly reserved: bigint;
  readonly generation: bigint;
  readonly state: LimitsStateRow | null;
}

/** The version of an organization's limits: what counters were built from is true as long as it is the same. */
export async function readLimitsVersion(
  pool: StatementRunner,
  organizationId: string,
): Promise<number | null> {
  const { rows } = await callFunction<{ version: bigint }>(
    pool,
    "SELECT limits_version AS version FROM organization WHERE id = $1",
    [organizationId],
  );
  return rows[0] ? Number(rows[0].version) : null;
}

/** All that could be lent now, and what requests in flight still hold of it. Amounts in nano-USD. */
export interface Lendable {
  readonly availableNanoUsd: bigint;
  readonly reservedNanoUsd: bigint;
}

/** What a rotation would find, without one: for callers that wait for somebody else's. */
export async function readLendable(pool: StatementRunner, organizationId: string): Promise<Lendable> {
  const { rows } = await callFunction<{ available: bigint; reserved: bigint }>(
    pool,
    "SELECT available, reserved FROM lendable($1)",
    [organizationId],
  );
  return { availableNanoUsd: rows[0]?.available ?? 0n, reservedNanoUsd: rows[0]?.reserved ?? 0n };
}

/** How requests stand in Postgres, by id; ids that it has never seen are missing. Costs in nano-USD. */
export async function readIntentEnds(
  pool: StatementRunner,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { readonly isRunning: boolean; readonly costNanoUsd: bigint }>> {
  const { rows } = await callFunction<{ id: string; running: boolean; cost: bigint }>(
    pool,
    "SELECT id, state = 'started' AS running, cost FROM intent WHERE id = ANY($1::text[])",
    [ids],
  );
  return new Map(rows.map(({ id, running, cost }) => [id, { isRunning: running, costNanoUsd: cost }]));
}

/** What counters would be rebuilt from at `nowMs`, without changing anything: for comparing the two. */
export async function readLimitsState(
  pool: StatementRunner,
  organizationId: string,
  nowMs: number,
): Promise<LimitsState | null> {
  const { rows } = await callFunction<{ state: LimitsStateRow | null }>(
    pool,
    "SELECT limits_state($1, $2) AS state",
    [organizationId, new Date(nowMs)],
  );
  return rows[0]?.state ? toLimitsState(rows[0].state) : null;
}
