import { sql } from "drizzle-orm";
import { bigint, integer, text, timestamp } from "drizzle-orm/pg-core";

/** Column shapes shared by all tables. Money columns are nano-USD as `bigint`, never a JavaScript number. */
export const nanoUsd = (name: string) => bigint(name, { mode: "bigint" });
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });
export const createdAt = () => instant("created_at").notNull().defaultNow();
export const textArray = (name: string) => text(name).array().notNull().default(sql`'{}'::text[]`);
/** What a key or an organization may do a minute, and at once. Null: the platform's own limit. */
export const rateLimits = () => ({
  requestsPerMinute: integer("requests_per_minute"),
  tokensPerMinute: bigint("tokens_per_minute", { mode: "number" }),
  maxConcurrent: integer("max_concurrent"),
});
