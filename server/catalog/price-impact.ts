import { eq, sql } from "drizzle-orm";
import { endpoint, model, provider } from "@/db/schema";
import type { Executor } from "@/server/platform/database";
import type { CatalogFilePrice } from "./catalog-file";
import { usersOf } from "./price-events";
import { priceUsage } from "./price-usage";
import type { PriceVersion } from "./types";
import { isUsageUnit, PROMPT_UNITS, type Units } from "./units";

const DAYS = 30;
const MAX_NAMED = 10;

/** What the last 30 days would have cost an organization with other prices, nano-USD. */
export interface OrganizationImpact {
  readonly organizationId: string;
  readonly name: string;
  readonly requests: number;
  readonly beforeNanoUsd: bigint;
  readonly afterNanoUsd: bigint;
}

export interface PriceImpact {
  readonly organizations: number;
  readonly requests: number;
  /** What was charged, and what it would have been. */
  readonly beforeNanoUsd: bigint;
  readonly afterNanoUsd: bigint;
  readonly supplierBeforeNanoUsd: bigint;
  readonly supplierAfterNanoUsd: bigint;
  /** Those with the greatest difference, at most ten. */
  readonly most: readonly OrganizationImpact[];
  /** Units that were used and have no price in the new list: publishing it would stop requests. */
  readonly unpriced: readonly string[];
}

interface Row extends Record<string, unknown> {
  readonly organization_id: string;
  readonly name: string;
  readonly tier: number;
  readonly requests: number;
  readonly cost: bigint;
  readonly supplier_cost: bigint;
  readonly units: Readonly<Record<string, string>>;
}

/**
 * Prices the real usage of the last 30 days anew, with the arithmetic that prices requests. Usage is summed by
 * organization and by size of prompt before it is priced, so the answer is exact to a nano-dollar a request.
 * @param prices the list that might be published
 */
export async function previewImpact(
  db: Executor,
  nowMs: number,
  input: { readonly endpointId: string; readonly prices: readonly CatalogFilePrice[] },
): Promise<PriceImpact> {
  const [named] = await db
    .select({ model: model.slug, provider: provider.slug })
    .from(endpoint)
    .innerJoin(model, eq(model.id, endpoint.modelId))
    .innerJoin(provider, eq(provider.id, endpoint.providerId))
    .where(eq(endpoint.id, input.endpointId));
  const organizations = named ? await usersOf(db, named, nowMs) : [];
  const version: PriceVersion = { id: "proposed", effectiveFrom: new Date(nowMs), prices: input.prices };
  const tiers = [...new Set(input.prices.map((row) => row.aboveContextTokens))].sort((a, b) => a - b);
  const byOrganization = new Map<string, OrganizationImpact>();
  const unpriced = new Set<string>();
  let [supplierBefore, supplierAfter] = [0n, 0n];
  for (const row of await readUsage(db, nowMs, input.endpointId, organizations, tiers)) {
    const units = toUnits(row.units);
    const missing = unpricedIn(version, units, row.tier);
    for (const unit of missing) unpriced.add(unit);
    const priced = missing.length === 0 ? priceUsage(version, units, row.tier) : null;
    const known = byOrganization.get(row.organization_id);
    byOrganization.set(row.organization_id, {
      organizationId: row.organization_id,
      name: row.name,
      requests: (known?.requests ?? 0) + row.requests,
      beforeNanoUsd: (known?.beforeNanoUsd ?? 0n) + row.cost,
      afterNanoUsd: (known?.afterNanoUsd ?? 0n) + (priced?.costNanoUsd ?? 0n),
    });
    supplierBefore += row.supplier_cost;
    supplierAfter += priced?.supplierCostNanoUsd ?? 0n;
  }
  const all = [...byOrganization.values()].sort((a, b) => compare(difference(b), difference(a)));
  return {
    organizations: all.length,
    requests: all.reduce((sum, each) => sum + each.requests, 0),
    beforeNanoUsd: all.reduce((sum, each) => sum + each.beforeNanoUsd, 0n),
    afterNanoUsd: all.reduce((sum, each) => sum + each.afterNanoUsd, 0n),
    supplierBeforeNanoUsd: supplierBefore,
    supplierAfterNanoUsd: supplierAfter,
    most: all.slice(0, MAX_NAMED),
    unpriced: [...unpriced],
  };
}

const difference = ({ beforeNanoUsd, afterNanoUsd }: OrganizationImpact) =>
  afterNanoUsd > beforeNanoUsd ? afterNanoUsd - beforeNanoUsd : beforeNanoUsd - afterNanoUsd;
const compare = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);

function unpricedIn(version: PriceVersion, units: Units, tier: number): string[] {
  return Object.entries(units).flatMap(([unit, quantity]) => {
    try {
      priceUsage(version, { [unit]: quantity }, tier);
      return [];
    } catch {
      return [unit];
    }
  });
}

function toUnits(texts: Readonly<Record<string, string>>): Units {
  return Object.fromEntries(
    Object.entries(texts).flatMap(([unit, text]) => (isUsageUnit(unit) ? [[unit, BigInt(text)]] : [])),
  );
}

/**
 * Units that were used, summed by organization and by the tier of the new list that the prompt falls into. `tier` of a
 * row is a size of prompt that lies in it.
 */
async function readUsage(
  db: Executor,
  nowMs: number,
  endpointId: string,
  organizations: readonly string[],
  tiers: readonly number[],
): Promise<readonly Row[]> {
  if (organizations.length === 0) return [];
  const from = new Date(nowMs - DAYS * 86_400_000).toISOString();
  const list = (values: readonly (string | number)[]) =>
    sql.join(
      values.map((value) => sql`${value}`),
      sql`, `,
    );
  const { rows } = await db.execute<Row>(sql`
    WITH used AS MATERIALIZED (
      SELECT u.id, u.organization_id, u.cost, u.supplier_cost, u.lines, (
          SELECT coalesce(sum((line->>'quantity')::numeric), 0) FROM jsonb_array_elements(u.lines) line
          WHERE line->>'unit' IN (${list(PROMPT_UNITS)})) AS prompt
      FROM usage_record u
      WHERE u.organization_id IN (${list(organizations)}) AND u.endpoint_id = ${endpointId}
        AND u.id >= first_generation_id(${from}::timestamptz)
    ), tiered AS (
      SELECT used.*, (SELECT coalesce(max(t), 0) + (max(t) > 0)::int FROM unnest(ARRAY[${list(tiers)}]::numeric[]) t
        WHERE t = 0 OR prompt > t)::int AS tier
      FROM used
    ), summed AS (
      SELECT organization_id, tier, line->>'unit' AS unit, sum((line->>'quantity')::numeric) AS quantity
      FROM tiered CROSS JOIN LATERAL jsonb_array_elements(lines) line GROUP BY 1, 2, 3
    )
    SELECT t.organization_id, o.name, t.tier, count(*)::int AS requests,
      sum(t.cost)::bigint AS cost, sum(t.supplier_cost)::bigint AS supplier_cost,
      coalesce((SELECT jsonb_object_agg(s.unit, s.quantity::text) FROM summed s
        WHERE s.organization_id = t.organization_id AND s.tier = t.tier), '{}'::jsonb) AS units
    FROM tiered t JOIN organization o ON o.id = t.organization_id GROUP BY t.organization_id, o.name, t.tier`);
  return rows;
}
