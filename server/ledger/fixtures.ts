import { apiKey, endpoint, model, organization, price, priceVersion, project, provider } from "@/db/schema";
import type { Database } from "@/server/platform/database";
import { newId } from "@/server/platform/ids";
import { creditBalance } from "./balance";
import type { IntentFinish, IntentStart } from "./intents";

/** Ids of one organization with a key and a priced endpoint, for tests of money. */
export interface MoneyFixture {
  readonly organizationId: string;
  readonly projectId: string;
  readonly keyId: string;
  readonly endpointId: string;
  readonly modelSlug: string;
  readonly priceVersionId: string;
}

/** Input $0.40 and output $1.60 per million tokens, in nano-USD per million. */
const FIXTURE_PRICES = { input: 400_000_000n, output: 1_600_000_000n } as const;

export async function createMoneyFixture(db: Database, creditNanoUsd: bigint): Promise<MoneyFixture> {
  const ids = {
    organizationId: newId("organization"),
    projectId: newId("project"),
    keyId: newId("apiKey"),
    endpointId: newId("endpoint"),
    priceVersionId: newId("priceVersion"),
  };
  const providerId = newId("provider");
  const modelId = newId("model");
  const modelSlug = `test/${modelId}`;
  await db.insert(organization).values({ id: ids.organizationId, name: "Test", kind: "personal" });
  await db
    .insert(project)
    .values({ id: ids.projectId, organizationId: ids.organizationId, name: "Default", isDefault: true });
  await db.insert(apiKey).values({
    id: ids.keyId,
    organizationId: ids.organizationId,
    projectId: ids.projectId,
    name: "test",
    secretHash: ids.keyId,
    secretTail: "tail",
  });
  await db.insert(provider).values({
    id: providerId,
    slug: providerId,
    name: "Test",
    kind: "openai-compatible",
    baseUrl: "http://127.0.0.1:1/v1",
  });
  await db
    .insert(model)
    .values({ id: modelId, slug: modelSlug, author: "test", name: "Test", contextLength: 128_000 });
  await db
    .insert(endpoint)
    .values({ id: ids.endpointId, modelId, providerId, upstreamModel: "test", contextLength: 128_000 });
  // A version and its prices are written together: afterwards the version is complete and refuses more.
  await db.transaction(async (tx) => {
    await tx.insert(priceVersion).values({
      id: ids.priceVersionId,
      endpointId: ids.endpointId,
      effectiveFrom: new Date(0),
      source: "test",
      sourceDate: "2026-01-01",
    });
    for (const [unit, amount] of Object.entries(FIXTURE_PRICES)) {
      await tx.insert(price).values({
        priceVersionId: ids.priceVersionId,
        unit,
        platformNanoUsdPerMillion: amount,
        supplierNanoUsdPerMillion: amount,
      });
    }
  });
  if (creditNanoUsd > 0n) {
    await creditBalance(db, {
      organizationId: ids.organizationId,
      kind: "grant",
      bucket: "paid",
      source: newId("order"),
      amountNanoUsd: creditNanoUsd,
    });
  }
  return { ...ids, modelSlug };
}

export function anIntent(
  fixture: MoneyFixture,
  reserved: bigint,
  overrides: Partial<IntentStart> = {},
): IntentStart {
  return {
    id: newId("generation"),
    organizationId: fixture.organizationId,
    projectId: fixture.projectId,
    keyId: fixture.keyId,
    memberId: null,
    leaseId: null,
    modelSlug: fixture.modelSlug,
    endpointId: fixture.endpointId,
    priceVersionId: fixture.priceVersionId,
    reserved,
    tokens: 100,
    ttlMs: 60_000,
    request: {
      requestId: newId("request"),
      api: "chat.completions",
      requestedModel: "test/model",
      streamed: false,
    },
    ...overrides,
  };
}

const ENDING: IntentFinish["ending"] = {
  outcome: "succeeded",
  httpStatus: 200,
  errorCode: null,
  finishReason: "stop",
  providerSlug: "test",
  inputTokens: 0,
  outputTokens: 0,
  attempts: [],
  ttftMs: 1,
  latencyMs: 2,
};

/** A finish that charges `outputTokens` at the fixture's price: 1,600 nano-USD each. */
export function aFinish(fixture: MoneyFixture, id: string, outputTokens: bigint): IntentFinish {
  return {
    id,
    ending: ENDING,
    charge: {
      costNanoUsd: (outputTokens * FIXTURE_PRICES.output) / 1_000_000n,
      supplierCostNanoUsd: 0n,
      lines: [
        {
          unit: "output",
          pricedAs: "output",
          quantity: outputTokens.toString(),
          priceNanoUsdPerMillion: FIXTURE_PRICES.output.toString(),
          aboveContextTokens: 0,
        },
      ],
      endpointId: fixture.endpointId,
      priceVersionId: fixture.priceVersionId,
      basis: "provider",
      rawUsage: null,
    },
  };
}

/** A finish that charges nothing. */
export function aVoid(id: string): IntentFinish {
  return {
    id,
    ending: { ...ENDING, outcome: "failed", httpStatus: 502, errorCode: "upstream_error" },
    charge: null,
  };
}
