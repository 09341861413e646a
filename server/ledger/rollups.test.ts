// Harm prevented: a bill or a chart whose sums are not the sum of its records, and records that fall beside their month.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { aFinish, anIntent, aVoid, createMoneyFixture, type MoneyFixture } from "./fixtures";
import { checkInvariants, createIntents, rotateLease, sweep } from "./index";

const USD = 1_000_000_000n;
const TOKEN = 1_600n;
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase({ maxConnections: 20 });
});
afterAll(() => database.close());

async function withLease(db = database) {
  const fixture = await createMoneyFixture(db.db, USD);
  const rotation = await rotateLease(db.pool, fixture.organizationId, 20_000_000n);
  if (rotation.verdict !== "ok") throw new Error("no lease");
  return { fixture, leaseId: rotation.leaseId, intents: createIntents(db.pool) };
}

async function sums(fixture: MoneyFixture, source: "usage_by_hour" | "usage_hour") {
  const { rows } = await database.pool.query<Record<string, bigint>>(
    `SELECT coalesce(sum(requests), 0)::bigint AS requests, coalesce(sum(failed), 0)::bigint AS failed,
      coalesce(sum(output_tokens), 0)::bigint AS output, coalesce(sum(cost), 0)::bigint AS cost, coalesce(sum(latency_count), 0)::bigint AS timed
     FROM ${source} WHERE organization_id = $1`,
    [fixture.organizationId],
  );
  return rows[0];
}

describe("the hourly roll-up", () => {
  it("counts every settlement once while ten folders run beside it, and is exact at every look", async () => {
    const { fixture, leaseId, intents } = await withLease();
    let isRunning = true;
    const folder = async () => {
      while (isRunning) await database.pool.query("SELECT fold_usage(3)");
    };
    const watcher = async () => {
      while (isRunning) {
        // One statement, one snapshot: I16 compares the roll-up with the records of the same instant.
        expect(await checkInvariants(database.pool)).toEqual([]);
      }
    };
    const worker = async (count: number) => {
      for (let turn = 0; turn < count; turn += 1) {
        const intent = anIntent(fixture, 200_000n, { leaseId });
        await intents.start(intent);
        await intents.finish(turn % 5 === 4 ? aVoid(intent.id) : aFinish(fixture, intent.id, 10n));
      }
    };
    const others = [...Array.from({ length: 10 }, folder), watcher()];
    await Promise.all(Array.from({ length: 8 }, () => worker(10)));
    isRunning = false;
    await Promise.all(others);
    const expected = { requests: 80n, failed: 16n, output: 640n, cost: 640n * TOKEN, timed: 80n };
    expect(await sums(fixture, "usage_by_hour")).toEqual(expected);
    await sweep(database.pool);
    expect(await sums(fixture, "usage_hour")).toEqual(expected);
  });

  it("has a correction in the hour of its request", async () => {
    const { fixture, leaseId, intents } = await withLease();
    const intent = anIntent(fixture, 1_000_000n, { leaseId, ttlMs: -1 });
    await intents.start(intent);
    await sweep(database.pool);
    expect(await sums(fixture, "usage_by_hour")).toMatchObject({ requests: 1n, failed: 1n, cost: 0n });
    expect(await intents.correct(intent.id, 60_000n)).toBe(60_000n);
    expect(await sums(fixture, "usage_by_hour")).toMatchObject({ requests: 1n, failed: 1n, cost: 60_000n });
    expect(await checkInvariants(database.pool)).toEqual([]);
  });

  it("is found out when it does not equal the records", async () => {
    const own = await testDatabase();
    const { fixture, leaseId, intents } = await withLease(own);
    const intent = anIntent(fixture, 200_000n, { leaseId });
    await intents.start(intent);
    await intents.finish(aFinish(fixture, intent.id, 10n));
    await sweep(own.pool);
    await own.pool.query("UPDATE usage_hour SET cost = cost + 1");
    const found = await checkInvariants(own.pool);
    expect(found.map(({ invariant }) => invariant)).toContain("I16");
    await own.close();
  });
});

