import { and, asc, desc, eq, gt, inArray, lte, or, sql } from "drizzle-orm";
import { endpoint, model, price, priceVersion, provider, providerCredential } from "@/db/schema";
import type { Executor } from "@/server/platform/database";
import { contains } from "@/server/platform/matching";

const MAX_MODELS = 100;

/** Providers with their keys: never the keys themselves. */
export async function listProviders(db: Executor) {
  const providers = await db
    .select({
      id: provider.id,
      slug: provider.slug,
      name: provider.name,
      kind: provider.kind,
      baseUrl: provider.baseUrl,
      profile: provider.profile,
      isSimulated: provider.isSimulated,
      trainsOnPrompts: provider.trainsOnPrompts,
      retentionDays: provider.retentionDays,
      regions: provider.regions,
      status: provider.status,
      endpoints: sql<number>`(SELECT count(*)::int FROM ${endpoint} e WHERE e.provider_id = provider.id)`,
    })
    .from(provider)
    .orderBy(asc(provider.status), asc(provider.slug));
  const credentials = await db
    .select({
      id: providerCredential.id,
      providerId: providerCredential.providerId,
      label: providerCredential.label,
      state: providerCredential.state,
      createdAt: providerCredential.createdAt,
      disabledAt: providerCredential.disabledAt,
    })
    .from(providerCredential)
    .orderBy(asc(providerCredential.state), asc(providerCredential.createdAt));
  return providers.map((each) => ({
    ...each,
    credentials: credentials.filter(({ providerId }) => providerId === each.id),
  }));
}

/** Models with all of their endpoints, switched off or not. @param text part of a model's or a provider's slug */
export async function listModels(db: Executor, text: string) {
  const atProvider = db
    .select({ id: endpoint.modelId })
    .from(endpoint)
    .innerJoin(provider, eq(provider.id, endpoint.providerId))
    .where(contains(text, provider.slug));
  const models = await db
    .select({
      id: model.id,
      slug: model.slug,
      name: model.name,
      status: model.status,
      contextLength: model.contextLength,
    })
    .from(model)
    .where(text === "" ? undefined : or(contains(text, model.slug), inArray(model.id, atProvider)))
    .orderBy(asc(model.slug))
    .limit(MAX_MODELS + 1);
  const shown = models.slice(0, MAX_MODELS);
  const endpoints = await endpointsOf(
    db,
    shown.map(({ id }) => id),
  );
  return {
    models: shown.map((each) => ({
      ...each,
      endpoints: endpoints.filter(({ modelId }) => modelId === each.id),
    })),
    hasMore: models.length > MAX_MODELS,
  };
}

async function endpointsOf(db: Executor, modelIds: readonly string[]) {
  if (modelIds.length === 0) return [];
  return db
    .select({
      id: endpoint.id,
      modelId: endpoint.modelId,
      provider: provider.slug,
      isSimulated: provider.isSimulated,
      providerStatus: provider.status,
      upstreamModel: endpoint.upstreamModel,
      priority: endpoint.priority,
      weight: endpoint.weight,
      status: endpoint.status,
      healthOverride: endpoint.healthOverride,
    })
    .from(endpoint)
    .innerJoin(provider, eq(provider.id, endpoint.providerId))
    .where(inArray(endpoint.modelId, [...modelIds]))
    .orderBy(asc(endpoint.priority), asc(provider.slug));
}

/** An endpoint with its price list in effect, and those announced for later. Null when there is none. */
export async function readEndpointPrices(db: Executor, nowMs: number, endpointId: string) {
  const [found] = await db
    .select({
      id: endpoint.id,
      model: model.slug,
      provider: provider.slug,
      upstreamModel: endpoint.upstreamModel,
      contextLength: endpoint.contextLength,
      maxOutputTokens: endpoint.maxOutputTokens,
      status: endpoint.status,
      priority: endpoint.priority,
    })
    .from(endpoint)
    .innerJoin(model, eq(model.id, endpoint.modelId))
    .innerJoin(provider, eq(provider.id, endpoint.providerId))
    .where(eq(endpoint.id, endpointId));
  if (!found) return null;
  const now = new Date(nowMs);
  const [inEffect] = await db
    .select()
    .from(priceVersion)
    .where(and(eq(priceVersion.endpointId, endpointId), lte(priceVersion.effectiveFrom, now)))
    .orderBy(desc(priceVersion.effectiveFrom))
    .limit(1);
  const announced = await db
    .select()
    .from(priceVersion)
    .where(and(eq(priceVersion.endpointId, endpointId), gt(priceVersion.effectiveFrom, now)))
    .orderBy(asc(priceVersion.effectiveFrom));
  const versions = inEffect ? [inEffect, ...announced] : announced;
  const prices = versions.length
    ? await db
        .select()
        .from(price)
        .where(
          inArray(
            price.priceVersionId,
            versions.map(({ id }) => id),
          ),
        )
        .orderBy(asc(price.unit), asc(price.aboveContextTokens))
    : [];
  const withPrices = (version: (typeof versions)[number]) => ({
    ...version,
    prices: prices.filter(({ priceVersionId }) => priceVersionId === version.id),
  });
  return {
    ...found,
    inEffect: inEffect ? withPrices(inEffect) : null,
    announced: announced.map(withPrices),
  };
}

/** Shows a model, warns of it, or hides it from everybody. @returns the status before; null when there is no such model */
export async function setModelStatus(
  tx: Executor,
  input: { readonly modelId: string; readonly status: "active" | "deprecated" | "hidden" },
): Promise<{ readonly slug: string; readonly before: string } | null> {
  const [found] = await tx.select().from(model).where(eq(model.id, input.modelId)).for("update");
  if (!found) return null;
  await tx.update(model).set({ status: input.status }).where(eq(model.id, found.id));
  return { slug: found.slug, before: found.status };
}
