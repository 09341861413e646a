import { and, desc, eq, inArray, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { z } from "zod";
import { endpoint, model, priceProposal, provider, user } from "@/db/schema";
import type { ProposedPrice } from "@/db/schema/catalog";
import { type AuditAction, type AuditActor, recordAudit } from "@/server/audit";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { newId } from "@/server/platform/ids";
import { toDecimalUsd } from "@/server/platform/money";
import { type CatalogFilePrice, parseWith, priceListSchema } from "./catalog-file";
import { addPriceVersions } from "./price-versions";
import { isUsageUnit } from "./units";

const MAX_LISTED = 200;
/** Announced at most this long before: an older list has been forgotten by then. */
const MAX_AHEAD_MS = 366 * 86_400_000;

export const proposalSchema = z.strictObject({
  endpointId: z.string().max(64),
  /** Null: from the moment it is published. */
  effectiveFrom: z.date().nullable(),
  source: z.string().trim().min(1, "says where the supplier's price was read").max(500),
  sourceDate: z.iso.date(),
  note: z.string().trim().min(1, "says why").max(1_000),
});
export type NewProposal = z.input<typeof proposalSchema> & {
  /** Rows of a price list as a catalogue file has them; judged here. */
  readonly prices: readonly unknown[];
};

/** An operator who decides; both halves of the name are kept with the decision. */
export interface Decider {
  readonly userId: string;
  readonly audit: AuditActor;
}

export interface Proposal {
  readonly id: string;
  readonly endpointId: string;
  readonly model: string;
  readonly provider: string;
  readonly effectiveFrom: Date | null;
  readonly source: string;
  readonly sourceDate: string;
  readonly note: string;
  readonly status: "proposed" | "published" | "withdrawn";
  readonly prices: readonly CatalogFilePrice[];
  readonly proposedBy: string;
  readonly proposedByUserId: string;
  readonly proposedAt: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
}

/**
 * Writes down a price list for another operator to publish. Nothing is charged by it before.
 * @throws AppError invalid_request, not_found, conflict (the endpoint has an open proposal)
 */
export async function proposePrices(
  tx: Executor,
  clock: Clock,
  by: Decider,
  input: NewProposal,
): Promise<{ id: string }> {
  const { prices, ...rest } = input;
  return keepProposal(tx, clock, by, { ...parseWith(proposalSchema, rest), prices: parsePriceList(prices) });
}

/** Prices as people write them, in US dollars per million. @throws AppError invalid_request (names the row) */
export function parsePriceList(rows: unknown): readonly CatalogFilePrice[] {
  return parseWith(z.strictObject({ prices: priceListSchema }), { prices: rows }).prices;
}

/** The same for a list that was read already. @throws AppError not_found, conflict (the endpoint has an open proposal) */
export async function keepProposal(
  tx: Executor,
  clock: Clock,
  by: Decider,
  wanted: z.output<typeof proposalSchema> & { readonly prices: readonly CatalogFilePrice[] },
): Promise<{ id: string }> {
  const nowMs = clock.nowMs();
  const fromMs = wanted.effectiveFrom?.getTime() ?? nowMs;
  if (fromMs < nowMs - 60_000 || fromMs > nowMs + MAX_AHEAD_MS)
    throw new AppError("invalid_request", {
      message: "A price begins now or within a year. What was charged before stays as it was.",
      param: "effectiveFrom",
    });
  const named = await nameOf(tx, wanted.endpointId);
  const id = newId("priceProposal");
  const [made] = await tx
    .insert(priceProposal)
    .values({
      ...wanted,
      id,
      prices: wanted.prices.map(toStored),
      status: "proposed",
      proposedBy: by.userId,
      proposedAt: new Date(nowMs),
    })
    .onConflictDoNothing()
    .returning({ id: priceProposal.id });
  if (!made)
    throw new AppError("conflict", {
      message: "There is an open proposal for this endpoint. Publish or withdraw it first.",
    });
  await note(tx, clock, by, "catalog.price_proposed", { id, named, prices: wanted.prices });
  return made;
}

/**
 * Makes a proposal a price version. The second pair of eyes: never the operator who proposed it, which the table
 * refuses too.
 * @throws AppError not_found, conflict (decided already), permission_denied (one's own proposal)
 */
export async function publishPrices(
  tx: Executor,
  clock: Clock,
  by: Decider,
  input: { readonly proposalId: string },
): Promise<{ priceVersionId: string | null }> {
  const open = await lockOpen(tx, input.proposalId);
  if (open.proposedBy === by.userId)
    throw new AppError("permission_denied", {
      message: "Prices are published by another operator than the one who proposed them.",
      metadata: { reason: "two_people_required" },
    });
  const prices = open.prices.map(fromStored);
  // One publication at a time: two would both compare with the old prices.
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('catalog import', 0))`);
  const { endpointId, source, sourceDate, effectiveFrom } = open;
  const list = { endpointId, source, sourceDate, effectiveFrom, prices };
  const [version] = await addPriceVersions(tx, [list], clock.nowMs());
  const priceVersionId = version?.id ?? null;
  await tx
    .update(priceProposal)
    .set({ status: "published", decidedBy: by.userId, decidedAt: new Date(clock.nowMs()), priceVersionId })
    .where(eq(priceProposal.id, open.id));
  const named = await nameOf(tx, endpointId);
  await note(tx, clock, by, "catalog.price_published", { id: open.id, named, prices, priceVersionId });
  return { priceVersionId };
}

/** Takes a proposal back, one's own or another's. @throws AppError not_found, conflict (decided already) */
export async function withdrawPrices(
  tx: Executor,
  clock: Clock,
  by: Decider,
  input: { readonly proposalId: string },
): Promise<void> {
  const open = await lockOpen(tx, input.proposalId);
  await tx
    .update(priceProposal)
    .set({ status: "withdrawn", decidedBy: by.userId, decidedAt: new Date(clock.nowMs()) })
    .where(eq(priceProposal.id, open.id));
  const named = await nameOf(tx, open.endpointId);
  const prices = open.prices.map(fromStored);
  await note(tx, clock, by, "catalog.price_withdrawn", { id: open.id, named, prices });
}

/** Open ones first, then the latest decisions. */
export async function listProposals(db: Executor): Promise<Proposal[]> {
  const decider = alias(user, "decider");
  const rows = await db
    .select({
      proposal: priceProposal,
      model: model.slug,
      provider: provider.slug,
      proposedBy: user.email,
      decidedBy: decider.email,
    })
    .from(priceProposal)
    .innerJoin(endpoint, eq(endpoint.id, priceProposal.endpointId))
    .innerJoin(model, eq(model.id, endpoint.modelId))
    .innerJoin(provider, eq(provider.id, endpoint.providerId))
    .innerJoin(user, eq(user.id, priceProposal.proposedBy))
    .leftJoin(decider, eq(decider.id, priceProposal.decidedBy))
    .orderBy(sql`(${priceProposal.status} = 'proposed') DESC`, desc(priceProposal.proposedAt))
    .limit(MAX_LISTED);
  return rows.map(({ proposal, proposedBy, decidedBy, ...named }) => {
    const { decidedBy: _, priceVersionId: __, proposedBy: proposedByUserId, ...rest } = proposal;
    return {
      ...rest,
      ...named,
      proposedBy,
      proposedByUserId,
      decidedBy,
      prices: proposal.prices.map(fromStored),
    };
  });
}

async function lockOpen(tx: Executor, proposalId: string) {
  const [row] = await tx.select().from(priceProposal).where(eq(priceProposal.id, proposalId)).for("update");
  if (!row) throw new AppError("not_found", { message: "There is no such proposal." });
  if (row.status !== "proposed")
    throw new AppError("conflict", { message: `The proposal was ${row.status} already.` });
  return row;
}

async function nameOf(db: Executor, endpointId: string) {
  const [named] = await db
    .select({ id: endpoint.id, model: model.slug, provider: provider.slug })
    .from(endpoint)
    .innerJoin(model, eq(model.id, endpoint.modelId))
    .innerJoin(provider, eq(provider.id, endpoint.providerId))
    .where(and(inArray(endpoint.id, [endpointId])));
  if (!named) throw new AppError("not_found", { message: "There is no such endpoint.", param: "endpointId" });
  return named;
}

function note(
  tx: Executor,
  clock: Clock,
  by: Decider,
  action: AuditAction,
  about: {
    readonly id: string;
    readonly named: { readonly id: string; readonly model: string; readonly provider: string };
    readonly prices: readonly CatalogFilePrice[];
    readonly priceVersionId?: string | null;
  },
): Promise<void> {
  const { named, prices, id, priceVersionId } = about;
  return recordAudit(tx, clock, {
    organizationId: null,
    actor: by.audit,
    action,
    target: { kind: "endpoint", id: named.id, label: `${named.model} at ${named.provider}` },
    after: {
      proposal: id,
      ...(priceVersionId && { priceVersionId }),
      prices: prices.map((row) => ({
        unit: row.unit,
        aboveContextTokens: row.aboveContextTokens,
        usdPerMillion: toDecimalUsd(row.platformNanoUsdPerMillion),
        supplierUsdPerMillion: toDecimalUsd(row.supplierNanoUsdPerMillion),
      })),
    },
  });
}

function toStored(row: CatalogFilePrice): ProposedPrice {
  return {
    unit: row.unit,
    aboveContextTokens: row.aboveContextTokens,
    platformNanoUsdPerMillion: row.platformNanoUsdPerMillion.toString(),
    supplierNanoUsdPerMillion: row.supplierNanoUsdPerMillion.toString(),
  };
}

function fromStored(row: ProposedPrice): CatalogFilePrice {
  if (!isUsageUnit(row.unit)) throw new RangeError(`a proposal names the unit ${row.unit}`);
  return {
    unit: row.unit,
    aboveContextTokens: row.aboveContextTokens,
    platformNanoUsdPerMillion: BigInt(row.platformNanoUsdPerMillion),
    supplierNanoUsdPerMillion: BigInt(row.supplierNanoUsdPerMillion),
  };
}
