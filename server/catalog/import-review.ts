import { inArray, sql } from "drizzle-orm";
import { endpoint, model, priceProposal, provider } from "@/db/schema";
import { recordAudit } from "@/server/audit";
import type { Clock } from "@/server/platform/clock";
import type { Database, Executor } from "@/server/platform/database";
import { parseCatalogFile } from "./catalog-file";
import { type ImportSummary, importNouns } from "./import";
import { differencesOf, type PriceDifference } from "./price-events";
import { type Decider, keepProposal } from "./price-proposals";
import { changedLists } from "./price-versions";

/** A price list of the file that differs from the one in effect. */
export interface ListDifference {
  readonly model: string;
  readonly provider: string;
  /** No price list before: a new endpoint, or one that nobody could call. */
  readonly isNew: boolean;
  readonly changes: readonly PriceDifference[];
  /** There was an open proposal for this endpoint already, which stays: this list was left out. */
  readonly isPassedOver: boolean;
}

export interface ReviewedImport extends Omit<ImportSummary, "priceVersions"> {
  readonly created: { readonly providers: readonly string[]; readonly models: readonly string[] };
  readonly prices: readonly ListDifference[];
}

/**
 * Imports a catalogue file for review: models, providers and endpoints come in, and every price that differs becomes a
 * proposal that another operator has to publish. New endpoints without a published price cannot be called.
 * @throws AppError invalid_request when the file is not valid
 */
export async function importForReview(
  tx: Executor,
  clock: Clock,
  by: Decider,
  content: unknown,
): Promise<ReviewedImport> {
  const { priceLists, created, counts } = await importNouns(tx, parseCatalogFile(content), null);
  const changed = await changedLists(tx, priceLists, clock.nowMs());
  const open = new Set(
    (
      await tx
        .select({ endpointId: priceProposal.endpointId })
        .from(priceProposal)
        .where(sql`${priceProposal.status} = 'proposed'`)
    ).map(({ endpointId }) => endpointId),
  );
  const names = await namesOf(
    tx,
    changed.map(({ list }) => list.endpointId),
  );
  for (const { list } of changed)
    if (!open.has(list.endpointId))
      await keepProposal(tx, clock, by, {
        endpointId: list.endpointId,
        effectiveFrom: null,
        source: list.source,
        sourceDate: list.sourceDate,
        note: "From an imported file",
        prices: list.prices,
      });
  await recordAudit(tx, clock, {
    organizationId: null,
    actor: by.audit,
    action: "catalog.imported",
    target: { kind: "catalog", id: "catalog", label: "Catalogue file" },
    after: { ...counts, proposals: changed.length },
  });
  return {
    ...counts,
    created,
    prices: changed.map(({ list, previous }) => ({
      model: names.get(list.endpointId)?.model ?? list.endpointId,
      provider: names.get(list.endpointId)?.provider ?? "",
      isNew: previous === null,
      changes: differencesOf(previous?.prices ?? [], list.prices),
      isPassedOver: open.has(list.endpointId),
    })),
  };
}

/** Carries the answer out of a transaction that is taken back. */
class TakenBack extends Error {
  constructor(readonly answer: ReviewedImport) {
    super("taken back");
  }
}

/** What an import would do: done, looked at, and taken back. @throws AppError invalid_request when the file is not valid */
export async function previewImport(
  db: Database,
  clock: Clock,
  by: Decider,
  content: unknown,
): Promise<ReviewedImport> {
  try {
    return await db.transaction(async (tx) => {
      throw new TakenBack(await importForReview(tx, clock, by, content));
    });
  } catch (reason) {
    if (reason instanceof TakenBack) return reason.answer;
    throw reason;
  }
}

async function namesOf(db: Executor, endpointIds: readonly string[]) {
  if (endpointIds.length === 0) return new Map<string, { model: string; provider: string }>();
  const rows = await db
    .select({ id: endpoint.id, model: model.slug, provider: provider.slug })
    .from(endpoint)
    .innerJoin(model, sql`${model.id} = ${endpoint.modelId}`)
    .innerJoin(provider, sql`${provider.id} = ${endpoint.providerId}`)
    .where(inArray(endpoint.id, [...endpointIds]));
  return new Map(rows.map(({ id, ...names }) => [id, names]));
}
