// Harm prevented: a status page that tells something else than what happened.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { count, type HealthCounts, noCounts } from "./health-window";
import { pruneHistory, readHealthDays, readHistory, writeHistory } from "./history";

const NOW_MS = Date.UTC(2026, 10, 25, 12, 0, 30);
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

function traffic(good: number, bad: number): Map<string, HealthCounts> {
  const counts = noCounts();
  for (let n = 0; n < good; n += 1) count(counts, { outcome: "success", firstTokenMs: 100, durationMs: 900 });
  for (let n = 0; n < bad; n += 1) count(counts, { outcome: "failure" });
  return new Map([["ep_1", counts]]);
}

it("adds up what several processes saw, also within one minute", async () => {
  const { db } = database;
  await writeHistory(db, "a", NOW_MS, traffic(10, 0));
  await writeHistory(db, "a", NOW_MS + 10_000, traffic(10, 5));
  await writeHistory(db, "b", NOW_MS, traffic(15, 0));
  await writeHistory(db, "a", NOW_MS - 3 * 86_400_000, traffic(1, 1));
  const read = (minutes: number) =>
    readHistory(db, NOW_MS + 20_000, { endpointIds: ["ep_1", "ep_2"], minutes });
  const [recent, all] = [await read(30), await read(10_000)];
  expect(recent.get("ep_1")).toMatchObject({ requests: 40, successShare: 35 / 40 });
  expect(recent.has("ep_2")).toBe(false);
  const { firstTokenMsP50, firstTokenMsP95, durationMsP95 } = recent.get("ep_1") ?? {};
  for (const [figure, wanted] of [
    [firstTokenMsP50, 100],
    [firstTokenMsP95, 100],
    [durationMsP95, 900],
  ] as const)
    expect(Math.abs((figure ?? 0) / wanted - 1)).toBeLessThan(0.13);
  expect(all.get("ep_1")?.requests).toBe(42);
  expect(await readHealthDays(db, NOW_MS, 7)).toEqual([
    { endpointId: "ep_1", day: "2026-11-22", requests: 2, failures: 1 },
    { endpointId: "ep_1", day: "2026-11-25", requests: 40, failures: 5 },
  ]);
  expect(await pruneHistory(db, NOW_MS + 88 * 86_400_000)).toBe(1);
});
