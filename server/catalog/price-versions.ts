import { and, desc, eq, inArray, lte } from "drizzle-orm";
import { price, priceVersion } from "@/db/schema";
import type { Executor } from "@/server/platform/database";
import { newId } from "@/server/platform/ids";
import type { CatalogFilePrice } from "./catalog-file";
import { tellOfPrices } from "./price-events";

/** A price list as an operator or the catalogue file gives it. */
export interface PriceList {
  readonly endpointId: string;
  readonly source: string;
  /** The day the supplier's price was read, `YYYY-MM-DD`. */
  readonly sourceDate: string;
  readonly prices: readonly CatalogFilePrice[];
  /** From when on it holds; now when left out. Never in the past: what was charged stays as it was. */
  readonly effectiveFrom?: Date | null;
}

export interface AddedVersion {
  readonly id: string;
  readonly endpointId: string;
  readonly effectiveFrom: Date;
}

/**
 * Adds a version for each list that differs from the version in effect, and tells those whom it concerns. Versions are
 * never edited. Call it in a transaction: a version and its prices become visible together.
 * @returns the versions that were added
 */
export async function addPriceVersions(
  db: Executor,
  lists: readonly PriceList[],
  nowMs: number,
): Promise<readonly AddedVersion[]> {
  const changed = await changedLists(db, lists, nowMs);
  const versions = changed.map(({ list, previous }) => ({
    id: newId("priceVersion"),
    endpointId: list.endpointId,
    // Two changes within a millisecond still have an order.
    effectiveFrom: new Date(
      Math.max(nowMs, list.effectiveFrom?.getTime() ?? 0, (previous?.effectiveFromMs ?? 0) + 1),
    ),
    source: list.source,
    sourceDate: list.sourceDate,
    prices: list.prices,
    previous: previous?.prices ?? null,
  }));
  if (versions.length === 0) return [];
  await db.insert(priceVersion).values(versions.map(({ prices: _, previous: __, ...version }) => version));
  await db
    .insert(price)
    .values(versions.flatMap(({ id, prices }) => prices.map((row) => ({ ...row, priceVersionId: id }))));
  await tellOfPrices(db, versions, nowMs);
  return versions;
}

/** The lists that differ from what is in effect, each with that. */
export async function changedLists(
  db: Executor,
  lists: readonly PriceList[],
  nowMs: number,
): Promise<readonly { readonly list: PriceList; readonly previous: CurrentVersion | null }[]> {
  if (lists.length === 0) return [];
  const current = await currentVersions(db, lists, nowMs);
  return lists
    .map((list) => ({ list, previous: current.get(list.endpointId) ?? null }))
    .filter(({ list, previous }) => previous?.fingerprint !== fingerprint(list.prices));
}

interface CurrentVersion {
  readonly effectiveFromMs: number;
  readonly fingerprint: string;
  readonly prices: readonly (typeof price.$inferSelect)[];
}

async function currentVersions(
  db: Executor,
  lists: readonly PriceList[],
  nowMs: number,
): Promise<Map<string, CurrentVersion>> {
  const endpointIds = lists.map((list) => list.endpointId);
  const inEffect = db
    .selectDistinctOn([priceVersion.endpointId], { id: priceVersion.id })
    .from(priceVersion)
    .where(
      and(inArray(priceVersion.endpointId, endpointIds), lte(priceVersion.effectiveFrom, new Date(nowMs))),
    )
    .orderBy(priceVersion.endpointId, desc(priceVersion.effectiveFrom));
  const rows = await db
    .select({ version: priceVersion, price })
    .from(priceVersion)
    .innerJoin(price, eq(price.priceVersionId, priceVersion.id))
    .where(inArray(priceVersion.id, inEffect));
  const ofEndpoint = new Map<string, { effectiveFromMs: number; prices: (typeof price.$inferSelect)[] }>();
  for (const row of rows) {
    const known = ofEndpoint.get(row.version.endpointId);
    if (known) known.prices.push(row.price);
    else {
      const effectiveFromMs = row.version.effectiveFrom.getTime();
      ofEndpoint.set(row.version.endpointId, { effectiveFromMs, prices: [row.price] });
    }
  }
  return new Map(
    [...ofEndpoint].map(([endpointId, { effectiveFromMs, prices }]) => [
      endpointId,
      { effectiveFromMs, fingerprint: fingerprint(prices), prices },
    ]),
  );
}

/** Equal for equal prices, whatever their order. */
function fingerprint(prices: readonly Omit<typeof price.$inferSelect, "priceVersionId">[]): string {
  return prices
    .map(
      (row) =>
        `${row.unit}>${row.aboveContextTokens}=${row.platformNanoUsdPerMillion}/${row.supplierNanoUsdPerMillion}`,
    )
    .sort()
    .join(" ");
}
