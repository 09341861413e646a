import { sql } from "drizzle-orm";
import { boolean, check, index, pgTable, primaryKey, smallint, text, unique } from "drizzle-orm/pg-core";
import { createdAt, instant, nanoUsd } from "./columns";
import { organization } from "./organizations";

/** A spending limit: how much one scope may spend in one window. Several may apply to a request; each binds on its own. */
export const budget = pgTable(
  "budget",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    scope: text("scope", { enum: ["organization", "project", "member", "key"] }).notNull(),
    /** The organization, project, member or key that it binds. */
    scopeId: text("scope_id").notNull(),
    window: text("window", { enum: ["5h", "day", "week", "month", "total"] }).notNull(),
    /** True: the window moves with time. False: it follows the UTC calendar, weeks from Monday. */
    isRolling: boolean("is_rolling").notNull(),
    /** True: no request may pass it. False: it only raises alerts. */
    isHard: boolean("is_hard").notNull(),
    amount: nanoUsd("amount").notNull(),
    /** Percentages of the amount at which an alert is raised, ascending. */
    thresholds: smallint("thresholds").array().notNull(),
    /** The member who set it; null when the platform did. */
    createdBy: text("created_by"),
    createdAt: createdAt(),
    updatedAt: instant("updated_at").notNull().defaultNow(),
  },
  (table) => [
    index("budget_organization").on(table.organizationId, table.id),
    // Counters are exact up to 2^53 nano-USD, about nine million dollars.
    check("budget_amount", sql`${table.amount} > 0 AND ${table.amount} <= 1000000000000000`),
    check("budget_total_has_no_window", sql`NOT (${table.window} = 'total' AND ${table.isRolling})`),
  ],
);

/** A threshold that was reached: raised once per budget, threshold and window, delivered by someone else. */
export const budgetAlert = pgTable(
  "budget_alert",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id").notNull(),
    budgetId: text("budget_id")
      .notNull()
      .references(() => budget.id, { onDelete: "cascade" }),
    threshold: smallint("threshold").notNull(),
    windowStartsAt: instant("window_starts_at").notNull(),
    /** As they were when the alert was raised. */
    amount: nanoUsd("amount").notNull(),
    spent: nanoUsd("spent").notNull(),
    raisedAt: instant("raised_at").notNull().defaultNow(),
    deliveredAt: instant("delivered_at"),
  },
  (table) => [
    unique("budget_alert_once").on(table.budgetId, table.threshold, table.windowStartsAt),
    index("budget_alert_undelivered").on(table.id).where(sql`delivered_at IS NULL`),
  ],
);

/**
 * What each scope has spent, by quarter hour of admission: the truth behind every budget. Written by a trigger on usage
 * records only. Sub-rows (`slot`) keep concurrent settlements of one organization from waiting for each other.
 */
export const capUsage = pgTable(
  "cap_usage",
  {
    organizationId: text("organization_id").notNull(),
    scope: text("scope").notNull(),
    scopeId: text("scope_id").notNull(),
    bucket: instant("bucket").notNull(),
    slot: smallint("slot").notNull(),
    spent: nanoUsd("spent").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.scope, table.scopeId, table.bucket, table.slot] }),
  ],
);
