import { eq, inArray, sql } from "drizzle-orm";
import { endpoint, model, provider } from "@/db/schema";
import { emitEventToAll } from "@/server/events";
import type { Executor } from "@/server/platform/database";
import { toDecimalUsd } from "@/server/platform/money";

/** Who used a model at a provider in this time hears of its price. */
const USED_DAYS = 30;

export interface PriceOf {
  readonly unit: string;
  readonly aboveContextTokens: number;
  readonly platformNanoUsdPerMillion: bigint;
}

export interface NewVersion {
  readonly id: string;
  readonly endpointId: string;
  readonly effectiveFrom: Date;
  readonly prices: readonly PriceOf[];
  /** The list that it replaces; null for the first one, of which nobody has to be told. */
  readonly previous: readonly PriceOf[] | null;
}

export interface PriceDifference {
  readonly unit: string;
  readonly from_usd_per_million: string | null;
  readonly to_usd_per_million: string | null;
}

/** What a customer pays otherwise, a unit each; a price for long prompts is named `input>200000`. */
export function differencesOf(
  before: readonly PriceOf[],
  after: readonly PriceOf[],
): readonly PriceDifference[] {
  const nameOf = (row: PriceOf) =>
    row.aboveContextTokens === 0 ? row.unit : `${row.unit}>${row.aboveContextTokens}`;
  const byName = (rows: readonly PriceOf[]) =>
    new Map(rows.map((row) => [nameOf(row), row.platformNanoUsdPerMillion]));
  const [old, fresh] = [byName(before), byName(after)];
  const text = (amount: bigint | undefined) => (amount === undefined ? null : toDecimalUsd(amount));
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .filter((name) => old.get(name) !== fresh.get(name))
    .map((name) => ({
      unit: name,
      from_usd_per_million: text(old.get(name)),
      to_usd_per_million: text(fresh.get(name)),
    }));
}

/**
 * Tells everybody who used them lately of new price versions, in the transaction that publishes them. A version that
 * changes nothing for customers (a supplier's price) is told to nobody.
 */
export async function tellOfPrices(
  tx: Executor,
  versions: readonly NewVersion[],
  nowMs: number,
): Promise<void> {
  const told = versions.flatMap((version) => {
    const changes = version.previous === null ? [] : differencesOf(version.previous, version.prices);
    return changes.length === 0 ? [] : [{ version, changes }];
  });
  if (told.length === 0) return;
  const names = await tx
    .select({ id: endpoint.id, model: model.slug, provider: provider.slug })
    .from(endpoint)
    .innerJoin(model, eq(model.id, endpoint.modelId))
    .innerJoin(provider, eq(provider.id, endpoint.providerId))
    .where(
      inArray(
        endpoint.id,
        told.map(({ version }) => version.endpointId),
      ),
    );
  const nameOf = new Map(names.map((row) => [row.id, row]));
  for (const { version, changes } of told) {
    const named = nameOf.get(version.endpointId);
    if (!named) continue;
    await emitEventToAll(tx, await usersOf(tx, named, nowMs), {
      type: "price.changed",
      data: {
        model: named.model,
        provider: named.provider,
        effective_from: version.effectiveFrom.toISOString(),
        price_version_id: version.id,
        changes: [...changes],
      },
    });
  }
}

/** Organizations that used a model at a provider in the last 30 days. */
export async function usersOf(
  db: Executor,
  named: { readonly model: string; readonly provider: string },
  nowMs: number,
): Promise<string[]> {
  const { rows } = await db.execute<{ id: string }>(sql`
    SELECT DISTINCT organization_id AS id FROM usage_by_hour
    WHERE model_slug = ${named.model} AND provider_slug = ${named.provider}
      AND hour >= ${new Date(nowMs - USED_DAYS * 86_400_000).toISOString()}::timestamptz
    ORDER BY 1`);
  return rows.map(({ id }) => id);
}
