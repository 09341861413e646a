import type { SecretBox } from "@/server/platform/secret-box";
import type { CredentialRotation } from "./credential-rotation";
import type { CatalogRows } from "./load";
import { nearestSlugs } from "./nearest";
import type { CatalogEndpoint, CatalogModel, CatalogProvider, PriceVersion } from "./types";

/** The catalogue at one moment. Immutable; a request that holds one keeps its prices, whatever happens to the table. */
export interface CatalogSnapshot {
  /** By slug. Also those without an endpoint that can be called right now. */
  readonly models: readonly CatalogModel[];
  find(slug: string): CatalogModel | undefined;
  /** The slugs most like this one, of models that can be called. */
  nearest(slug: string, count?: number): string[];
  /** When the next announced price takes effect, in ms since the epoch; null when none is announced. */
  readonly nextPriceChangeMs: number | null;
}

/**
 * Builds the snapshot of one moment from the rows. Pure; built again from the same rows when a price takes effect.
 * @param providers one object per provider, made by `toProviders`, so that credentials are opened once per load
 */
export function buildSnapshot(
  rows: CatalogRows,
  providers: ReadonlyMap<string, CatalogProvider>,
  nowMs: number,
): CatalogSnapshot {
  const endpointsOf = new Map<string, CatalogEndpoint[]>();
  for (const row of rows.endpoints) {
    const provider = providers.get(row.providerId);
    if (!provider) continue;
    const endpoints = endpointsOf.get(row.modelId) ?? [];
    endpoints.push({
      id: row.id,
      upstreamModel: row.upstreamModel,
      contextLength: row.contextLength,
      maxOutputTokens: row.maxOutputTokens,
      priority: row.priority,
      weight: row.weight,
      quantization: row.quantization,
      healthOverride: row.healthOverride,
      provider,
      priceVersion: versionAt(rows.versions.get(row.id) ?? [], nowMs),
    });
    endpointsOf.set(row.modelId, endpoints);
  }
  const models = rows.models.map((row) => toModel(row, endpointsOf.get(row.id) ?? []));
  const bySlug = new Map(models.map((model) => [model.slug, model]));
  const callable = models.filter(isCallable).map((model) => model.slug);
  return {
    models,
    find: (slug) => bySlug.get(slug),
    nearest: (slug, count = 3) => nearestSlugs(callable, slug, count),
    nextPriceChangeMs: nextChangeMs(rows, nowMs),
  };
}

/** True when a request for the model can be answered: some active endpoint has a price. */
export function isCallable(model: CatalogModel): boolean {
  return model.endpoints.some((endpoint) => endpoint.priceVersion !== null);
}

export function toProviders(
  rows: CatalogRows,
  secretBox: SecretBox,
  rotation: CredentialRotation,
): Map<string, CatalogProvider> {
  const keysOf = new Map<string, Map<string, () => string>>();
  for (const { id, providerId, ciphertext } of rows.credentials) {
    let opened: string | null = null;
    const open = () => {
      opened ??= secretBox.open(ciphertext);
      return opened;
    };
    const keys = keysOf.get(providerId) ?? new Map<string, () => string>();
    keysOf.set(providerId, keys.set(id, open));
  }
  return new Map(
    rows.providers.map((row) => {
      const keys = keysOf.get(row.id) ?? new Map<string, () => string>();
      const ids = [...keys.keys()];
      const credential = () => {
        const id = rotation.next(row.id, ids);
        const open = id === undefined ? undefined : keys.get(id);
        if (id === undefined || !open) return null;
        return { secret: open(), rest: (ms: number) => rotation.rest(id, ids, ms) };
      };
      const { id, slug, name, kind, baseUrl, profile, isSimulated, trainsOnPrompts, retentionDays, regions } =
        row;
      const dataPolicy = { trainsOnPrompts, retentionDays, regions };
      return [id, { id, slug, name, kind, baseUrl, profile, isSimulated, dataPolicy, credential }];
    }),
  );
}

function toModel(row: CatalogRows["models"][number], endpoints: readonly CatalogEndpoint[]): CatalogModel {
  const { status, ...fields } = row;
  return { ...fields, status: status === "deprecated" ? "deprecated" : "active", endpoints };
}

function versionAt(versions: readonly PriceVersion[], nowMs: number): PriceVersion | null {
  return versions.findLast((version) => version.effectiveFrom.getTime() <= nowMs) ?? null;
}

function nextChangeMs(rows: CatalogRows, nowMs: number): number | null {
  let next: number | null = null;
  for (const versions of rows.versions.values()) {
    for (const version of versions) {
      const atMs = version.effectiveFrom.getTime();
      if (atMs > nowMs && (next === null || atMs < next)) next = atMs;
    }
  }
  return next;
}
