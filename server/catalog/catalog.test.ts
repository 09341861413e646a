// Harm prevented: a request priced by yesterday's list, held up by a reload, or sent to a provider that was switched off.
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { endpoint, model, price, priceVersion, provider, providerCredential } from "@/db/schema";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { manualClock } from "@/server/platform/clock";
import { createSecretBox } from "@/server/platform/secret-box";
import {
  type AddEndpointInput,
  addCredential,
  addEndpoint,
  addModel,
  createCatalog,
  importCatalog,
  priceUsage,
  setProvider,
} from ".";

const secretBox = createSecretBox("a secret for the tests of the catalogue");
const clock = manualClock();

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
// Prices cannot be deleted, by design: each test brings its own slugs, and a time of its own.
beforeEach(() => clock.advance(60_000));

const keysOf = (providerId: string | undefined) =>
  database.db
    .select()
    .from(providerCredential)
    .where(eq(providerCredential.providerId, providerId ?? ""));

let count = 0;
function fileOf(inputUsd: string) {
  count += 1;
  return {
    version: 1,
    providers: [
      {
        slug: `host-${count}`,
        name: "Host",
        kind: "openai-compatible",
        baseUrl: "https://api.example.com/v1",
      },
    ],
    models: [
      {
        slug: `author/model-${count}`,
        name: "Model",
        contextLength: 128_000,
        maxOutputTokens: 8_192,
        inputModalities: ["text"],
        outputModalities: ["text"],
        releasedOn: "2026-01-31",
        endpoints: [
          {
            provider: `host-${count}`,
            upstreamModel: "model",
            source: "https://example.com/pricing",
            sourceDate: "2026-11-01",
            prices: [
              { unit: "input", usdPerMillion: inputUsd },
              { unit: "output", usdPerMillion: "1.60", supplierUsdPerMillion: "1.50" },
            ],
          },
        ],
      },
    ],
  };
}
const simulated = () => ({ nowMs: clock.nowMs(), simulatedBaseUrl: "http://127.0.0.1:4010/v1" });
const newCatalog = (maxAgeMs?: number) => createCatalog({ db: database.db, clock, secretBox, maxAgeMs });
const anEndpoint = (file: ReturnType<typeof fileOf>, inputUsd: string): AddEndpointInput => ({
  model: file.models[0]?.slug ?? "",
  provider: file.providers[0]?.slug ?? "",
  upstreamModel: "model",
  source: "test",
  sourceDate: "2026-11-01",
  prices: [
    { unit: "input", usdPerMillion: inputUsd },
    { unit: "output", usdPerMillion: "1.60" },
  ],
});

