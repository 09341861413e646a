// Harm prevented: a price that one person alone puts in force, that customers hear of only on their bill, or whose effect
// was told wrongly to whoever decided.
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { endpoint, priceProposal, priceVersion, provider, user } from "@/db/schema";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { createIntents, rotateLease } from "@/server/ledger";
import { aFinish, anIntent, createMoneyFixture, type MoneyFixture } from "@/server/ledger/fixtures";
import { systemClock } from "@/server/platform/clock";
import { newId } from "@/server/platform/ids";
import {
  type Decider,
  importForReview,
  listProposals,
  previewImpact,
  previewImport,
  proposePrices,
  publishPrices,
  withdrawPrices,
} from ".";

const clock = systemClock;
let database: TestDatabase;
let fixture: MoneyFixture;
let providerSlug = "";
let [ada, bob]: Decider[] = [];
const USD = 1_000_000_000n;

async function operator(name: string): Promise<Decider> {
  const userId = newId("user");
  await database.db
    .insert(user)
    .values({ id: userId, email: `${userId}@example.com`, name, isOperator: true });
  return { userId, audit: { kind: "operator", id: userId, label: name, ip: null } };
}

/** One request with so many tokens of each unit, settled and folded. */
async function use(inputTokens: bigint, outputTokens: bigint): Promise<void> {
  const rotation = await rotateLease(database.pool, fixture.organizationId, USD);
  if (rotation.verdict !== "ok") throw new Error("no lease");
  const intents = createIntents(database.pool);
  const intent = anIntent(fixture, USD / 2n, { leaseId: rotation.leaseId });
  await intents.start(intent);
  const finish = aFinish(fixture, intent.id, outputTokens);
  if (!finish.charge) throw new Error("no charge");
  const input = {
    unit: "input",
    pricedAs: "input",
    quantity: inputTokens.toString(),
    priceNanoUsdPerMillion: "400000000",
    aboveContextTokens: 0,
  };
  const cost = (inputTokens * 400n + outputTokens * 1_600n) as bigint;
  await intents.finish({
    ...finish,
    ending: { ...finish.ending, providerSlug },
    charge: { ...finish.charge, costNanoUsd: cost, lines: [input, ...finish.charge.lines] },
  });
}

beforeAll(async () => {
  database = await testDatabase({ maxConnections: 10 });
  fixture = await createMoneyFixture(database.db, 10n * USD);
  const [own] = await database.db
    .select({ slug: provider.slug })
    .from(provider)
    .innerJoin(endpoint, eq(endpoint.providerId, provider.id))
    .where(eq(endpoint.id, fixture.endpointId));
  providerSlug = own?.slug ?? "";
  [ada, bob] = [await operator("Ada"), await operator("Bob")];
  await use(1_000n, 500n);
  await use(250_000n, 2_000n);
});
afterAll(() => database.close());

const list = (input: string, output: string) => [
  { unit: "input" as const, usdPerMillion: input, supplierUsdPerMillion: "0.10" },
  { unit: "output" as const, usdPerMillion: output, supplierUsdPerMillion: "1.00" },
];
const wish = (input: string, output: string, effectiveFrom: Date | null = null) => ({
  endpointId: fixture.endpointId,
  effectiveFrom,
  source: "https://example.com/prices",
  sourceDate: "2026-11-25",
  note: "The supplier is cheaper now",
  prices: list(input, output),
});
const inTx = <T>(work: (tx: Parameters<Parameters<typeof database.db.transaction>[0]>[0]) => Promise<T>) =>
  database.db.transaction(work);
const who = (decider: Decider | undefined): Decider => {
  if (!decider) throw new Error("no operator");
  return decider;
};
const told = async () =>
  (await database.pool.query("SELECT organization_id, data FROM event WHERE type = 'price.changed'")).rows;

describe("a price", () => {
  it("takes two people, also for whoever writes past the procedure", async () => {
    const { id } = await inTx((tx) => proposePrices(tx, clock, who(ada), wish("0.30", "1.20")));
    await expect(inTx((tx) => publishPrices(tx, clock, who(ada), { proposalId: id }))).rejects.toMatchObject({
      code: "permission_denied",
    });
    await expect(
      database.db
        .update(priceProposal)
        .set({ status: "published", decidedBy: who(ada).userId })
        .where(eq(priceProposal.id, id)),
    ).rejects.toThrow();
    expect(await told()).toEqual([]);
    // Of many at once one decides.
    const both = await Promise.allSettled(
      [bob, bob, bob].map((by) => inTx((tx) => publishPrices(tx, clock, who(by), { proposalId: id }))),
    );
    expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const versions = await database.db
      .select()
      .from(priceVersion)
      .where(eq(priceVersion.endpointId, fixture.endpointId));
    expect(versions).toHaveLength(2);
    const [first] = await listProposals(database.db);
    expect(first).toMatchObject({ status: "published", proposedByUserId: who(ada).userId });
  });

  it("is told to those who used the model, with what changes", async () => {
    expect(await told()).toMatchObject([
      {
        organization_id: fixture.organizationId,
        data: {
          model: fixture.modelSlug,
          provider: providerSlug,
          changes: [
            { unit: "input", from_usd_per_million: "0.40", to_usd_per_million: "0.30" },
            { unit: "output", from_usd_per_million: "1.60", to_usd_per_million: "1.20" },
          ],
        },
      },
    ]);
  });

  it("begins at its date, never in the past, and one proposal at a time waits for an endpoint", async () => {
    const yesterday = new Date(clock.nowMs() - 86_400_000);
    await expect(
      inTx((tx) => proposePrices(tx, clock, who(ada), wish("1", "1", yesterday))),
    ).rejects.toMatchObject({ param: "effectiveFrom" });
    const next = new Date(clock.nowMs() + 7 * 86_400_000);
    const { id } = await inTx((tx) => proposePrices(tx, clock, who(bob), wish("0.50", "2.00", next)));
    await expect(inTx((tx) => proposePrices(tx, clock, who(ada), wish("1", "1")))).rejects.toMatchObject({
      code: "conflict",
    });
    const { priceVersionId } = await inTx((tx) => publishPrices(tx, clock, who(ada), { proposalId: id }));
    const [version] = await database.db
      .select()
      .from(priceVersion)
      .where(eq(priceVersion.id, priceVersionId ?? ""));
    expect(version?.effectiveFrom).toEqual(next);
  });
});

