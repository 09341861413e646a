import { drainOutbox, sweepHolds } from "@/server/admission";
import type { CounterStore } from "@/server/admission/contract";
import { SYSTEM_ACTOR } from "@/server/audit";
import { listBudgets, updateBudget } from "@/server/budgets";
import { createIntents, creditBalance, debitBalance, sweep } from "@/server/ledger";
import type { MoneyFixture } from "@/server/ledger/fixtures";
import type { Clock } from "@/server/platform/clock";
import { newId } from "@/server/platform/ids";
import type { Random } from "./random";
import { type Snapshot, TOKEN, type World } from "./world";

const USUAL_SNAPSHOT_AGE_MS = { from: 40, to: 200 } as const;
const SWEEPERS = 10;

/** What happened to an organization from outside of its requests. Amounts in nano-USD. */
export interface Happened {
  creditedNanoUsd: bigint;
  /** Taken out of the balance; what a dispute made it owe is apart. */
  takenNanoUsd: bigint;
  owedNanoUsd: bigint;
  flushes: number;
  rollbacks: number;
  outages: number;
  /** By budget: what of it Redis forgot when it went back in time. */
  readonly forgottenNanoUsd: Map<string, bigint>;
  /** By budget: the largest limit it ever had. */
  readonly largestLimitNanoUsd: Map<string, bigint>;
}

export interface EventsOptions {
  readonly world: World;
  readonly fixture: MoneyFixture;
  readonly store: CounterStore;
  readonly clock: Clock;
  readonly random: Random;
}

