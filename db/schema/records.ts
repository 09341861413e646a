import { boolean, integer, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { instant, nanoUsd, textArray } from "./columns";

/**
 * Tables partitioned by month on their time-ordered id. drizzle-kit cannot declare partitions, so their DDL is in
 * `db/migrations/*_partitioned_records.sql` and this file only types the queries; it is left out of drizzle.config.ts.
 */

/** One line of a receipt: quantity × price of one unit. Quantities and prices are decimal strings of integers. */
export interface PriceLine {
  readonly unit: string;
  /** The unit whose price applied: itself, or the one it falls back to (cached_input → input when no cached price exists). */
  readonly pricedAs: string;
  readonly quantity: string;
  readonly priceNanoUsdPerMillion: string;
  readonly aboveContextTokens: number;
}

/** One upstream call of a request, as shown on the receipt. */
export interface AttemptRecord {
  readonly provider: string;
  readonly endpointId: string;
  /** HTTP status, or null when there was no answer. */
  readonly status: number | null;
  readonly durationMs: number;
  /** Why it ended: `ok`, or the reason of the failure. */
  readonly reason: string;
}

/** What was charged and why: one per request that cost, or could have cost, something. Append-only. */
export const usageRecord = pgTable("usage_record", {
  id: text("id").primaryKey(),
  organizationId: text("organization_id").notNull(),
  projectId: text("project_id").notNull(),
  keyId: text("key_id").notNull(),
  memberId: text("member_id"),
  leaseId: text("lease_id"),
  modelSlug: text("model_slug").notNull(),
  endpointId: text("endpoint_id").notNull(),
  providerSlug: text("provider_slug").notNull(),
  priceVersionId: text("price_version_id").notNull(),
  /** Charged to the customer. */
  cost: nanoUsd("cost").notNull(),
  /** Which buckets paid it; they sum to `cost`. Set by a trigger from what the lease is made of. */
  fromPromotional: nanoUsd("from_promotional").notNull(),
  fromCommitted: nanoUsd("from_committed").notNull(),
  fromPaid: nanoUsd("from_paid").notNull(),
  /** Owed by the arithmetic but above the hold: carried by the platform, never by the customer. */
  overrun: nanoUsd("overrun").notNull(),
  /** What the supplier charges us for the same units. */
  supplierCost: nanoUsd("supplier_cost").notNull(),
  lines: jsonb("lines").$type<readonly PriceLine[]>().notNull(),
  /** provider: its own numbers; counted: our tokenizer; checkpoint: what was delivered when the process died. */
  basis: text("basis", { enum: ["provider", "counted", "checkpoint"] }).notNull(),
  /** The provider's usage object as it came, for audit. */
  rawUsage: jsonb("raw_usage"),
  /** What was odd about the account; see `UsageFlag` in `server/ledger`. Empty for nearly all. */
  flags: textArray("flags"),
  createdAt: instant("created_at").notNull(),
  settledAt: instant("settled_at").notNull(),
});

/** One row per admitted request, also for those that failed and cost nothing. Never holds prompts or answers. */
export const requestLog = pgTable("request_log", {
  id: text("id").primaryKey(),
  organizationId: text("organization_id").notNull(),
  projectId: text("project_id").notNull(),
  keyId: text("key_id").notNull(),
  memberId: text("member_id"),
  requestId: text("request_id").notNull(),
  api: text("api").notNull(),
  requestedModel: text("requested_model").notNull(),
  modelSlug: text("model_slug").notNull(),
  providerSlug: text("provider_slug"),
  /** succeeded, failed, canceled (the client went away), truncated, expired (the process died). */
  outcome: text("outcome", { enum: ["succeeded", "failed", "canceled", "truncated", "expired"] }).notNull(),
  httpStatus: integer("http_status").notNull(),
  errorCode: text("error_code"),
  finishReason: text("finish_reason"),
  streamed: boolean("streamed").notNull(),
  cost: nanoUsd("cost").notNull(),
  inputTokens: integer("input_tokens").notNull(),
  outputTokens: integer("output_tokens").notNull(),
  attempts: jsonb("attempts").$type<readonly AttemptRecord[]>().notNull(),
  ttftMs: integer("ttft_ms"),
  latencyMs: integer("latency_ms"),
  createdAt: instant("created_at").notNull(),
});
