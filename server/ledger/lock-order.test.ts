// Harm prevented: settlements and refills that wait for each other until Postgres ends one of them, a second later.
import type pg from "pg";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { newId } from "@/server/platform/ids";
import { aFinish, anIntent, createMoneyFixture, type MoneyFixture } from "./fixtures";
import { checkInvariants, createIntents, creditBalance, rotateLease } from "./index";
import type { StatementRunner } from "./statement";
import { createStrictStart } from "./strict";

const USD = 1_000_000_000n;
/** One output token of the fixture. */
const TOKEN = 1_600n;
const RESERVED = 10n * TOKEN;

let database: TestDatabase;
const refused: unknown[] = [];
/** Statements are sent twice when one is refused: here it is seen that none was. */
const runner: StatementRunner = {
  query: ((statement: pg.QueryConfig) =>
    database.pool.query(statement).catch((reason: unknown) => {
      refused.push(reason);
      throw reason;
    })) as StatementRunner["query"],
};
beforeAll(async () => {
  database = await testDatabase({ maxConnections: 12 });
});
afterAll(() => database.close());
afterEach(async () => {
  expect(refused.splice(0)).toEqual([]);
  expect(await checkInvariants(database.pool)).toEqual([]);
});

/** A lease of two buckets, whose mark every settlement moves; and a request that was started under it. */
async function startUnderMixedLease(fixture: MoneyFixture) {
  const { organizationId } = fixture;
  const gift = { organizationId, kind: "grant", bucket: "promotional", source: newId("transfer") } as const;
  await creditBalance(database.db, { ...gift, amountNanoUsd: 1_000n });
  const rotation = await rotateLease(database.pool, organizationId, RESERVED);
  if (rotation.verdict !== "ok") throw new Error("no lease");
  const intent = anIntent(fixture, RESERVED, { leaseId: rotation.leaseId });
  expect(await createIntents(database.pool).start(intent)).toBe("ok");
  return { leaseId: rotation.leaseId, finish: aFinish(fixture, intent.id, 5n) };
}

/** Keeps everybody else from a lease until it is let go. */
async function hold(leaseId: string) {
  const client = await database.pool.connect();
  await client.query("BEGIN");
  await client.query("SELECT 1 FROM lease WHERE id = $1 FOR UPDATE", [leaseId]);
  return async () => {
    await client.query("COMMIT");
    client.release();
  };
}

async function waiting(count: number): Promise<void> {
  await expect
    .poll(
      async () => {
        const { rows } = await database.pool.query<{ count: bigint }>(
          "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        return rows[0]?.count;
      },
      { interval: 10 },
    )
    .toBe(BigInt(count));
}

it("a settlement under two leases, and a rotation that drains one and takes back the other", async () => {
  const fixture = await createMoneyFixture(database.db, 10n * USD);
  const older = await startUnderMixedLease(fixture);
  const open = await startUnderMixedLease(fixture);
  await database.pool.query("UPDATE lease SET drain_until = now() - interval '1 second' WHERE id = $1", [
    older.leaseId,
  ]);
  const letGo = await hold(older.leaseId);
  const intents = createIntents(runner);
  const settling = Promise.all([intents.finish(older.finish), intents.finish(open.finish)]);
  await waiting(1);
  const rotating = rotateLease(runner, fixture.organizationId, RESERVED);
  await waiting(2);
  await letGo();
  expect((await settling).map(({ verdict }) => verdict)).toEqual(["settled", "settled"]);
  expect(await rotating).toMatchObject({ verdict: "ok" });
});

it("a settlement for two organizations, and the strict path, which closes the leases of both", async () => {
  const made = [await createMoneyFixture(database.db, USD), await createMoneyFixture(database.db, USD)];
  const [first, second] = made.sort((a, b) => (a.organizationId < b.organizationId ? -1 : 1));
  if (!first || !second) throw new Error("no fixtures");
  // The lease of the later organization has the lower id.
  const ofSecond = await startUnderMixedLease(second);
  const ofFirst = await startUnderMixedLease(first);
  expect(ofSecond.leaseId < ofFirst.leaseId).toBe(true);
  const letGo = await hold(ofSecond.leaseId);
  const intents = createIntents(runner);
  const settling = Promise.all([intents.finish(ofFirst.finish), intents.finish(ofSecond.finish)]);
  await waiting(1);
  const strict = createStrictStart(runner);
  const starting = Promise.all([first, second].map((fixture) => strict(anIntent(fixture, RESERVED))));
  await waiting(2);
  await letGo();
  expect((await settling).map(({ verdict }) => verdict)).toEqual(["settled", "settled"]);
  expect((await starting).map(({ kind }) => kind)).toEqual(["ok", "ok"]);
});
