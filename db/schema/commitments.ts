import { sql } from "drizzle-orm";
import { check, index, integer, pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";
import { createdAt, instant, nanoUsd } from "./columns";
import { user } from "./identity";
import { organization } from "./organizations";

/**
 * A yearly amount that an organization commits to. `quoted → accepted → active ⇄ past_due → canceled`; a quote may be
 * `withdrawn` instead. Its paid periods are orders.
 */
export const commitment = pgTable(
  "commitment",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    status: text("status", {
      enum: ["quoted", "accepted", "active", "past_due", "canceled", "withdrawn"],
    }).notNull(),
    /** What is credited in a year, before the discount. */
    yearlyNanoUsd: nanoUsd("yearly_nano_usd").notNull(),
    /** What is paid less than is credited, in hundredths of a percent. */
    discountBasisPoints: integer("discount_basis_points").notNull(),
    schedule: text("schedule", { enum: ["monthly", "quarterly", "annual"] }).notNull(),
    slaTier: text("sla_tier", { enum: ["standard", "priority", "dedicated"] }).notNull(),
    /** What else was agreed, in the words that the customer reads. */
    note: text("note"),
    createdAt: createdAt(),
    /** The quote can be accepted until then. */
    validUntil: instant("valid_until").notNull(),
    acceptedAt: instant("accepted_at"),
    acceptedByUserId: text("accepted_by_user_id").references(() => user.id),
    /** What was agreed to, word for word. */
    acceptedText: text("accepted_text"),
    payBy: text("pay_by", { enum: ["card", "invoice"] }),
    stripeSubscriptionId: text("stripe_subscription_id").unique(),
    /** Where the newest invoice is paid or read. */
    invoiceUrl: text("invoice_url"),
    /** When its first paid period began: terms of a year are counted from here. */
    startedAt: instant("started_at"),
    /** The newest period that was paid. */
    periodStart: instant("period_start"),
    periodEnd: instant("period_end"),
    /** It ends then and is not renewed. Null: it renews. */
    endsAt: instant("ends_at"),
    endedAt: instant("ended_at"),
    /** When we began to read what Stripe said last: an older reading does not replace a newer one. */
    readAt: instant("read_at"),
  },
  (table) => [
    index("commitment_organization").on(table.organizationId, table.id),
    uniqueIndex("commitment_one_quote").on(table.organizationId).where(sql`status = 'quoted'`),
    uniqueIndex("commitment_one_live")
      .on(table.organizationId)
      .where(sql`status IN ('accepted', 'active', 'past_due')`),
    check(
      "commitment_terms",
      sql`${table.yearlyNanoUsd} > 0 AND ${table.discountBasisPoints} BETWEEN 0 AND 5000`,
    ),
  ],
);
