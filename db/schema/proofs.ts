import { sql } from "drizzle-orm";
import {
  bigint,
  bigserial,
  check,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
} from "drizzle-orm/pg-core";
import { createdAt, instant, nanoUsd } from "./columns";
import { organization } from "./organizations";

/** Records that no block holds yet. Written by triggers in the transaction of the records, deleted by the sealer. */
export const unsealed = pgTable(
  "unsealed",
  {
    id: bigserial("id", { mode: "bigint" }).primaryKey(),
    organizationId: text("organization_id").notNull(),
    /** Table of the records. */
    kind: text("kind", { enum: ["usage_record", "transfer"] }).notNull(),
    ids: text("ids").array().notNull(),
    createdAt: createdAt(),
  },
  (table) => [index("unsealed_organization").on(table.organizationId, table.id)],
);

/** Sealed records of one organization: their Merkle root, chained to the block before. Append-only. */
export const block = pgTable(
  "block",
  {
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    /** 1, 2, 3 … without a gap. */
    sequence: bigint("sequence", { mode: "bigint" }).notNull(),
    /** Hash of the block before; 64 zeros for the first. All hashes are lower-case hex of SHA-256. */
    previousHash: text("previous_hash").notNull(),
    merkleRoot: text("merkle_root").notNull(),
    recordCount: integer("record_count").notNull(),
    /** `kind:id` of each record, in the order of the leaves. */
    records: text("records").array().notNull(),
    sealedAt: instant("sealed_at").notNull(),
    hash: text("hash").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.sequence] }),
    check("block_sequence_positive", sql`${table.sequence} > 0`),
    check(
      "block_record_count",
      sql`${table.recordCount} > 0 AND ${table.recordCount} = cardinality(${table.records})`,
    ),
  ],
);

/** Public half of every key that ever signed a receipt: what was signed stays verifiable after the key is replaced. */
export const receiptKey = pgTable("receipt_key", {
  /** RFC 7638 thumbprint of the public key. */
  id: text("id").primaryKey(),
  /** RFC 8037: kty OKP, crv Ed25519. */
  publicJwk: jsonb("public_jwk")
    .$type<{ readonly kty: "OKP"; readonly crv: "Ed25519"; readonly x: string }>()
    .notNull(),
  createdAt: createdAt(),
});

/** What a provider charged us for a day and model, entered by the operator and compared with our own supplier cost. */
export const providerInvoice = pgTable(
  "provider_invoice",
  {
    day: date("day").notNull(),
    providerSlug: text("provider_slug").notNull(),
    modelSlug: text("model_slug").notNull(),
    amount: nanoUsd("amount").notNull(),
    /** Number or name of the provider's document. */
    reference: text("reference"),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.day, table.providerSlug, table.modelSlug] }),
    check("provider_invoice_not_negative", sql`${table.amount} >= 0`),
  ],
);
