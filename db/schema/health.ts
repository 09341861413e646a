import { sql } from "drizzle-orm";
import { index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core";
import { instant } from "./columns";

type HistogramColumn = Readonly<Record<number, number>>;

/**
 * Traffic of an endpoint in one minute as one process saw it: the history behind status pages and uptime. Rows of
 * several processes add up; nothing is ever updated by another process. Histograms are counts by bucket.
 */
export const endpointMinute = pgTable(
  "endpoint_minute",
  {
    endpointId: text("endpoint_id").notNull(),
    minute: instant("minute").notNull(),
    /** Drawn by the process at its start. */
    instance: text("instance").notNull(),
    requests: integer("requests").notNull(),
    failures: integer("failures").notNull(),
    rateLimited: integer("rate_limited").notNull(),
    firstTokenMs: jsonb("first_token_ms").$type<HistogramColumn>().notNull(),
    durationMs: jsonb("duration_ms").$type<HistogramColumn>().notNull(),
    tokensPerSecond: jsonb("tokens_per_second").$type<HistogramColumn>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.endpointId, table.minute, table.instance] }),
    index("endpoint_minute_time").on(table.minute),
  ],
);

/**
 * Time in which an endpoint's circuit breaker was open, pauses of less than a minute included. At most one per endpoint
 * is open, so that of several processes one begins it, and its customers hear of it once.
 */
export const endpointOutage = pgTable(
  "endpoint_outage",
  {
    id: text("id").primaryKey(),
    endpointId: text("endpoint_id").notNull(),
    modelSlug: text("model_slug").notNull(),
    providerSlug: text("provider_slug").notNull(),
    reason: text("reason").notNull(),
    openedAt: instant("opened_at").notNull(),
    /** It has answered since then; not over before that has lasted. */
    recoveringAt: instant("recovering_at"),
    closedAt: instant("closed_at"),
  },
  (table) => [
    uniqueIndex("endpoint_outage_open").on(table.endpointId).where(sql`${table.closedAt} IS NULL`),
    index("endpoint_outage_time").on(table.openedAt),
  ],
);
