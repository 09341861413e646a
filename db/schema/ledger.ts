import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  index,
  jsonb,
  pgSequence,
  pgTable,
  primaryKey,
  smallint,
  text,
  unique,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { createdAt, instant, nanoUsd } from "./columns";
import { organization } from "./organizations";

/** The spendable money of an organization that no lease holds, by bucket, and what it owes. One row per organization. */
export const balance = pgTable(
  "balance",
  {
    organizationId: text("organization_id")
      .primaryKey()
      .references(() => organization.id),
    promotional: nanoUsd("promotional").notNull().default(sql`0`),
    committed: nanoUsd("committed").notNull().default(sql`0`),
    paid: nanoUsd("paid").notNull().default(sql`0`),
    debt: nanoUsd("debt").notNull().default(sql`0`),
  },
  (table) => [
    check(
      "balance_not_negative",
      sql`${table.promotional} >= 0 AND ${table.committed} >= 0 AND ${table.paid} >= 0 AND ${table.debt} >= 0`,
    ),
  ],
);

/**
 * Double entry: an amount moved from the debited to the credited account of one organization. Append-only.
 * The per-request transfers (leased → revenue) are the usage records themselves; the view `posting` shows both.
 */
export const transfer = pgTable(
  "transfer",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    /** top_up, grant, lease_grant, lease_return, overrun, correction, expiry, … */
    kind: text("kind").notNull(),
    /** The fact behind the transfer; with the kind, unique. */
    source: text("source").notNull(),
    debit: text("debit").notNull(),
    credit: text("credit").notNull(),
    amount: nanoUsd("amount").notNull(),
    memo: text("memo"),
    /** Promotional money only: what is unspent then is taken back by a transfer of kind `expiry`. Null: never. */
    expiresAt: instant("expires_at"),
    createdAt: createdAt(),
  },
  (table) => [
    unique("transfer_once").on(table.source, table.kind),
    index("transfer_organization").on(table.organizationId, table.id),
    check("transfer_amount_positive", sql`${table.amount} > 0`),
    check("transfer_two_accounts", sql`${table.debit} <> ${table.credit}`),
  ],
);

/** Under an organization's lock its values only go up. */
export const leaseGeneration = pgSequence("lease_generation");

/** A slice of the balance lent to the counter store. Its id is the fencing token of every intent made under it. */
export const lease = pgTable(
  "lease",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    granted: nanoUsd("granted").notNull(),
    returned: nanoUsd("returned").notNull().default(sql`0`),
    /** Where the granted money came from; what is unspent goes back in reverse order. */
    fromPromotional: nanoUsd("from_promotional").notNull().default(sql`0`),
    fromCommitted: nanoUsd("from_committed").notNull().default(sql`0`),
    fromPaid: nanoUsd("from_paid").notNull().default(sql`0`),
    /** How far a lease of several buckets has been spent: the place of the next cost in them. Not kept for one bucket. */
    attributed: nanoUsd("attributed").notNull().default(sql`0`),
    /** When the first of its promotional money expires; no request starts under it afterwards. */
    validUntil: instant("valid_until"),
    state: text("state", { enum: ["open", "draining", "closing", "closed"] }).notNull(),
    openedAt: instant("opened_at").notNull().defaultNow(),
    drainUntil: instant("drain_until"),
    /** Order of an organization's leases, and of what counter stores are told: a later one is never replaced by an earlier. */
    generation: bigint("generation", { mode: "number" }).notNull().default(sql`nextval('lease_generation')`),
    closedAt: instant("closed_at"),
  },
  (table) => [
    uniqueIndex("lease_one_open").on(table.organizationId).where(sql`state = 'open'`),
    index("lease_live").on(table.organizationId, table.state).where(sql`state <> 'closed'`),
    check(
      "lease_amounts",
      sql`${table.granted} >= 0 AND ${table.returned} >= 0 AND ${table.returned} <= ${table.granted}`,
    ),
    check(
      "lease_sources",
      sql`${table.fromPromotional} + ${table.fromCommitted} + ${table.fromPaid} = ${table.granted}`,
    ),
  ],
);

/**
 * What is left of one grant of promotional money: unspent and in no lease. Kept by a trigger on `transfer`, which spends
 * the grant that expires first.
 */