describe("importCatalog", () => {
  it("changes nothing the second time, and adds a version only for the price that differs", async () => {
    const file = fileOf("0.40");
    expect(await importCatalog(database.db, file, simulated())).toEqual({
      providers: { created: 1, updated: 0 },
      models: { created: 1, updated: 0 },
      endpoints: { created: 1, updated: 0 },
      priceVersions: { created: 1 },
    });
    const nothing = { created: 0, updated: 0 };
    expect(await importCatalog(database.db, file, simulated())).toEqual({
      providers: nothing,
      models: nothing,
      endpoints: nothing,
      priceVersions: { created: 0 },
    });

    const dearer = structuredClone(file);
    const [input] = dearer.models[0]?.endpoints[0]?.prices ?? [];
    if (input) input.usdPerMillion = "0.50";
    const before = (await newCatalog().current()).find(`author/model-${count}`)?.endpoints[0]?.priceVersion;
    expect((await importCatalog(database.db, dearer, simulated())).priceVersions.created).toBe(1);
    clock.advance(1);
    expect((await importCatalog(database.db, file, simulated())).priceVersions.created).toBe(1);
    clock.advance(1);
    const after = (await newCatalog().current()).find(`author/model-${count}`)?.endpoints[0]?.priceVersion;
    expect(after?.id).not.toBe(before?.id);
    expect(after?.prices).toEqual(before?.prices);
  });

  it("leaves what an operator set alone", async () => {
    const file = fileOf("0.40");
    const slug = `host-${count}`;
    await importCatalog(database.db, file, { nowMs: clock.nowMs() });
    const [imported] = await database.db.select().from(provider).where(eq(provider.slug, slug));
    expect(imported).toMatchObject({ status: "disabled", isSimulated: false });
    expect(await keysOf(imported?.id)).toEqual([]);

    await setProvider(database.db, secretBox, {
      slug,
      name: "Host",
      kind: "openai-compatible",
      baseUrl: "https://eu.example.com/v1",
      apiKey: "sk-live-1",
      activate: true,
    });
    const [set] = await database.db.select().from(provider).where(eq(provider.slug, slug));
    expect(JSON.stringify([set, await keysOf(set?.id)])).not.toContain("sk-live-1");
    await importCatalog(database.db, file, { nowMs: clock.nowMs() });
    await importCatalog(database.db, file, simulated());
    expect(await database.db.select().from(provider).where(eq(provider.slug, slug))).toEqual([set]);

    const found = (await newCatalog().current()).find(`author/model-${count}`);
    expect(found?.endpoints[0]?.provider.credential()?.secret).toBe("sk-live-1");
    expect(JSON.stringify(found?.endpoints[0]?.provider)).not.toContain("sk-live-1");
  });

  it("moves simulated providers along when the simulator moves", async () => {
    const file = fileOf("0.40");
    await importCatalog(database.db, file, simulated());
    const moved = { nowMs: clock.nowMs(), simulatedBaseUrl: "http://127.0.0.1:4999/v1" };
    expect((await importCatalog(database.db, file, moved)).providers).toEqual({ created: 0, updated: 1 });
    const found = (await newCatalog().current()).find(`author/model-${count}`);
    expect(found?.endpoints[0]?.provider).toMatchObject({
      baseUrl: moved.simulatedBaseUrl,
      isSimulated: true,
    });
  });

  it("writes nothing of a file that is not valid", async () => {
    const bad: [string, (file: ReturnType<typeof fileOf>) => unknown][] = [
      ["a price with an exponent", (file) => patchPrice(file, "4e-1")],
      ["a negative price", (file) => patchPrice(file, "-1")],
      ["more decimals than a nano-dollar", (file) => patchPrice(file, "0.0000000001")],
      ["an unknown provider", (file) => ({ ...file, providers: [] })],
      ["a provider twice", (file) => ({ ...file, providers: [...file.providers, ...file.providers] })],
      ["a model twice", (file) => ({ ...file, models: [...file.models, ...file.models] })],
      ["an unknown field", (file) => ({ ...file, extra: 1 })],
      ["not an object", () => "[]"],
    ];
    for (const [, change] of bad) {
      await expect(importCatalog(database.db, change(fileOf("0.40")), simulated())).rejects.toMatchObject({
        code: "invalid_request",
      });
      expect(
        await database.db
          .select()
          .from(provider)
          .where(eq(provider.slug, `host-${count}`)),
      ).toEqual([]);
    }
  });

  it("adds one version when two imports run at once", async () => {
    const file = fileOf("0.40");
    await Promise.all([1, 2, 3].map(() => importCatalog(database.db, file, simulated())));
    const [row] = await database.db
      .select()
      .from(model)
      .where(eq(model.slug, `author/model-${count}`));
    const [only] = await database.db
      .select()
      .from(endpoint)
      .where(eq(endpoint.modelId, row?.id ?? ""));
    expect(
      await database.db
        .select()
        .from(priceVersion)
        .where(eq(priceVersion.endpointId, only?.id ?? "")),
    ).toHaveLength(1);
  });
});

function patchPrice(file: ReturnType<typeof fileOf>, usdPerMillion: string) {
  const [input] = file.models[0]?.endpoints[0]?.prices ?? [];
  if (input) input.usdPerMillion = usdPerMillion;
  return file;
}

