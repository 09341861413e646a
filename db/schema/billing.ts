import { sql } from "drizzle-orm";
import { boolean, check, index, pgTable, text, unique, uniqueIndex } from "drizzle-orm/pg-core";
import { createdAt, instant, nanoUsd } from "./columns";
import { commitment } from "./commitments";
import { user } from "./identity";
import { organization } from "./organizations";

/**
 * A top-up. Above what an organization's own policy lets pass, `awaiting_approval` comes first; then `created → pending → paid | failed | canceled | expired`; above the self-serve limit
 * `in_review → approved → paid | rejected`; once paid, `partially_refunded | refunded | disputed`.
 */
export const order = pgTable(
  "order",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    createdByUserId: text("created_by_user_id")
      .notNull()
      .references(() => user.id),
    /** Slug of a pack on the pricing page, or `custom`. */
    pack: text("pack").notNull(),
    amountNanoUsd: nanoUsd("amount_nano_usd").notNull(),
    status: text("status", {
      enum: [
        "awaiting_approval",
        "created",
        "pending",
        "paid",
        "failed",
        "canceled",
        "expired",
        "in_review",
        "approved",
        "rejected",
        "partially_refunded",
        "refunded",
        "disputed",
      ],
    }).notNull(),
    paymentMethod: text("payment_method", { enum: ["sandbox", "invoice", "card"] }).notNull(),
    /** Made in the browser and kept until a definite outcome, so that a double click is one order. */
    attemptKey: text("attempt_key").notNull(),
    createdAt: createdAt(),
    paidAt: instant("paid_at"),
    closedAt: instant("closed_at"),
    /** Who of the organization approved or declined it, and when; its day to be paid begins then. Null when nobody had to. */
    decidedByUserId: text("decided_by_user_id").references(() => user.id),
    decidedAt: instant("decided_at"),
    /** The buyer asked to keep the card for later payments. Never preselected. */
    savesCard: boolean("saves_card").notNull().default(false),
    stripeSessionId: text("stripe_session_id").unique(),
    /** The payment that paid it. One payment pays one order. */
    stripePaymentIntentId: text("stripe_payment_intent_id").unique(),
    stripeInvoiceId: text("stripe_invoice_id").unique(),
    /** Pages of Stripe's own: where an invoice is paid and read, and the receipt of a card payment. */
    invoiceUrl: text("invoice_url"),
    receiptUrl: text("receipt_url"),
    /** The commitment of which it pays a period; credited as committed money. */
    commitmentId: text("commitment_id").references(() => commitment.id),
    /** Credited on top of what is paid: the discount of a commitment. */
    bonusNanoUsd: nanoUsd("bonus_nano_usd").notNull().default(sql`0`),
  },
  (table) => [
    unique("order_attempt_once").on(table.organizationId, table.attemptKey),
    index("order_organization").on(table.organizationId, table.id),
    index("order_commitment").on(table.commitmentId).where(sql`commitment_id IS NOT NULL`),
    check("order_amount_positive", sql`${table.amountNanoUsd} > 0 AND ${table.bonusNanoUsd} >= 0`),
  ],
);

/** The customer at Stripe that stands for an organization. */
export const stripeCustomer = pgTable("stripe_customer", {
  organizationId: text("organization_id")
    .primaryKey()
    .references(() => organization.id),
  customerId: text("customer_id").notNull().unique(),
  createdAt: createdAt(),
});

/** Every event that Stripe told us, written in the transaction of its effects: an event is done exactly if its row is here. */
export const stripeEvent = pgTable(
  "stripe_event",
  {
    /** Stripe's id of it. */
    id: text("id").primaryKey(),
    type: text("type").notNull(),
    /** rejected: it does not fit our own order; nothing was credited, and somebody has to look. */
    outcome: text("outcome", { enum: ["applied", "ignored", "rejected"] }).notNull(),
    detail: text("detail"),
    orderId: text("order_id"),
    receivedAt: instant("received_at").notNull(),
  },
  (table) => [index("stripe_event_rejected").on(table.receivedAt).where(sql`outcome = 'rejected'`)],
);

