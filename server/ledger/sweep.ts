import type { StatementRunner } from "./statement";

export interface SweepResult {
  readonly expired: number;
  readonly reclaimed: number;
  /** Promotional money that came to its end, nano-USD. */
  readonly endedNanoUsd: bigint;
  /** Additions that were folded into the hourly roll-up. */
  readonly folded: number;
  /** Records that were moved out of the default partition: not 0 only when months had no partition. */
  readonly moved: number;
}

const BATCH = 500;
const FOLD_BATCH = 5_000;
/** An open lease that nobody used for this long goes back to the balance. */
const IDLE_LEASE_MS = 10 * 60_000;

/**
 * Ends what nobody ended: expired intents are charged at their checkpoint, drained leases give back what is free,
 * promotional money ends, usage is folded into its hours, and the coming months get their partitions.
 * Any number of sweepers may run at once, and late. Time is the database's own.
 */
export async function sweep(pool: StatementRunner): Promise<SweepResult> {
  const months = await pool.query<{ moved: bigint }>("SELECT ensure_month_partitions(now()) AS moved");
  let expired = 0;
  for (;;) {
    const { rowCount } = await pool.query("SELECT id FROM expire_intents($1)", [BATCH]);
    expired += rowCount ?? 0;
    if ((rowCount ?? 0) < BATCH) break;
  }
  const { rows } = await pool.query<{ reclaimed: number }>("SELECT reclaim_leases($1, $2) AS reclaimed", [
    BATCH,
    IDLE_LEASE_MS,
  ]);
  const grants = await pool.query<{ ended: bigint }>("SELECT expire_due_grants($1) AS ended", [BATCH]);
  return {
    expired,
    reclaimed: rows[0]?.reclaimed ?? 0,
    endedNanoUsd: grants.rows[0]?.ended ?? 0n,
    folded: await foldUsage(pool),
    moved: Number(months.rows[0]?.moved ?? 0n),
  };
}

async function foldUsage(pool: StatementRunner): Promise<number> {
  let folded = 0;
  for (;;) {
    const { rows } = await pool.query<{ taken: bigint }>("SELECT fold_usage($1) AS taken", [FOLD_BATCH]);
    const taken = Number(rows[0]?.taken ?? 0n);
    folded += taken;
    if (taken < FOLD_BATCH) return folded;
  }
}

export interface Violation {
  readonly invariant: string;
  readonly organization_id: string;
  readonly subject: string;
  readonly detail: string;
}

/**
 * Every breach of the invariants that the database can judge: I1–I8, I11 and I12 of MONEY.md §4.8, buckets (I15), roll-ups
 * (I16), partitions (I17) and payouts (I18). Empty when the books are right. Sums are over everything.
 * @param options.hours how far back single records and closed leases are looked at; without it to the beginning
 */
export async function checkInvariants(
  pool: StatementRunner,
  options: { readonly hours?: number } = {},
): Promise<readonly Violation[]> {
  const { rows } = await (options.hours === undefined
    ? pool.query<Violation>("SELECT * FROM check_invariants() UNION ALL SELECT * FROM check_payouts()")
    : pool.query<Violation>(
        "SELECT * FROM check_invariants(now() - make_interval(hours => $1)) UNION ALL SELECT * FROM check_payouts()",
        [options.hours],
      ));
  return rows;
}