export const promotionalGrant = pgTable(
  "promotional_grant",
  {
    /** The transfer that gave it. */
    id: text("id")
      .primaryKey()
      .references(() => transfer.id),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    amount: nanoUsd("amount").notNull(),
    remaining: nanoUsd("remaining").notNull(),
    expired: nanoUsd("expired").notNull().default(sql`0`),
    expiresAt: instant("expires_at"),
  },
  (table) => [
    index("promotional_grant_left").on(table.organizationId, table.expiresAt).where(sql`remaining > 0`),
    index("promotional_grant_expiry").on(table.expiresAt).where(sql`remaining > 0`),
    check(
      "promotional_grant_amounts",
      sql`${table.amount} > 0 AND ${table.remaining} >= 0 AND ${table.expired} >= 0 AND ${table.remaining} + ${table.expired} <= ${table.amount}`,
    ),
  ],
);

/** How much of which grant a lease took along, and how much of that came back. */
export const leaseGrant = pgTable(
  "lease_grant",
  {
    leaseId: text("lease_id")
      .notNull()
      .references(() => lease.id),
    grantId: text("grant_id")
      .notNull()
      .references(() => promotionalGrant.id),
    amount: nanoUsd("amount").notNull(),
    returned: nanoUsd("returned").notNull().default(sql`0`),
  },
  (table) => [
    primaryKey({ columns: [table.leaseId, table.grantId] }),
    check("lease_grant_amounts", sql`${table.returned} >= 0 AND ${table.returned} <= ${table.amount}`),
  ],
);

/**
 * What has been spent of a lease, added up in several rows so that settlements at the same time do not wait for each other. Kept by
 * a trigger on the usage records: what is free in a lease can be told without counting every request that it ever carried.
 */
export const leaseSpend = pgTable(
  "lease_spend",
  {
    leaseId: text("lease_id")
      .notNull()
      .references(() => lease.id),
    slot: smallint("slot").notNull(),
    spent: nanoUsd("spent").notNull(),
  },
  (table) => [primaryKey({ columns: [table.leaseId, table.slot] })],
);

export interface IntentRequest {
  readonly requestId: string;
  readonly api: string;
  readonly requestedModel: string;
  readonly streamed: boolean;
}

/** Durable word that a request is about to reach a provider, and how it ended. The request's id is its primary key. */
export const intent = pgTable(
  "intent",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id").notNull(),
    projectId: text("project_id").notNull(),
    keyId: text("key_id").notNull(),
    memberId: text("member_id"),
    /** Null only for a request that cannot cost anything. */
    leaseId: text("lease_id").references(() => lease.id),
    modelSlug: text("model_slug").notNull(),
    endpointId: text("endpoint_id").notNull(),
    priceVersionId: text("price_version_id").notNull(),
    reserved: nanoUsd("reserved").notNull(),
    /** What it is expected to take of the tokens a minute while it runs; afterwards the request log knows. */
    tokens: bigint("tokens", { mode: "number" }).notNull().default(0),
    /** What is owed if nothing more is heard: amount, units and price lines, in the shape of a usage record. */
    checkpoint: nanoUsd("checkpoint").notNull().default(sql`0`),
    checkpointLines: jsonb("checkpoint_lines").notNull().default(sql`'[]'::jsonb`),
    checkpointSupplierCost: nanoUsd("checkpoint_supplier_cost").notNull().default(sql`0`),
    cost: nanoUsd("cost").notNull().default(sql`0`),
    state: text("state", { enum: ["started", "settled", "voided", "expired"] }).notNull(),
    /** What the request log will need if the process that knows it dies: requestId, api, requestedModel, streamed. */
    request: jsonb("request").$type<IntentRequest>().notNull(),
    /** True cost that arrived after expiry and was booked as a correction, at most once. */
    corrected: nanoUsd("corrected"),
    /** When it was reserved, by the clock of the counter store: decides which budget windows it belongs to. */
    admittedAt: instant("admitted_at").notNull().defaultNow(),
    createdAt: createdAt(),
    expiresAt: instant("expires_at").notNull(),
    closedAt: instant("closed_at"),
  },
  (table) => [
    index("intent_started_lease").on(table.leaseId).where(sql`state = 'started'`),
    index("intent_started_expiry").on(table.expiresAt).where(sql`state = 'started'`),
    index("intent_started_organization").on(table.organizationId).where(sql`state = 'started'`),
    check("intent_cost_within_reserve", sql`${table.cost} >= 0 AND ${table.cost} <= ${table.reserved}`),
    check(
      "intent_checkpoint_within_reserve",
      sql`${table.checkpoint} >= 0 AND ${table.checkpoint} <= ${table.reserved}`,
    ),
  ],
);
