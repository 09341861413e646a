// Harm prevented: an operator who takes a provider out and it stays in, or a change of health that left no trace.
import { afterAll, beforeAll, expect, it } from "vitest";
import { PLATFORM_CHAIN } from "@/server/audit";
import { createCatalog, importCatalog } from "@/server/catalog";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { systemClock } from "@/server/platform/clock";
import { createSecretBox } from "@/server/platform/secret-box";
import { beginOutage } from "@/server/routing/outages";
import type { OperatorConsole } from "./console";
import { healthDrain, healthForce, healthList } from "./health";

const secretBox = createSecretBox("a secret for the tests of health");
let database: TestDatabase;
let console: OperatorConsole;
beforeAll(async () => {
  database = await testDatabase();
  console = { ...database, clock: systemClock } as unknown as OperatorConsole;
  const endpoint = {
    provider: "host",
    upstreamModel: "model",
    source: "test",
    sourceDate: "2026-11-01",
    prices: [{ unit: "input", usdPerMillion: "1" }],
  };
  const model = {
    name: "Model",
    contextLength: 1_000,
    inputModalities: ["text"],
    outputModalities: ["text"],
  };
  const provider = {
    slug: "host",
    name: "Host",
    kind: "openai-compatible",
    baseUrl: "https://a.example.com/v1",
  };
  const file = {
    version: 1,
    providers: [provider],
    models: [{ ...model, slug: "author/model", endpoints: [endpoint] }],
  };
  await importCatalog(database.db, file, { nowMs: systemClock.nowMs() - 1_000 });
  await database.pool.query("UPDATE provider SET status = 'active'");
});
afterAll(() => database.close());

it("lists, forces and drains endpoints, and each change is in the trail", async () => {
  const list = async () => (await healthList.run(console, {})).endpoints as Record<string, unknown>[];
  const [only] = await list();
  const endpoint = String(only?.endpoint);
  expect(only).toMatchObject({ model: "author/model", provider: "host", status: "active", forced: "auto" });
  await beginOutage(database.db, systemClock.nowMs(), { endpointId: endpoint, reason: "it failed" });
  expect((await list())[0]).toMatchObject({ outageSince: expect.any(String), last5m: null, last1d: null });
  await database.pool.query(
    `INSERT INTO endpoint_minute VALUES ($1, date_trunc('minute', now()), 'i', 20, 5, 0, '{"21": 15}', '{"31": 15}', '{}')`,
    [endpoint],
  );
  const seen = {
    requests: 20,
    uptimePercent: 75,
    firstTokenMs: { p50: 97, p95: 97 },
    tokensPerSecond: { p50: null },
  };
  expect((await list())[0]).toMatchObject({ last5m: seen, last30m: seen, last1d: seen });

  const catalog = createCatalog({ db: database.db, clock: systemClock, secretBox });
  const found = async () => {
    await catalog.refresh();
    return (await catalog.current()).find("author/model")?.endpoints;
  };
  await healthForce.run(console, { endpoint, state: "open" });
  expect(await found()).toMatchObject([{ healthOverride: "open" }]);
  await healthForce.run(console, { endpoint, state: "auto" });
  expect(await found()).toMatchObject([{ healthOverride: null }]);
  await healthDrain.run(console, { endpoint });
  expect(await found()).toEqual([]);
  await healthDrain.run(console, { endpoint, undo: true });
  expect(await found()).toHaveLength(1);

  await expect(healthForce.run(console, { endpoint, state: "half" })).rejects.toMatchObject({
    param: "state",
  });
  await expect(healthDrain.run(console, { endpoint: "ep_none" })).rejects.toMatchObject({
    code: "not_found",
  });
  const { rows } = await database.pool.query<{ action: string; target_label: string }>(
    "SELECT action, target_label FROM audit_event WHERE chain = $1 ORDER BY sequence",
    [PLATFORM_CHAIN],
  );
  expect(rows.map(({ action }) => action)).toEqual([
    "health.overridden",
    "health.overridden",
    "catalog.endpoint_changed",
    "catalog.endpoint_changed",
  ]);
  expect(rows[0]?.target_label).toBe("author/model at host");
});
