import { sql } from "drizzle-orm";
import { check, index, integer, pgTable, text, unique } from "drizzle-orm/pg-core";
import { createdAt, instant, nanoUsd } from "./columns";
import { user } from "./identity";
import { organization } from "./organizations";

/** A code that gives promotional credit to those who enter it. */
export const promotion = pgTable(
  "promotion",
  {
    id: text("id").primaryKey(),
    /** Capital letters, digits and dashes, as it is compared. */
    code: text("code").notNull().unique(),
    amountNanoUsd: nanoUsd("amount_nano_usd").notNull(),
    /** What is unspent so many days after it was redeemed ends. */
    creditDays: integer("credit_days").notNull(),
    maxRedemptions: integer("max_redemptions").notNull(),
    /** Counted in the transaction of each redemption; never above the maximum. */
    redemptions: integer("redemptions").notNull().default(0),
    /** It can be redeemed until then. */
    redeemableUntil: instant("redeemable_until").notNull(),
    /** Only organizations that are younger than this, in days. Null: all. */
    maxOrganizationAgeDays: integer("max_organization_age_days"),
    note: text("note"),
    createdAt: createdAt(),
    /** Taken back by an operator: what was redeemed stays. */
    endedAt: instant("ended_at"),
  },
  (table) => [
    check(
      "promotion_terms",
      sql`${table.amountNanoUsd} > 0 AND ${table.creditDays} > 0 AND ${table.maxRedemptions} > 0`,
    ),
    check(
      "promotion_redemptions",
      sql`${table.redemptions} >= 0 AND ${table.redemptions} <= ${table.maxRedemptions}`,
    ),
  ],
);

/** A code that was entered: once for an organization, and once for a person, whatever organizations they make. */
export const redemption = pgTable(
  "redemption",
  {
    /** The source of the grant in the ledger. */
    id: text("id").primaryKey(),
    promotionId: text("promotion_id")
      .notNull()
      .references(() => promotion.id),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    userId: text("user_id")
      .notNull()
      .references(() => user.id),
    amountNanoUsd: nanoUsd("amount_nano_usd").notNull(),
    expiresAt: instant("expires_at").notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    unique("redemption_once_per_organization").on(table.promotionId, table.organizationId),
    unique("redemption_once_per_person").on(table.promotionId, table.userId),
    index("redemption_organization").on(table.organizationId, table.id),
  ],
);