/** Money of a paid order on its way back to the payer. Taken from the balance before Stripe is asked. */
export const refund = pgTable(
  "refund",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    orderId: text("order_id")
      .notNull()
      .references(() => order.id),
    amountNanoUsd: nanoUsd("amount_nano_usd").notNull(),
    status: text("status", { enum: ["pending", "succeeded", "failed"] }).notNull(),
    stripeRefundId: text("stripe_refund_id").unique(),
    /** Why it was asked for, or why it failed. */
    reason: text("reason"),
    createdAt: createdAt(),
    closedAt: instant("closed_at"),
  },
  (table) => [
    index("refund_order").on(table.orderId),
    index("refund_pending").on(table.createdAt).where(sql`status = 'pending'`),
    check("refund_amount_positive", sql`${table.amountNanoUsd} > 0`),
  ],
);

/** The payer's bank takes a payment back. Its amount is frozen until the bank decides. */
export const dispute = pgTable(
  "dispute",
  {
    /** Stripe's id of it. */
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    orderId: text("order_id")
      .notNull()
      .references(() => order.id),
    amountNanoUsd: nanoUsd("amount_nano_usd").notNull(),
    status: text("status", { enum: ["open", "won", "lost"] }).notNull(),
    createdAt: createdAt(),
    closedAt: instant("closed_at"),
  },
  (table) => [index("dispute_order").on(table.orderId)],
);

/** When and how an organization's balance is refilled by itself. Exists only after somebody agreed to the text kept here. */
export const autoRecharge = pgTable(
  "auto_recharge",
  {
    organizationId: text("organization_id")
      .primaryKey()
      .references(() => organization.id),
    isEnabled: boolean("is_enabled").notNull(),
    thresholdNanoUsd: nanoUsd("threshold_nano_usd").notNull(),
    amountNanoUsd: nanoUsd("amount_nano_usd").notNull(),
    monthlyCapNanoUsd: nanoUsd("monthly_cap_nano_usd").notNull(),
    /** Why it stands still; only a person sets it going again. Null while it works. */
    pausedReason: text("paused_reason"),
    pausedAt: instant("paused_at"),
    /** When the pause was told by mail and event; null while it was not. */
    pauseToldAt: instant("pause_told_at"),
    consentText: text("consent_text").notNull(),
    consentByUserId: text("consent_by_user_id")
      .notNull()
      .references(() => user.id),
    consentAt: instant("consent_at").notNull(),
  },
  (table) => [
    check(
      "auto_recharge_amounts",
      sql`${table.thresholdNanoUsd} > 0 AND ${table.amountNanoUsd} > 0 AND ${table.monthlyCapNanoUsd} >= ${table.amountNanoUsd}`,
    ),
  ],
);

/** One automatic top-up: the order that it pays, and how far it is. Its id is the idempotency key at Stripe. */
export const recharge = pgTable(
  "recharge",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    orderId: text("order_id")
      .notNull()
      .unique()
      .references(() => order.id),
    amountNanoUsd: nanoUsd("amount_nano_usd").notNull(),
    status: text("status", { enum: ["pending", "succeeded", "failed", "action_required"] }).notNull(),
    reason: text("reason"),
    createdAt: createdAt(),
    closedAt: instant("closed_at"),
    /** The card it is charged to: chosen once, so that a repeated call is the same call. */
    paymentMethodId: text("payment_method_id"),
  },
  (table) => [
    uniqueIndex("recharge_one_pending").on(table.organizationId).where(sql`status = 'pending'`),
    index("recharge_organization").on(table.organizationId, table.createdAt),
  ],
);

/** Whether an organization's balance is low, as it was last told. One row for each that ever was. */
export const balanceAlert = pgTable("balance_alert", {
  organizationId: text("organization_id")
    .primaryKey()
    .references(() => organization.id),
  isLow: boolean("is_low").notNull(),
  changedAt: instant("changed_at").notNull(),
  /** When the owners were mailed about it; null while they were not. */
  mailedAt: instant("mailed_at"),
});

/** A card that the bank declined at a checkout: too many of them in a day, and no more checkouts are opened. */
export const cardDecline = pgTable(
  "card_decline",
  {
    /** Stripe's id of the event that told it. */
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    /** Who placed the order. */
    userId: text("user_id")
      .notNull()
      .references(() => user.id),
    /** Stripe's name of the card itself, whoever uses it; null when it is not known. */
    fingerprint: text("fingerprint"),
    at: instant("at").notNull(),
  },
  (table) => [
    index("card_decline_organization").on(table.organizationId, table.at),
    index("card_decline_user").on(table.userId, table.at),
    index("card_decline_card").on(table.fingerprint, table.at),
  ],
);
