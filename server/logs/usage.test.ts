// Harm prevented: usage that does not add up to the records, or that shows one organization what another used.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { createIntents, rotateLease } from "@/server/ledger";
import { aFinish, anIntent, createMoneyFixture } from "@/server/ledger/fixtures";
import { readUsage, type UsageQuery } from ".";

const USD = 1_000_000_000n;
const HOUR_MS = 3_600_000;
let database: TestDatabase;
let base: UsageQuery;
let spent: bigint;

beforeAll(async () => {
  database = await testDatabase();
  const fixture = await createMoneyFixture(database.db, USD);
  const rotation = await rotateLease(database.pool, fixture.organizationId, 100_000_000n);
  if (rotation.verdict !== "ok") throw new Error("no lease");
  const intents = createIntents(database.pool);
  for (const tokens of [100n, 200n, 300n]) {
    const intent = anIntent(fixture, 10_000_000n, { leaseId: rotation.leaseId });
    await intents.start(intent);
    await intents.finish(aFinish(fixture, intent.id, tokens));
  }
  const { rows } = await database.pool.query(
    "SELECT sum(cost)::bigint AS cost FROM usage_record WHERE organization_id = $1",
    [fixture.organizationId],
  );
  spent = rows[0].cost;
  const nowMs = Date.now();
  base = {
    organizationId: fixture.organizationId,
    fromMs: nowMs - 24 * HOUR_MS,
    toMs: nowMs + HOUR_MS,
    groupBy: [],
    byDay: false,
  };
});
afterAll(() => database.close());

it("adds up to the records, however it is split", async () => {
  for (const groupBy of [[], ["model"], ["key", "project"]] as const) {
    for (const byDay of [false, true]) {
      const rows = await readUsage(database.db, { ...base, groupBy, byDay, timeZone: "Asia/Tokyo" });
      expect(rows.reduce((sum, row) => sum + row.costNanoUsd, 0n)).toBe(spent);
      expect(rows.reduce((sum, row) => sum + row.outputTokens, 0)).toBe(600);
      expect(rows.reduce((sum, row) => sum + row.requests, 0)).toBe(3);
    }
  }
});

it("finds nothing for another organization, or for a filter that fits nothing", async () => {
  expect(await readUsage(database.db, { ...base, organizationId: "org_x", groupBy: ["key"] })).toEqual([]);
  expect(await readUsage(database.db, { ...base, groupBy: ["key"], filters: { key: "key_x" } })).toEqual([]);
});

it.each([
  ["Mars/Olympus", "time_zone"],
  ["UTC+3", "time_zone"],
  ["'; DROP TABLE usage_hour; --", "time_zone"],
])("refuses the time zone %s", async (timeZone, param) => {
  await expect(readUsage(database.db, { ...base, byDay: true, timeZone })).rejects.toMatchObject({
    code: "invalid_request",
    param,
  });
});

it("refuses a span that is empty or longer than a year", async () => {
  await expect(readUsage(database.db, { ...base, toMs: base.fromMs })).rejects.toMatchObject({
    param: "from",
  });
  await expect(readUsage(database.db, { ...base, fromMs: 0 })).rejects.toMatchObject({ param: "from" });
});
