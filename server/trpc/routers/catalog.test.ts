// Harm prevented: supplier prices, upstream addresses or credentials shown to the public, or a model listed that cannot be called.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCatalog, importCatalog, setProvider } from "@/server/catalog";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { manualClock } from "@/server/platform/clock";
import { createSecretBox } from "@/server/platform/secret-box";
import type { TrpcContext } from "../context";
import { createCallerFactory } from "../init";
import { catalogRouter } from "./catalog";

const clock = manualClock();
const secretBox = createSecretBox("a secret for the tests of the router");
let database: TestDatabase;
const createCaller = createCallerFactory(catalogRouter);
let caller: ReturnType<typeof createCaller>;

beforeAll(async () => {
  database = await testDatabase();
  const seed: unknown = JSON.parse(readFileSync("db/seed/catalogue.json", "utf8"));
  await importCatalog(database.db, seed, {
    nowMs: clock.nowMs(),
    simulatedBaseUrl: "http://127.0.0.1:4010/v1",
  });
  await setProvider(database.db, secretBox, {
    slug: "groq",
    name: "Groq",
    kind: "openai-compatible",
    baseUrl: "https://upstream.example.com/v1",
    apiKey: "sk-very-secret",
    activate: true,
  });
  await setProvider(database.db, secretBox, {
    slug: "xai",
    name: "xAI",
    kind: "openai-compatible",
    baseUrl: "https://upstream.example.com/v1",
    activate: false,
  });
  const catalog = createCatalog({ db: database.db, clock, secretBox });
  caller = createCaller({
    services: { catalog, clock, db: database.db },
    actor: null,
  } as unknown as TrpcContext);
});
afterAll(() => database.close());

describe("catalog.models", () => {
  it("lists every model that can be called, with its prices, to anybody", async () => {
    const models = await caller.models();
    expect(models.length).toBeGreaterThanOrEqual(60);
    expect(models.map((model) => model.slug)).toEqual(models.map((model) => model.slug).sort());
    const mini = models.find((model) => model.slug === "openai/gpt-4.1-mini");
    expect(mini).toMatchObject({ name: "GPT-4.1 mini", author: "openai", contextLength: 1_047_576 });
    expect(mini?.endpoints[0]?.provider).toEqual({ slug: "openai", name: "OpenAI", isSimulated: true });
    expect(mini?.endpoints[0]?.prices).toEqual([
      { unit: "input", aboveContextTokens: 0, platformNanoUsdPerMillion: 400_000_000n },
      { unit: "cached_input", aboveContextTokens: 0, platformNanoUsdPerMillion: 100_000_000n },
      { unit: "output", aboveContextTokens: 0, platformNanoUsdPerMillion: 1_600_000_000n },
    ]);
    expect(models.some((model) => model.author === "x-ai")).toBe(false);
  });

  it("never shows what is nobody's business", async () => {
    const shown = [
      await caller.models(),
      await caller.providers(),
      await caller.model({ slug: "x-ai/grok-4.3" }),
    ];
    const text = JSON.stringify(shown, (_, value) => (typeof value === "bigint" ? `${value}` : value));
    for (const secret of [
      "supplier",
      "baseUrl",
      "127.0.0.1",
      "upstream.example.com",
      "credential",
      "sk-very-secret",
    ]) {
      expect(text).not.toContain(secret);
    }
  });

  it.each([
    [{ search: "gpt-4.1 MINI" }, ["openai/gpt-4.1-mini"]],
    [{ search: "%" }, []],
    [{ provider: "cerebras" }, ["google/gemma-4-31b-it", "openai/gpt-oss-120b"]],
    [{ provider: "xai" }, []],
    [{ provider: "cerebras", modality: "image" as const }, ["google/gemma-4-31b-it"]],
    [{ provider: "cerebras", maxInputNanoUsd: 400_000_000n }, ["openai/gpt-oss-120b"]],
    [{ search: "openai", output: "speech", parameter: "instructions" }, ["openai/gpt-4o-mini-tts"]],
    [{ search: "gpt-4.1", minContextTokens: 1_100_000 }, []],
  ])("filters, case %#", async (filter, expected) => {
    expect((await caller.models(filter)).map((model) => model.slug)).toEqual(expected);
  });
});

describe("catalog.model", () => {
  it("answers one model, also while nobody serves it", async () => {
    expect((await caller.model({ slug: "openai/gpt-oss-120b" })).endpoints.length).toBeGreaterThan(4);
    expect((await caller.model({ slug: "x-ai/grok-4.3" })).endpoints).toEqual([]);
  });

  it("names the nearest for an unknown one", async () => {
    await expect(caller.model({ slug: "openai/gpt-4.1-mni" })).rejects.toMatchObject({
      cause: {
        code: "model_not_found",
        metadata: { nearest: expect.arrayContaining(["openai/gpt-4.1-mini"]) },
      },
    });
  });
});

describe("catalog.priceHistory", () => {
  it("has every version in order, announced ones too, and never what we pay", async () => {
    const { pool } = database;
    const { rows } = await pool.query(
      `SELECT e.id FROM endpoint e JOIN model m ON m.id = e.model_id JOIN provider p ON p.id = e.provider_id
       WHERE m.slug = 'openai/gpt-4.1-mini' AND p.slug = 'openai'`,
    );
    const endpointId: string = rows[0].id;
    const at = (days: number) => new Date(clock.nowMs() + days * 86_400_000);
    for (const [id, days, nanoUsd] of [
      ["prc_old", -30, 900],
      ["prc_new", 30, 300],
    ] as const) {
      await pool.query(
        `WITH version AS (INSERT INTO price_version (id, endpoint_id, effective_from, source, source_date)
           VALUES ($1, $2, $3, 'test', '2026-01-01'))
         INSERT INTO price (price_version_id, unit, platform_nano_usd_per_million, supplier_nano_usd_per_million)
         VALUES ($1, 'input', $4, 77777)`,
        [id, endpointId, at(days), nanoUsd],
      );
    }
    const history = await createCaller({
      services: { clock, db: database.db, catalog: createCatalog({ db: database.db, clock, secretBox }) },
      actor: null,
    } as unknown as TrpcContext).priceHistory({ slug: "openai/gpt-4.1-mini" });
    const own = history.endpoints.find((one) => one.endpointId === endpointId);
    expect(
      own?.versions.map(
        ({ prices }) => prices.find(({ unit }) => unit === "input")?.platformNanoUsdPerMillion,
      ),
    ).toEqual([900n, 400_000_000n, 300n]);
    expect(Object.keys(own?.versions[0]?.prices[0] ?? {})).toEqual([
      "unit",
      "aboveContextTokens",
      "platformNanoUsdPerMillion",
    ]);
  });

  it("is empty for a name that is none", async () => {
    expect((await caller.priceHistory({ slug: "nobody/nothing" })).endpoints).toEqual([]);
  });
});

describe("catalog.providers", () => {
  it("lists those that serve something now", async () => {
    const providers = await caller.providers();
    expect(providers.length).toBeGreaterThanOrEqual(12);
    expect(providers).toContainEqual({
      slug: "groq",
      name: "Groq",
      isSimulated: false,
      modelCount: expect.any(Number),
    });
    expect(providers.some((provider) => provider.slug === "xai")).toBe(false);
  });
});
