import { eq, inArray, sql } from "drizzle-orm";
import { endpoint, model, provider, providerCredential } from "@/db/schema";
import type { Database, Executor } from "@/server/platform/database";
import { newId } from "@/server/platform/ids";
import { parseBaseUrl } from "./base-url";
import { type CatalogFile, parseCatalogFile } from "./catalog-file";
import { addPriceVersions, type PriceList } from "./price-versions";

/** What an import changed. A second import of the same file changes nothing. */
export interface ImportSummary {
  readonly providers: { readonly created: number; readonly updated: number };
  readonly models: { readonly created: number; readonly updated: number };
  readonly endpoints: { readonly created: number; readonly updated: number };
  readonly priceVersions: { readonly created: number };
}

export interface ImportOptions {
  readonly nowMs: number;
  /** Development: every provider that is not a real one already is answered by this simulator, and active. */
  readonly simulatedBaseUrl?: string;
}

/**
 * Brings the catalogue up to a file, in one transaction. It adds and updates, and never removes. What an operator set
 * stays as it is: a provider's base URL, credential and status, an endpoint's priority and status, a model's status.
 * A price that differs becomes a new version, effective now.
 * @param content the parsed JSON of a catalogue file
 * @throws AppError invalid_request when the file is not valid
 */
export async function importCatalog(
  db: Database,
  content: unknown,
  options: ImportOptions,
): Promise<ImportSummary> {
  const file = parseCatalogFile(content);
  const simulatedBaseUrl =
    options.simulatedBaseUrl === undefined ? null : parseBaseUrl(options.simulatedBaseUrl);
  return db.transaction(async (tx) => {
    const { priceLists, counts } = await importNouns(tx, file, simulatedBaseUrl);
    const added = await addPriceVersions(tx, priceLists, options.nowMs);
    return { ...counts, priceVersions: { created: added.length } };
  });
}

