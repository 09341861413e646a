// Harm prevented: customers who hear of an outage of their provider once per process of ours, or once per flap, or never.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { organization } from "@/db/schema";
import { importCatalog } from "@/server/catalog";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { manualClock } from "@/server/platform/clock";
import { newId } from "@/server/platform/ids";
import { createLog } from "@/server/platform/log";
import { createRoutingMemory } from "./memory";
import { beginOutage, endOutages, listOutages, noteRecovery } from "./outages";
import { createMemoryShare } from "./share-memory";

let database: TestDatabase;
let endpointId: string;
const clock = manualClock();
const [user, other, former] = [newId("organization"), newId("organization"), newId("organization")];
beforeAll(async () => {
  database = await testDatabase();
  await importCatalog(database.db, FILE, { nowMs: clock.nowMs() });
  const { rows } = await database.pool.query<{ id: string }>("SELECT id FROM endpoint");
  endpointId = rows[0]?.id ?? "";
  for (const id of [user, other, former])
    await database.db.insert(organization).values({ id, name: "Test", kind: "team" });
  await used(user, "author/model", 2);
  await used(other, "author/other", 2);
  await used(former, "author/model", 40);
});
beforeEach(() => database.pool.query("TRUNCATE event, endpoint_outage"));
afterAll(() => database.close());

const FILE = {
  version: 1,
  providers: [{ slug: "host", name: "Host", kind: "openai-compatible", baseUrl: "https://a.example.com/v1" }],
  models: [
    {
      slug: "author/model",
      name: "Model",
      contextLength: 1_000,
      inputModalities: ["text"],
      outputModalities: ["text"],
      endpoints: [
        {
          provider: "host",
          upstreamModel: "model",
          source: "test",
          sourceDate: "2026-11-01",
          prices: [{ unit: "input", usdPerMillion: "1" }],
        },
      ],
    },
  ],
};

async function used(organizationId: string, modelSlug: string, hoursAgo: number): Promise<void> {
  const hour = new Date(Math.floor(clock.nowMs() / 3_600_000 - hoursAgo) * 3_600_000);
  await database.pool.query(
    `INSERT INTO usage_hour VALUES ($1, $2, 'p', '', 'k', $3, 'host', 1, 0, 1, 0, 0, 1, 0, 0, 1, 1, 1, 1, 1, 1)`,
    [organizationId, hour, modelSlug],
  );
}
const events = async () => {
  const { rows } = await database.pool.query<{ organization_id: string; type: string; data: object }>(
    "SELECT organization_id, type, data FROM event ORDER BY id",
  );
  return rows.map(({ organization_id, type }) => [organization_id, type]);
};
const begin = () => beginOutage(database.db, clock.nowMs(), { endpointId, reason: "it failed" });

describe("an outage", () => {
  it("is told once to who used the endpoint in the last day, however many processes see it", async () => {
    const begun = await Promise.all([begin(), begin(), begin(), begin()]);
    expect(begun.filter(Boolean)).toEqual([true]);
    expect(await events()).toEqual([[user, "provider.degraded"]]);
    expect(await listOutages(database.db, clock.nowMs(), 1)).toMatchObject([
      { modelSlug: "author/model", providerSlug: "host", reason: "it failed", closedAt: null },
    ]);
  });

  it("is one while the endpoint flaps, and over after a calm minute, told once", async () => {
    await begin();
    for (let flap = 0; flap < 5; flap += 1) {
      clock.advance(5_000);
      await noteRecovery(database.db, clock.nowMs(), endpointId);
      clock.advance(30_000);
      expect(await endOutages(database.db, clock.nowMs())).toBe(0);
      await begin();
    }
    await noteRecovery(database.db, clock.nowMs(), endpointId);
    clock.advance(61_000);
    const ended = await Promise.all([1, 2, 3].map(() => endOutages(database.db, clock.nowMs())));
    expect(ended.reduce((sum, n) => sum + n, 0)).toBe(1);
    expect(await events()).toEqual([
      [user, "provider.degraded"],
      [user, "provider.recovered"],
    ]);
    expect(await begin()).toBe(true);
  });

  it("begins with the breaker of any process, and ends also when its recovery was seen by none", async () => {
    const make = () =>
      createRoutingMemory({ db: database.db, clock, log: createLog("silent"), share: createMemoryShare() });
    const fallen = make();
    for (let n = 0; n < 5; n += 1) fallen.board.report(endpointId, { outcome: "failure" });
    await expect.poll(events).toEqual([[user, "provider.degraded"]]);
    // Another process, started later: its first successes are the recovery.
    const risen = make();
    risen.board.report(endpointId, { outcome: "success" });
    for (let minute = 0; minute < 3; minute += 1) {
      clock.advance(61_000);
      await risen.tick();
    }
    expect((await events()).at(-1)).toEqual([user, "provider.recovered"]);
  });
});
