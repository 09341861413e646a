import { sql } from "drizzle-orm";
import { boolean, check, index, integer, pgTable, text } from "drizzle-orm/pg-core";
import { order } from "./billing";
import { createdAt, instant, nanoUsd } from "./columns";
import { user } from "./identity";
import { organization } from "./organizations";

/** An organization that refers others, and the rules of what it earns. Exists only after somebody agreed to them. */
export const partner = pgTable(
  "partner",
  {
    organizationId: text("organization_id")
      .primaryKey()
      .references(() => organization.id),
    /** The end of its link. */
    code: text("code").notNull().unique(),
    /** Of what a referred organization pays, in hundredths of a percent. */
    commissionBasisPoints: integer("commission_basis_points").notNull(),
    /** For so many months after the referral. */
    commissionMonths: integer("commission_months").notNull(),
    /** What was earned can be paid out after so many days: refunds and disputes come before. */
    holdDays: integer("hold_days").notNull(),
    /** False: nothing more is earned. What was earned stays. */
    isActive: boolean("is_active").notNull().default(true),
    agreedText: text("agreed_text").notNull(),
    agreedByUserId: text("agreed_by_user_id")
      .notNull()
      .references(() => user.id),
    createdAt: createdAt(),
    /** Where Stripe sends its payouts. Null: they are recorded by hand. */
    stripeAccountId: text("stripe_account_id").unique(),
  },
  (table) => [
    check(
      "partner_rules",
      sql`${table.commissionBasisPoints} BETWEEN 0 AND 5000 AND ${table.commissionMonths} BETWEEN 1 AND 120 AND ${table.holdDays} BETWEEN 0 AND 365`,
    ),
  ],
);

/** Who referred an organization: once, at its sign-up. */
export const referral = pgTable(
  "referral",
  {
    organizationId: text("organization_id")
      .primaryKey()
      .references(() => organization.id),
    partnerOrganizationId: text("partner_organization_id")
      .notNull()
      .references(() => partner.organizationId),
    createdAt: createdAt(),
  },
  (table) => [
    index("referral_partner").on(table.partnerOrganizationId),
    check("referral_of_another", sql`${table.organizationId} <> ${table.partnerOrganizationId}`),
  ],
);

/** What a paid order of a referred organization earned. The ledger has the money; this row says why and from when. */
export const commission = pgTable(
  "commission",
  {
    orderId: text("order_id")
      .primaryKey()
      .references(() => order.id),
    partnerOrganizationId: text("partner_organization_id")
      .notNull()
      .references(() => partner.organizationId),
    amountNanoUsd: nanoUsd("amount_nano_usd").notNull(),
    /** What went back with refunds and disputes of the order. */
    reversedNanoUsd: nanoUsd("reversed_nano_usd").notNull().default(sql`0`),
    availableAt: instant("available_at").notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    index("commission_partner").on(table.partnerOrganizationId, table.availableAt),
    check(
      "commission_amounts",
      sql`${table.amountNanoUsd} > 0 AND ${table.reversedNanoUsd} >= 0 AND ${table.reversedNanoUsd} <= ${table.amountNanoUsd}`,
    ),
  ],
);

/** Earned commission on its way out. `requested → approved → paid | failed`, or `converted` to balance at once. */
export const payout = pgTable(
  "payout",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => partner.organizationId),
    amountNanoUsd: nanoUsd("amount_nano_usd").notNull(),
    status: text("status", { enum: ["requested", "approved", "paid", "failed", "converted"] }).notNull(),
    requestedByUserId: text("requested_by_user_id")
      .notNull()
      .references(() => user.id),
    /** How it was paid: by Stripe, or past it and recorded by hand. */
    method: text("method", { enum: ["stripe", "manual"] }),
    /** The bank's reference of a payment made by hand. */
    reference: text("reference"),
    stripeTransferId: text("stripe_transfer_id").unique(),
    /** Why it failed. */
    reason: text("reason"),
    createdAt: createdAt(),
    approvedAt: instant("approved_at"),
    closedAt: instant("closed_at"),
  },
  (table) => [
    index("payout_organization").on(table.organizationId, table.id),
    index("payout_open").on(table.createdAt).where(sql`status IN ('requested', 'approved')`),
    check("payout_amount_positive", sql`${table.amountNanoUsd} > 0`),
  ],
);
