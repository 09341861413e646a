import { desc, eq, gt, inArray, lte, ne, or, type SQL } from "drizzle-orm";
import { endpoint, model, price, priceVersion, provider, providerCredential } from "@/db/schema";
import type { Executor } from "@/server/platform/database";
import type { Price, PriceVersion } from "./types";
import { isUsageUnit, USAGE_UNITS } from "./units";

/** Everything a snapshot is made of, as it is in the database. */
export interface CatalogRows {
  readonly models: readonly (typeof model.$inferSelect)[];
  readonly providers: readonly (typeof provider.$inferSelect)[];
  /** The active ones, oldest first. */
  readonly credentials: readonly (typeof providerCredential.$inferSelect)[];
  readonly endpoints: readonly (typeof endpoint.$inferSelect)[];
  /** Per endpoint: the version in effect at load time and those announced for later, by rising date. */
  readonly versions: ReadonlyMap<string, readonly PriceVersion[]>;
}

/** Reads the whole routable catalogue in five set-based queries. */
export async function loadCatalogRows(db: Executor, nowMs: number): Promise<CatalogRows> {
  const [models, providers, credentials, endpoints, versions] = await Promise.all([
    db.select().from(model).where(ne(model.status, "hidden")).orderBy(model.slug),
    db.select().from(provider).where(eq(provider.status, "active")),
    db
      .select()
      .from(providerCredential)
      .where(eq(providerCredential.state, "active"))
      .orderBy(providerCredential.createdAt, providerCredential.id),
    db.select().from(endpoint).where(eq(endpoint.status, "active")).orderBy(endpoint.priority, endpoint.id),
    loadVersions(db, new Date(nowMs)),
  ]);
  return { models, providers, credentials, endpoints, versions };
}

/** Versions and their prices come from one statement, so that no version is ever seen with half of its prices. */
async function loadVersions(db: Executor, now: Date): Promise<Map<string, PriceVersion[]>> {
  const inEffect = db
    .selectDistinctOn([priceVersion.endpointId], { id: priceVersion.id })
    .from(priceVersion)
    .where(lte(priceVersion.effectiveFrom, now))
    .orderBy(priceVersion.endpointId, desc(priceVersion.effectiveFrom));
  return selectVersions(db, or(gt(priceVersion.effectiveFrom, now), inArray(priceVersion.id, inEffect)));
}

/** Versions by their ids, by endpoint; also those that are no longer in effect. */
export async function loadVersionsById(
  db: Executor,
  ids: readonly string[],
): Promise<Map<string, PriceVersion>> {
  if (ids.length === 0) return new Map();
  const byEndpoint = await selectVersions(db, inArray(priceVersion.id, [...ids]));
  return new Map([...byEndpoint].flatMap(([id, [version]]) => (version ? [[id, version]] : [])));
}

/** Every version of these endpoints, by endpoint and rising date; announced ones too. For pages, not for requests. */
export async function readPriceHistory(
  db: Executor,
  endpointIds: readonly string[],
): Promise<ReadonlyMap<string, readonly PriceVersion[]>> {
  if (endpointIds.length === 0) return new Map();
  return selectVersions(db, inArray(priceVersion.endpointId, [...endpointIds]));
}

async function selectVersions(db: Executor, where: SQL | undefined): Promise<Map<string, PriceVersion[]>> {
  const rows = await db
    .select({ version: priceVersion, price })
    .from(priceVersion)
    .innerJoin(price, eq(price.priceVersionId, priceVersion.id))
    .where(where)
    .orderBy(priceVersion.effectiveFrom, priceVersion.id, price.aboveContextTokens);

  const byEndpoint = new Map<string, PriceVersion[]>();
  const pricesOf = new Map<string, Price[]>();
  for (const row of rows) {
    let prices = pricesOf.get(row.version.id);
    if (!prices) {
      prices = [];
      pricesOf.set(row.version.id, prices);
      const { id, endpointId, effectiveFrom } = row.version;
      const versions = byEndpoint.get(endpointId) ?? [];
      versions.push({ id, effectiveFrom, prices });
      byEndpoint.set(endpointId, versions);
    }
    // A unit of a newer release of this program has no meaning here; what it would price counts as not priced.
    if (isUsageUnit(row.price.unit)) prices.push({ ...priceOf(row.price), unit: row.price.unit });
  }
  for (const prices of pricesOf.values()) prices.sort(inUnitOrder);
  return byEndpoint;
}

/** As people read a price list: input before output. Stable, so tiers stay in rising order. */
function inUnitOrder(a: Price, b: Price): number {
  return USAGE_UNITS.indexOf(a.unit) - USAGE_UNITS.indexOf(b.unit);
}

function priceOf(row: typeof price.$inferSelect): Omit<Price, "unit"> {
  return {
    aboveContextTokens: row.aboveContextTokens,
    platformNanoUsdPerMillion: row.platformNanoUsdPerMillion,
    supplierNanoUsdPerMillion: row.supplierNanoUsdPerMillion,
  };
}