describe("price versions", () => {
  it("cannot be edited, extended or deleted by anybody", async () => {
    await importCatalog(database.db, fileOf("0.40"), simulated());
    const [version] = await database.db.select().from(priceVersion).limit(1);
    const [row] = await database.db.select().from(price).limit(1);
    const refusals = [
      database.pool.query("UPDATE price SET platform_nano_usd_per_million = 0"),
      database.pool.query("DELETE FROM price"),
      database.pool.query("UPDATE price_version SET source = 'x'"),
      database.pool.query("DELETE FROM price_version"),
      database.pool.query(`INSERT INTO price VALUES ($1, 'search', 0, 1, 1)`, [version?.id]),
    ];
    for (const refusal of await Promise.allSettled(refusals)) expect(refusal.status).toBe("rejected");
    expect(await database.db.select().from(price).limit(1)).toEqual([row]);
  });
});

describe("catalog", () => {
  it("puts an announced price into effect by the clock, without a reload, and leaves requests in flight theirs", async () => {
    const file = fileOf("0.40");
    await importCatalog(database.db, file, simulated());
    await addEndpoint(database.db, anEndpoint(file, "9.00"), clock.nowMs() + 30_000);
    const catalog = newCatalog(3_600_000);
    const inFlight = await catalog.current();
    const priceOf = async () => {
      const found = (await catalog.current()).find(`author/model-${count}`)?.endpoints[0]?.priceVersion;
      return found ? priceUsage(found, { input: 1_000_000n }, 1_000_000).costNanoUsd : null;
    };
    clock.advance(29_999);
    expect(await priceOf()).toBe(400_000_000n);
    clock.advance(1);
    expect(await priceOf()).toBe(9_000_000_000n);
    const held = inFlight.find(`author/model-${count}`)?.endpoints[0]?.priceVersion;
    expect(held?.prices.find((row) => row.unit === "input")?.platformNanoUsdPerMillion).toBe(400_000_000n);
    expect(held?.prices.find((row) => row.unit === "output")?.supplierNanoUsdPerMillion).toBe(1_500_000_000n);
  });

  it("never waits for a reload, and shows the change after it", async () => {
    const file = fileOf("0.40");
    await importCatalog(database.db, file, simulated());
    const catalog = newCatalog();
    const first = await catalog.current();
    await database.db
      .update(provider)
      .set({ status: "disabled" })
      .where(eq(provider.slug, `host-${count}`));
    expect(await catalog.current()).toBe(first);
    clock.advance(5_000);
    expect(await catalog.current()).toBe(first);
    await expect
      .poll(async () => (await catalog.current()).find(`author/model-${count}`)?.endpoints)
      .toEqual([]);
  });

  it("refresh sees everything committed before it", async () => {
    const catalog = newCatalog();
    await catalog.current();
    const file = fileOf("0.40");
    await importCatalog(database.db, file, simulated());
    expect((await catalog.current()).find(`author/model-${count}`)).toBeUndefined();
    const [snapshot] = await Promise.all([catalog.refresh(), catalog.refresh()]);
    expect(snapshot.find(`author/model-${count}`)).toBeDefined();
  });

  it("keeps answering from what it has when the database fails, and says so", async () => {
    const errors: unknown[] = [];
    let broken = false;
    const db = new Proxy(database.db, {
      get(target, key, receiver) {
        if (broken) throw new Error("database is away");
        return Reflect.get(target, key, receiver);
      },
    });
    const catalog = createCatalog({ db, clock, secretBox, onReloadError: (error) => errors.push(error) });
    const first = await catalog.current();
    broken = true;
    clock.advance(5_000);
    expect(await catalog.current()).toBe(first);
    await expect.poll(() => errors.length).toBe(1);
    expect(await catalog.current()).toBe(first);
    expect(errors).toHaveLength(1);
  });

  it("offers no endpoint that is switched off, and no price where there is none", async () => {
    const file = fileOf("0.40");
    await importCatalog(database.db, file, simulated());
    await addModel(database.db, {
      slug: `author/bare-${count}`,
      name: "Bare",
      contextLength: 1_000,
      inputModalities: ["text"],
      outputModalities: ["text"],
    });
    const catalog = newCatalog();
    const snapshot = await catalog.current();
    expect(snapshot.find(`author/bare-${count}`)?.endpoints).toEqual([]);
    expect(snapshot.nearest(`author/bare-${count}`, 1_000)).not.toContain(`author/bare-${count}`);
    expect(snapshot.nearest(`model-${count}`)[0]).toBe(`author/model-${count}`);
    const found = snapshot.find(`author/model-${count}`);
    await database.db
      .update(endpoint)
      .set({ status: "disabled" })
      .where(eq(endpoint.modelId, found?.id ?? ""));
    expect((await catalog.refresh()).find(`author/model-${count}`)?.endpoints).toEqual([]);
    await database.db
      .update(model)
      .set({ status: "hidden" })
      .where(eq(model.id, found?.id ?? ""));
    expect((await catalog.refresh()).find(`author/model-${count}`)).toBeUndefined();
  });
});

