import { bigint, bigserial, index, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { instant, nanoUsd } from "./columns";

const count = (name: string) => bigint(name, { mode: "bigint" }).notNull();

/** Whose usage: the dimensions of a roll-up. A request without a member or without a provider has '' there. */
const dimensions = () => ({
  organizationId: text("organization_id").notNull(),
  /** First instant of the hour in which the request was made, UTC. */
  hour: instant("hour").notNull(),
  projectId: text("project_id").notNull(),
  memberId: text("member_id").notNull(),
  keyId: text("key_id").notNull(),
  modelSlug: text("model_slug").notNull(),
  providerSlug: text("provider_slug").notNull(),
});

/** Sums over the requests of an hour. Averages follow from a sum and its count. */
const figures = () => ({
  /** Requests that ended, whether or not they cost anything; of them, those that failed or expired. */
  requests: count("requests"),
  failed: count("failed"),
  inputTokens: count("input_tokens"),
  cachedInputTokens: count("cached_input_tokens"),
  cacheWriteTokens: count("cache_write_tokens"),
  outputTokens: count("output_tokens"),
  reasoningTokens: count("reasoning_tokens"),
  audioTokens: count("audio_tokens"),
  /** Charged to the customer, corrections included. */
  cost: nanoUsd("cost").notNull(),
  supplierCost: nanoUsd("supplier_cost").notNull(),
  latencyMsSum: count("latency_ms_sum"),
  latencyCount: count("latency_count"),
  ttftMsSum: count("ttft_ms_sum"),
  ttftCount: count("ttft_count"),
});

/** Hourly roll-up of usage. Written only by folding `usage_delta`; read through the view `usage_by_hour`. */
export const usageHour = pgTable("usage_hour", { ...dimensions(), ...figures() }, (table) => [
  primaryKey({
    columns: [
      table.organizationId,
      table.hour,
      table.projectId,
      table.memberId,
      table.keyId,
      table.modelSlug,
      table.providerSlug,
    ],
  }),
  index("usage_hour_key").on(table.organizationId, table.keyId, table.hour),
  index("usage_hour_of").on(table.hour),
  index("usage_hour_model").on(table.modelSlug, table.hour),
]);

/** What settlements add to the roll-up and has not been folded in yet. Written by triggers, in the settling transaction. */
export const usageDelta = pgTable(
  "usage_delta",
  { id: bigserial("id", { mode: "bigint" }).primaryKey(), ...dimensions(), ...figures() },
  (table) => [index("usage_delta_organization").on(table.organizationId, table.hour)],
);
