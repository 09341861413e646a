import { Redis } from "ioredis";
import type { CounterStore } from "@/server/admission/contract";
import { createIoredisRunner } from "@/server/admission/redis/ioredis";
import { KEY_NAMES } from "@/server/admission/redis/scripts";
import { createRedisStore, ORGANIZATIONS, OUTBOX } from "@/server/admission/redis/store";
import { SYSTEM_ACTOR } from "@/server/audit";
import { createBudget } from "@/server/budgets";
import { type RedisServer, startRedisServer } from "@/server/dev/redis-server";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { createMoneyFixture, type MoneyFixture } from "@/server/ledger/fixtures";
import type { Clock } from "@/server/platform/clock";

/** Nano-USD of one output token in the books of these tests. */
export const TOKEN = 1_600n;

/** A real Postgres and a real Redis for the settlement protocol, without a gateway around it. */
export interface World {
  readonly database: TestDatabase;
  readonly redis: RedisServer;
  store(clock: Clock): CounterStore;
  flush(): Promise<void>;
  /** What Redis knows of an organization, to be put back later. */
  snapshot(organizationId: string): Promise<Snapshot>;
  restore(snapshot: Snapshot): Promise<void>;
  close(): Promise<void>;
}

export type Snapshot = readonly { readonly key: string; readonly dump: Buffer | null }[];

export async function startWorld(): Promise<World> {
  const [database, redis] = await Promise.all([testDatabase({ maxConnections: 20 }), startRedisServer()]);
  const runner = createIoredisRunner(redis.url, { deadlineMs: 30_000 });
  const client = new Redis(redis.url);
  return {
    database,
    redis,
    store: (clock) => createRedisStore(runner, { clock }),
    async flush() {
      await client.flushall();
    },
    snapshot: (organizationId) =>
      Promise.all(
        [...KEY_NAMES.map((name) => `{${organizationId}}:${name}`), ORGANIZATIONS, OUTBOX].map(
          async (key) => ({
            key,
            dump: await client.dumpBuffer(key),
          }),
        ),
      ),
    async restore(snapshot) {
      const all = client.multi();
      for (const { key, dump } of snapshot) {
        all.del(key);
        if (dump) all.restore(key, 0, dump);
      }
      await all.exec();
    },
    async close() {
      client.disconnect();
      await runner.close();
      await Promise.all([database.close(), redis.stop()]);
    },
  };
}

/** An organization with money, and hard budgets that its requests count against. */
export async function createCustomer(
  { database }: World,
  clock: Clock,
  creditNanoUsd: bigint,
  budgets: readonly { scope: "organization" | "key"; window: "day" | "total"; amountNanoUsd: bigint }[],
): Promise<MoneyFixture> {
  const fixture = await createMoneyFixture(database.db, creditNanoUsd);
  const { organizationId, keyId } = fixture;
  for (const { scope, ...terms } of budgets) {
    await database.db.transaction((tx) =>
      createBudget(tx, clock, {
        organizationId,
        by: SYSTEM_ACTOR,
        memberId: null,
        terms: {
          ...terms,
          scope,
          scopeId: scope === "key" ? keyId : organizationId,
          isRolling: false,
          isHard: true,
          thresholds: [],
        },
      }),
    );
  }
  return fixture;
}
