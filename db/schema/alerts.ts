import { sql } from "drizzle-orm";
import { boolean, index, integer, jsonb, pgTable, smallint, text, unique } from "drizzle-orm/pg-core";
import { createdAt, instant, nanoUsd } from "./columns";
import { organization } from "./organizations";

/** How an organization wants to be told of alerts; the defaults hold for one that never said so. */
export const alertSettings = pgTable("alert_settings", {
  organizationId: text("organization_id")
    .primaryKey()
    .references(() => organization.id),
  /** Members of these roles are mailed; empty = nobody. */
  mailRoles: text("mail_roles", { enum: ["owner", "admin", "billing", "developer", "viewer"] })
    .array()
    .notNull(),
  /** Sealed: whoever knows the URL can post there. */
  slackUrl: text("slack_url"),
  /** What may be shown of it. */
  slackShown: text("slack_shown"),
  isAnomalyOn: boolean("is_anomaly_on").notNull(),
  /** An hour that costs less than this is never unusual. */
  anomalyMinimum: nanoUsd("anomaly_minimum").notNull(),
  /** Percentages that the editor of a new budget begins with. */
  defaultThresholds: smallint("default_thresholds").array().notNull(),
  updatedAt: instant("updated_at").notNull(),
});

/** An hour whose spend was far above the usual. At most one a day is told of. */
export const spendAnomaly = pgTable(
  "spend_anomaly",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    hour: instant("hour").notNull(),
    spent: nanoUsd("spent").notNull(),
    usual: nanoUsd("usual").notNull(),
    raisedAt: instant("raised_at").notNull(),
  },
  (table) => [unique("spend_anomaly_once").on(table.organizationId, table.hour)],
);

/** One alert on its way to one reader. Made in the transaction that hands the event on; sent later, and again on failure. */
export const alertNotice = pgTable(
  "alert_notice",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    eventId: text("event_id").notNull(),
    eventType: text("event_type").notNull(),
    data: jsonb("data").$type<Readonly<Record<string, unknown>>>().notNull(),
    channel: text("channel", { enum: ["mail", "slack"] }).notNull(),
    /** The address of a mail; empty for Slack. */
    recipient: text("recipient").notNull(),
    state: text("state", { enum: ["pending", "sent", "failed"] })
      .notNull()
      .default("pending"),
    attempts: integer("attempts").notNull().default(0),
    nextAttemptAt: instant("next_attempt_at").notNull(),
    /** Why the last attempt failed, in a word of ours. */
    lastError: text("last_error"),
    createdAt: createdAt(),
    endedAt: instant("ended_at"),
  },
  (table) => [
    unique("alert_notice_once").on(table.eventId, table.channel, table.recipient),
    index("alert_notice_due").on(table.nextAttemptAt).where(sql`state = 'pending'`),
    index("alert_notice_organization").on(table.organizationId, table.eventId),
    index("alert_notice_age").on(table.createdAt),
  ],
);