/** Everything that may happen between two steps of requests, to one organization. */
export function createEvents({ world, fixture, store, clock, random }: EventsOptions) {
  const { database } = world;
  const { organizationId } = fixture;
  const past: { readonly atMs: number; readonly snapshot: Snapshot }[] = [];
  const happened: Happened = {
    creditedNanoUsd: 0n,
    takenNanoUsd: 0n,
    owedNanoUsd: 0n,
    flushes: 0,
    rollbacks: 0,
    outages: 0,
    forgottenNanoUsd: new Map(),
    largestLimitNanoUsd: new Map(),
  };
  const counted = async () => {
    const reading = await store.read(organizationId);
    return new Map(reading?.caps.map(({ id, spent, held }) => [id, spent + held]));
  };
  const takeOut = async (kind: "refund" | "dispute", mayOwe: boolean, amountNanoUsd: bigint) => {
    const to = kind === "refund" ? "clearing" : "frozen";
    const source = newId("order");
    const debit = { organizationId, kind, source, amountNanoUsd, to, mayOwe } as const;
    // Twice at once, as a repeated event would be: it is booked once.
    const verdicts = await Promise.all([debitBalance(database.db, debit), debitBalance(database.db, debit)]);
    for (const verdict of verdicts) {
      if (verdict.verdict !== "taken") continue;
      happened.takenNanoUsd += verdict.takenNanoUsd;
      happened.owedNanoUsd += verdict.owedNanoUsd;
    }
    return verdicts.some(({ verdict }) => verdict === "taken") ? "taken" : "insufficient";
  };
  const someTokens = () => BigInt(random.between(1, 3_000)) * TOKEN;

  const events = {
    happened,
    /** Keeps what Redis knows now, so that it can go back to it. */
    async remember(): Promise<void> {
      past.push({ atMs: clock.nowMs(), snapshot: await world.snapshot(organizationId) });
      while ((past[0]?.atMs ?? 0) < clock.nowMs() - 2 * USUAL_SNAPSHOT_AGE_MS.to) past.shift();
    },
    async flush(): Promise<void> {
      await world.flush();
      happened.flushes += 1;
    },
    /** Redis goes back to what was remembered last. False when nothing was. */
    async rollBackToLast(): Promise<boolean> {
      const last = past.at(-1);
      if (last) await world.restore(last.snapshot);
      return last !== undefined;
    },
    /** Redis goes back by 40 to 200 ms: what a replica did not hear of when it became the leader. */
    async rollBack(): Promise<void> {
      const { from, to } = USUAL_SNAPSHOT_AGE_MS;
      const target = clock.nowMs() - random.between(from, to);
      const old = past.findLast(({ atMs }) => atMs <= target);
      if (!old) return;
      const before = await counted();
      await world.restore(old.snapshot);
      const after = await counted();
      for (const [id, amount] of before) {
        const forgotten = amount - (after.get(id) ?? 0n);
        if (forgotten > 0n)
          happened.forgottenNanoUsd.set(id, (happened.forgottenNanoUsd.get(id) ?? 0n) + forgotten);
      }
      happened.rollbacks += 1;
    },
    /** Ten at once: sweepers are not exactly-once anywhere. */
    async sweep(): Promise<void> {
      const intents = createIntents(database.pool);
      await Promise.all(
        Array.from({ length: SWEEPERS }, async () => {
          await drainOutbox(store, intents);
          await sweep(database.pool);
          await sweepHolds(store, database.pool);
        }),
      );
    },
    /** Intents pass their end, as they do when a function hangs; all of them, or some. */
    async expire(share: "some" | "all"): Promise<void> {
      await database.pool.query(
        `UPDATE intent SET expires_at = now() - interval '1 second' WHERE id IN (SELECT id FROM intent
           WHERE organization_id = $1 AND state = 'started' ORDER BY admitted_at, id LIMIT $2)`,
        [organizationId, share === "all" ? null : random.between(1, 3)],
      );
    },
    async topUp(amountNanoUsd = BigInt(random.between(500, 4_000)) * TOKEN): Promise<void> {
      const credit = { organizationId, kind: "top_up", bucket: "paid", source: newId("order") } as const;
      const twice = [1, 2].map(() => creditBalance(database.db, { ...credit, amountNanoUsd }));
      const booked = await Promise.all(twice);
      happened.creditedNanoUsd += amountNanoUsd * BigInt(booked.filter(Boolean).length);
    },
    /** Only what no request has reserved can be given back. */
    refund: (amountNanoUsd = someTokens()) => takeOut("refund", false, amountNanoUsd),
    /** What is not there any more is owed. */
    dispute: (amountNanoUsd = someTokens()) => takeOut("dispute", true, amountNanoUsd),
    async changeBudget(amountNanoUsd = BigInt(random.between(6_500, 20_000)) * TOKEN): Promise<void> {
      const budgets = await listBudgets(database.db, organizationId, clock.nowMs());
      const { id, ...budget } = random.pick(budgets);
      await database.db.transaction((tx) =>
        updateBudget(tx, clock, {
          organizationId,
          by: SYSTEM_ACTOR,
          budgetId: id,
          change: { ...budget, amountNanoUsd },
        }),
      );
      events.noteLimit(id, amountNanoUsd);
    },
    noteLimit(id: string, limit: bigint): void {
      const largest = happened.largestLimitNanoUsd.get(id) ?? 0n;
      happened.largestLimitNanoUsd.set(id, limit > largest ? limit : largest);
    },
    /** A new price for the same endpoint: requests under way keep the one they were reserved at. */
    async changePrice(): Promise<void> {
      const id = newId("priceVersion");
      const client = await database.pool.connect();
      try {
        await client.query("BEGIN");
        await client.query(
          `INSERT INTO price_version (id, endpoint_id, effective_from, source, source_date)
           VALUES ($1, $2, clock_timestamp(), 'test', '2026-01-01')`,
          [id, fixture.endpointId],
        );
        await client.query(
          `INSERT INTO price (price_version_id, unit, platform_nano_usd_per_million, supplier_nano_usd_per_million)
           VALUES ($1, 'output', $2, 1)`,
          [id, random.between(1_000_000, 9_000_000_000)],
        );
        await client.query("COMMIT");
      } finally {
        client.release();
      }
    },
  };
  return events;
}

export type Events = ReturnType<typeof createEvents>;
