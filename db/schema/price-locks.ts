import { index, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { createdAt, instant } from "./columns";
import { organization } from "./organizations";

/** Prices that an organization was quoted and may use until they expire, whatever the list says meanwhile. */
export const priceLock = pgTable(
  "price_lock",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    /** Price version by endpoint: what the quote named, and nothing else. */
    versions: jsonb("versions").$type<Readonly<Record<string, string>>>().notNull(),
    createdAt: createdAt(),
    expiresAt: instant("expires_at").notNull(),
  },
  (table) => [index("price_lock_expiry").on(table.expiresAt)],
);