describe("operator commands", () => {
  it("never sends a stored key to another host", async () => {
    count += 1;
    const input = { slug: `own-${count}`, name: "Own", kind: "openai-compatible" as const };
    const first = await setProvider(database.db, secretBox, {
      ...input,
      baseUrl: "https://a.example.com/v1/",
      apiKey: "sk-1",
    });
    expect(first).toMatchObject({ created: true, status: "disabled" });
    await expect(
      setProvider(database.db, secretBox, { ...input, baseUrl: "https://b.example.com/v1" }),
    ).rejects.toMatchObject({ code: "invalid_request", param: "apiKey" });
    const kept = await setProvider(database.db, secretBox, {
      ...input,
      baseUrl: "https://a.example.com/v2",
      activate: true,
    });
    expect(kept).toEqual({ id: first.id, created: false, status: "active" });
    const [row] = await keysOf(first.id);
    expect(secretBox.open(row?.ciphertext ?? "")).toBe("sk-1");
    await addCredential(database.db, secretBox, { provider: input.slug, label: "second", apiKey: "sk-2" });
    await setProvider(database.db, secretBox, {
      ...input,
      baseUrl: "https://b.example.com/v1",
      apiKey: "sk-3",
    });
    const inUse = (await keysOf(first.id)).filter(({ state }) => state === "active");
    expect(inUse.map(({ ciphertext }) => secretBox.open(ciphertext))).toEqual(["sk-3"]);
  });

  it.each(["", "two words", "line\nbreak", "ключ"])("refuses %j as an API key", async (apiKey) => {
    await expect(
      setProvider(database.db, secretBox, {
        slug: "own",
        name: "Own",
        kind: "openai-compatible",
        baseUrl: "https://a.example.com/v1",
        apiKey,
      }),
    ).rejects.toMatchObject({ code: "invalid_request" });
  });

  it("adds an endpoint once, and prices as versions", async () => {
    const file = fileOf("0.40");
    await importCatalog(database.db, file, simulated());
    const input = { ...anEndpoint(file, "0.40"), upstreamModel: "other" };
    const added = await addEndpoint(database.db, input, clock.nowMs());
    expect(added).toMatchObject({ created: true, priceVersionAdded: true });
    const again = { id: added.id, created: false, priceVersionAdded: false };
    expect(await addEndpoint(database.db, input, clock.nowMs())).toEqual(again);
    await expect(addEndpoint(database.db, { ...input, model: "no/model" }, 0)).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(
      addModel(database.db, {
        slug: `author/model-${count}`,
        name: "Model",
        contextLength: 1,
        inputModalities: ["text"],
        outputModalities: ["text"],
      }),
    ).rejects.toMatchObject({ code: "conflict" });
  });
});