/** A generation id of an instant, as a process of that time would have made it. */
async function idAt(at: string) {
  const { rows } = await database.pool.query<{ id: string }>(
    "SELECT substr(first_generation_id($1::timestamptz), 1, 14) || substr(md5(random()::text), 1, 16) AS id",
    [at],
  );
  return rows[0]?.id ?? "";
}

describe("monthly partitions", () => {
  const partitionOf = async (db: TestDatabase, id: string) => {
    const { rows } = await db.pool.query<{ usage: string; log: string }>(
      `SELECT (SELECT tableoid::regclass::text FROM usage_record WHERE id = $1) AS usage,
        (SELECT tableoid::regclass::text FROM request_log WHERE id = $1) AS log`,
      [id],
    );
    return rows[0];
  };
  const spendAt = async (db: TestDatabase, at: string) => {
    const { fixture, leaseId, intents } = await withLease(db);
    const intent = anIntent(fixture, 200_000n, { leaseId, id: await idAt(at) });
    expect(await intents.start(intent)).toBe("ok");
    expect((await intents.finish(aFinish(fixture, intent.id, 10n))).verdict).toBe("settled");
    return intent.id;
  };

  it("are there for the next two months before those begin, and a request goes to the month it was made in", async () => {
    const own = await testDatabase();
    await own.pool.query("SELECT ensure_month_partitions('2031-12-31T23:59:59Z')");
    const last = await spendAt(own, "2031-12-31T23:59:59.999Z");
    const first = await spendAt(own, "2032-01-01T00:00:00.000Z");
    const later = await spendAt(own, "2032-02-29T12:00:00Z");
    expect(await partitionOf(own, last)).toEqual({ usage: "usage_record_203112", log: "request_log_203112" });
    expect(await partitionOf(own, first)).toEqual({
      usage: "usage_record_203201",
      log: "request_log_203201",
    });
    expect(await partitionOf(own, later)).toEqual({
      usage: "usage_record_203202",
      log: "request_log_203202",
    });
    expect(await checkInvariants(own.pool)).toEqual([]);
    await own.close();
  });

  it("that were missing are made up for: what the default partition caught is named, moved, and counted once", async () => {
    const own = await testDatabase({ maxConnections: 20 });
    const stray = await spendAt(own, "2033-05-05T05:05:05Z");
    expect(await partitionOf(own, stray)).toEqual({ usage: "usage_record_rest", log: "request_log_rest" });
    expect((await checkInvariants(own.pool)).map(({ invariant }) => invariant)).toEqual(["I17", "I17"]);
    const sweeps = await Promise.all(Array.from({ length: 5 }, () => sweep(own.pool)));
    expect(sweeps.reduce((sum, { moved }) => sum + moved, 0)).toBe(2);
    expect(await partitionOf(own, stray)).toEqual({
      usage: "usage_record_203305",
      log: "request_log_203305",
    });
    expect(await checkInvariants(own.pool)).toEqual([]);
    // The new partition is protected like every other, and takes what comes next.
    await expect(own.pool.query("DELETE FROM usage_record")).rejects.toThrow("append-only");
    const next = await spendAt(own, "2033-05-31T23:59:59Z");
    expect((await partitionOf(own, next))?.usage).toBe("usage_record_203305");
    await own.close();
  });

  it("never make a settlement wait: a table in use is left for the next time", async () => {
    const own = await testDatabase();
    const reader = await own.pool.connect();
    await reader.query("BEGIN");
    await reader.query("SELECT count(*) FROM usage_record");
    const startedMs = Date.now();
    await own.pool.query("SELECT ensure_month_partitions('2034-01-15Z')");
    expect(Date.now() - startedMs).toBeLessThan(10_000);
    const { rows } = await own.pool.query("SELECT to_regclass('usage_record_203401') AS name");
    expect(rows).toEqual([{ name: null }]);
    await reader.query("ROLLBACK");
    reader.release();
    await own.pool.query("SELECT ensure_month_partitions('2034-01-15Z')");
    const later = await own.pool.query("SELECT to_regclass('usage_record_203401')::text AS name");
    expect(later.rows).toEqual([{ name: "usage_record_203401" }]);
    await own.close();
  });
});
