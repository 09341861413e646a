import { index, integer, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { createdAt, instant } from "./columns";
import { organization } from "./organizations";

/** Mails about what happened, one row a receiver, written in the transaction of the fact and deleted when sent. */
export const mailOutbox = pgTable(
  "mail_outbox",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    toAddress: text("to_address").notNull(),
    /** Which letter it is; what it says is made of `data` when it is sent. */
    kind: text("kind").notNull(),
    data: jsonb("data").$type<Readonly<Record<string, string>>>().notNull(),
    attempts: integer("attempts").notNull().default(0),
    nextAttemptAt: instant("next_attempt_at").notNull(),
    createdAt: createdAt(),
  },
  (table) => [index("mail_outbox_due").on(table.nextAttemptAt)],
);