/** Everything of a file but its prices, in the caller's transaction. @returns what changed, and the file's price lists */
export async function importNouns(tx: Executor, file: CatalogFile, simulatedBaseUrl: string | null) {
  // One import at a time: two would both see the old prices and add the same version.
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('catalog import', 0))`);
  const providers = await importProviders(tx, file, simulatedBaseUrl);
  const models = await importModels(tx, file);
  const endpoints = await importEndpoints(tx, file, providers.idOf, models.idOf);
  return {
    priceLists: endpoints.priceLists,
    created: { providers: providers.created, models: models.created },
    counts: { providers: providers.counts, models: models.counts, endpoints: endpoints.counts },
  };
}

async function importProviders(db: Executor, file: CatalogFile, simulatedBaseUrl: string | null) {
  const existing = await db.select().from(provider);
  const keyed = new Set((await db.select().from(providerCredential)).map((row) => row.providerId));
  const bySlug = new Map(existing.map((row) => [row.slug, row]));
  const idOf = new Map(existing.map((row) => [row.slug, row.id]));
  const fresh: (typeof provider.$inferInsert)[] = [];
  let updated = 0;
  for (const wanted of file.providers) {
    const known = bySlug.get(wanted.slug);
    if (!known) {
      const id = newId("provider");
      idOf.set(wanted.slug, id);
      fresh.push({
        id,
        ...wanted,
        baseUrl: simulatedBaseUrl ?? wanted.baseUrl,
        isSimulated: simulatedBaseUrl !== null,
        status: simulatedBaseUrl === null ? "disabled" : "active",
      });
      continue;
    }
    const change: Partial<typeof provider.$inferInsert> = {};
    if (known.name !== wanted.name) change.name = wanted.name;
    const mayChange = mayBeSimulated(known, keyed.has(known.id));
    if (known.kind !== wanted.kind && mayChange) {
      change.kind = wanted.kind;
      // Another kind is called at another address; where the simulator answers there is one for all.
      if (!known.isSimulated) change.baseUrl = wanted.baseUrl;
    }
    const takesSimulator = simulatedBaseUrl !== null && mayChange;
    if (
      takesSimulator &&
      !(known.isSimulated && known.baseUrl === simulatedBaseUrl && known.status === "active")
    ) {
      Object.assign(change, { baseUrl: simulatedBaseUrl, isSimulated: true, status: "active" });
    }
    if (Object.keys(change).length === 0) continue;
    await db.update(provider).set(change).where(eq(provider.id, known.id));
    updated += 1;
  }
  if (fresh.length > 0) await db.insert(provider).values(fresh);
  return { idOf, created: fresh.map(({ slug }) => slug), counts: { created: fresh.length, updated } };
}

/** A provider that somebody gave a credential, or switched on, is real: the simulator must not take its place, nor the file its kind. */
function mayBeSimulated(row: typeof provider.$inferSelect, hasKey: boolean): boolean {
  return row.isSimulated || (row.status === "disabled" && !hasKey);
}

async function importModels(db: Executor, file: CatalogFile) {
  const existing = await db.select().from(model);
  const bySlug = new Map(existing.map((row) => [row.slug, row]));
  const idOf = new Map(existing.map((row) => [row.slug, row.id]));
  const fresh: (typeof model.$inferInsert)[] = [];
  let updated = 0;
  for (const { endpoints: _, ...fields } of file.models) {
    const wanted = { ...fields, author: authorOf(fields.slug) };
    const known = bySlug.get(wanted.slug);
    if (!known) {
      const id = newId("model");
      idOf.set(wanted.slug, id);
      fresh.push({ id, ...wanted });
    } else if (differs(known, wanted)) {
      await db.update(model).set(wanted).where(eq(model.id, known.id));
      updated += 1;
    }
  }
  if (fresh.length > 0) await db.insert(model).values(fresh);
  return { idOf, created: fresh.map(({ slug }) => slug), counts: { created: fresh.length, updated } };
}

async function importEndpoints(
  db: Executor,
  file: CatalogFile,
  providerIds: ReadonlyMap<string, string>,
  modelIds: ReadonlyMap<string, string>,
) {
  const modelIdsOfFile = file.models.map((entry) => idFrom(modelIds, entry.slug));
  const existing =
    modelIdsOfFile.length === 0
      ? []
      : await db.select().from(endpoint).where(inArray(endpoint.modelId, modelIdsOfFile));
  const byKey = new Map(
    existing.map((row) => [`${row.modelId} ${row.providerId} ${row.upstreamModel}`, row]),
  );
  const fresh: (typeof endpoint.$inferInsert)[] = [];
  const priceLists: PriceList[] = [];
  let updated = 0;
  for (const entry of file.models) {
    const modelId = idFrom(modelIds, entry.slug);
    for (const { source, sourceDate, prices, priority, ...wanted } of entry.endpoints) {
      const providerId = idFrom(providerIds, wanted.provider);
      const limits = {
        contextLength: wanted.contextLength ?? entry.contextLength,
        maxOutputTokens:
          wanted.maxOutputTokens === undefined ? entry.maxOutputTokens : wanted.maxOutputTokens,
      };
      const known = byKey.get(`${modelId} ${providerId} ${wanted.upstreamModel}`);
      const id = known?.id ?? newId("endpoint");
      if (!known) {
        fresh.push({ id, modelId, providerId, upstreamModel: wanted.upstreamModel, priority, ...limits });
      } else if (differs(known, limits)) {
        await db.update(endpoint).set(limits).where(eq(endpoint.id, id));
        updated += 1;
      }
      priceLists.push({ endpointId: id, source, sourceDate, prices });
    }
  }
  if (fresh.length > 0) await db.insert(endpoint).values(fresh);
  return { priceLists, counts: { created: fresh.length, updated } };
}

export function authorOf(slug: string): string {
  return slug.slice(0, slug.indexOf("/"));
}

function idFrom(ids: ReadonlyMap<string, string>, slug: string): string {
  const id = ids.get(slug);
  if (id === undefined) throw new Error(`no id for ${slug}`);
  return id;
}

/** True when some wanted field is not already so; fields that the file does not own are not looked at. */
function differs(
  known: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
): boolean {
  return Object.entries(wanted).some(
    ([field, value]) => JSON.stringify(known[field]) !== JSON.stringify(value),
  );
}
