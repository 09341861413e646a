import { sql } from "drizzle-orm";
import { check, index, pgTable, text } from "drizzle-orm/pg-core";
import { createdAt, instant, nanoUsd } from "./columns";
import { user } from "./identity";
import { organization } from "./organizations";

/** What a ticket is about. `commitment` is a contact request: somebody wants to agree on yearly spend. */
export const TICKET_TOPICS = ["account", "billing", "api", "security", "other", "commitment"] as const;

/** Something that somebody wrote to us, signed in or not. `open`: we owe an answer; `answered`: they do. */
export const ticket = pgTable(
  "ticket",
  {
    id: text("id").primaryKey(),
    /** Of the session it was written in; null for visitors. */
    organizationId: text("organization_id").references(() => organization.id),
    userId: text("user_id").references(() => user.id),
    name: text("name").notNull(),
    email: text("email").notNull(),
    topic: text("topic", { enum: TICKET_TOPICS }).notNull(),
    subject: text("subject").notNull(),
    /** Contact requests only. */
    company: text("company"),
    yearlyAmountNanoUsd: nanoUsd("yearly_amount_nano_usd"),
    priority: text("priority", { enum: ["normal", "high"] }).notNull(),
    status: text("status", { enum: ["open", "answered", "closed"] })
      .notNull()
      .default("open"),
    createdAt: createdAt(),
    /** Of the newest message. */
    updatedAt: instant("updated_at").notNull(),
    closedAt: instant("closed_at"),
  },
  (table) => [
    index("ticket_organization").on(table.organizationId, table.id),
    index("ticket_status").on(table.status, table.id),
    check("ticket_amount_positive", sql`${table.yearlyAmountNanoUsd} > 0`),
    check("ticket_closed_when", sql`(${table.status} = 'closed') = (${table.closedAt} IS NOT NULL)`),
  ],
);

export const ticketMessage = pgTable(
  "ticket_message",
  {
    id: text("id").primaryKey(),
    ticketId: text("ticket_id")
      .notNull()
      .references(() => ticket.id),
    author: text("author", { enum: ["customer", "operator"] }).notNull(),
    /** Who wrote it, as others see them; null for a visitor, whose name the ticket has. */
    userId: text("user_id").references(() => user.id),
    authorName: text("author_name").notNull(),
    body: text("body").notNull(),
    createdAt: createdAt(),
  },
  (table) => [index("ticket_message_ticket").on(table.ticketId, table.id)],
);
