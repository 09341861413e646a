import { sql } from "drizzle-orm";
import { index, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { createdAt, instant } from "./columns";
import { organization } from "./organizations";

/** The transactional outbox: what happened, written in the transaction of the fact and handed on later. */
export const event = pgTable(
  "event",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    type: text("type").notNull(),
    data: jsonb("data").$type<Readonly<Record<string, unknown>>>().notNull(),
    createdAt: createdAt(),
    /** Set when every receiver has its delivery row; null = still to be handed on. */
    dispatchedAt: instant("dispatched_at"),
    /** Set when every reader of an alert has a notice; for events that are none it stays null. */
    alertedAt: instant("alerted_at"),
  },
  (table) => [
    index("event_undispatched").on(table.id).where(sql`dispatched_at IS NULL`),
    index("event_unalerted").on(table.type, table.id).where(sql`alerted_at IS NULL`),
    index("event_organization").on(table.organizationId, table.id),
  ],
);