describe("the impact", () => {
  it("is what the real usage would have cost, tier by tier, with margin", async () => {
    const prices = [
      {
        unit: "input" as const,
        aboveContextTokens: 0,
        platformNanoUsdPerMillion: USD,
        supplierNanoUsdPerMillion: USD / 2n,
      },
      {
        unit: "input" as const,
        aboveContextTokens: 200_000,
        platformNanoUsdPerMillion: 2n * USD,
        supplierNanoUsdPerMillion: USD,
      },
      {
        unit: "output" as const,
        aboveContextTokens: 0,
        platformNanoUsdPerMillion: 4n * USD,
        supplierNanoUsdPerMillion: USD,
      },
    ];
    const impact = await previewImpact(database.db, clock.nowMs(), {
      endpointId: fixture.endpointId,
      prices,
    });
    // 1,000 × $1 + 250,000 × $2 + 2,500 × $4, a million.
    expect(impact).toMatchObject({
      organizations: 1,
      requests: 2,
      beforeNanoUsd: 251_000n * 400n + 2_500n * 1_600n,
      afterNanoUsd: 1_000n * 1_000n + 250_000n * 2_000n + 2_500n * 4_000n,
      supplierAfterNanoUsd: 1_000n * 500n + 250_000n * 1_000n + 2_500n * 1_000n,
      unpriced: [],
    });
    expect(impact.most).toMatchObject([{ organizationId: fixture.organizationId, requests: 2 }]);
    const onlyOutput = prices.slice(2);
    expect(
      (
        await previewImpact(database.db, clock.nowMs(), {
          endpointId: fixture.endpointId,
          prices: onlyOutput,
        })
      ).unpriced,
    ).toEqual(["input"]);
  });
});

describe("an import in the console", () => {
  const file = (usd: string) => ({
    version: 1,
    providers: [
      { slug: "host", name: "Host", kind: "openai-compatible", baseUrl: "https://api.example.com/v1" },
    ],
    models: [
      {
        slug: "author/imported",
        name: "Imported",
        contextLength: 1_000,
        inputModalities: ["text"],
        outputModalities: ["text"],
        endpoints: [
          {
            provider: "host",
            upstreamModel: "imported",
            source: "https://example.com",
            sourceDate: "2026-11-25",
            prices: [
              { unit: "input", usdPerMillion: usd },
              { unit: "output", usdPerMillion: "2" },
            ],
          },
        ],
      },
    ],
  });

  it("shows what it would do and does nothing; done, its prices wait for somebody else", async () => {
    const seen = await previewImport(database.db, clock, who(ada), file("1"));
    expect(seen).toMatchObject({
      created: { providers: ["host"], models: ["author/imported"] },
      prices: [{ model: "author/imported", provider: "host", isNew: true, isPassedOver: false }],
    });
    expect(await database.db.select().from(provider).where(eq(provider.slug, "host"))).toEqual([]);
    const before = (await database.db.select().from(priceVersion)).length;
    const done = await inTx((tx) => importForReview(tx, clock, who(ada), file("1")));
    expect(done).toEqual(seen);
    expect(await database.db.select().from(priceVersion)).toHaveLength(before);
    const again = await previewImport(database.db, clock, who(bob), file("1.5"));
    expect(again).toMatchObject({ created: { models: [] }, prices: [{ isPassedOver: true }] });
    const open = (await listProposals(database.db)).filter(({ status }) => status === "proposed");
    expect(open).toMatchObject([{ model: "author/imported", provider: "host" }]);
    await inTx((tx) => withdrawPrices(tx, clock, who(ada), { proposalId: open[0]?.id ?? "" }));
    const trail = await database.pool.query(
      "SELECT action FROM audit_event WHERE chain = 'platform' AND actor_kind = 'operator' ORDER BY sequence",
    );
    expect(trail.rows.map(({ action }) => action).slice(-3)).toEqual([
      "catalog.price_proposed",
      "catalog.imported",
      "catalog.price_withdrawn",
    ]);
  });
});
