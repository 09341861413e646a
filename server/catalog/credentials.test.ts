import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { manualClock } from "@/server/platform/clock";
import { createSecretBox } from "@/server/platform/secret-box";
import { addCredential, createCatalog, disableCredential, importCatalog, setProvider } from ".";

const secretBox = createSecretBox("a secret for the tests of credentials");
const clock = manualClock();

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
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

describe("credentials of a provider", () => {
  it("prevents a gap when a key is replaced: calls take turns, and a refused or disabled key is passed over", async () => {
    await importCatalog(database.db, FILE, { nowMs: clock.nowMs() });
    const slug = "host";
    const base = {
      slug,
      name: "Host",
      kind: "openai-compatible",
      baseUrl: "https://a.example.com/v1",
    } as const;
    await setProvider(database.db, secretBox, { ...base, apiKey: "old", activate: true });
    await addCredential(database.db, secretBox, { provider: slug, label: "new", apiKey: "new" });
    const catalog = createCatalog({ db: database.db, clock, secretBox });
    const provider = async () => (await catalog.current()).find("author/model")?.endpoints[0]?.provider;
    const take = async () => (await provider())?.credential();
    expect([(await take())?.secret, (await take())?.secret].sort()).toEqual(["new", "old"]);
    let old = await take();
    if (old?.secret !== "old") old = await take();
    expect(old?.rest(60_000)).toBe(0);
    expect([(await take())?.secret, (await take())?.secret]).toEqual(["new", "new"]);
    clock.advance(20_000);
    // With none left, it says when the first one is back.
    expect((await take())?.rest(60_000)).toBe(40_000);
    clock.advance(61_000);
    expect(new Set([(await take())?.secret, (await take())?.secret])).toEqual(new Set(["old", "new"]));
    await disableCredential(database.db, { provider: slug, label: "default" });
    await catalog.refresh();
    expect([(await take())?.secret, (await take())?.secret]).toEqual(["new", "new"]);
    await expect(disableCredential(database.db, { provider: slug, label: "none" })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(
      addCredential(database.db, secretBox, { provider: slug, label: "new", apiKey: "x" }),
    ).rejects.toMatchObject({ code: "conflict" });
  });
});
