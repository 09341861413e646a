import { sql } from "drizzle-orm";
import { boolean, index, integer, jsonb, pgTable, text, unique } from "drizzle-orm/pg-core";
import { createdAt, instant, textArray } from "./columns";
import { organization } from "./organizations";

/** Where an organization wants to be told of its events. Secrets are sealed: they are read again to sign. */
export const webhookEndpoint = pgTable(
  "webhook_endpoint",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    url: text("url").notNull(),
    description: text("description").notNull().default(""),
    /** Names of events, or `noun.*`; empty = all. */
    eventTypes: textArray("event_types"),
    secret: text("secret").notNull(),
    /** Signs beside the new one until then, so that a receiver can change over without losing an event. */
    previousSecret: text("previous_secret"),
    previousSecretUntil: instant("previous_secret_until"),
    status: text("status", { enum: ["active", "disabled"] })
      .notNull()
      .default("active"),
    /** manual: by a member. gone: it answered 410. failing: nothing but failures for days. */
    disabledReason: text("disabled_reason", { enum: ["manual", "gone", "failing"] }),
    disabledAt: instant("disabled_at"),
    /** First and last failure since the last success; both null while it works. */
    failingSince: instant("failing_since"),
    lastFailedAt: instant("last_failed_at"),
    createdAt: createdAt(),
    updatedAt: instant("updated_at").notNull().defaultNow(),
  },
  (table) => [index("webhook_endpoint_organization").on(table.organizationId, table.id)],
);

export interface WebhookAttempt {
  /** ISO 8601. */
  readonly at: string;
  /** HTTP status; null when there was no answer. */
  readonly status: number | null;
  /** What went wrong, in a word of ours. Null after a success. */
  readonly error: string | null;
  readonly durationMs: number;
}

/** One event on its way to one endpoint. The body is kept as it is sent, so that every attempt signs the same bytes. */
export const webhookDelivery = pgTable(
  "webhook_delivery",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id").notNull(),
    endpointId: text("endpoint_id")
      .notNull()
      .references(() => webhookEndpoint.id, { onDelete: "cascade" }),
    /** What the receiver sees as `webhook-id`. A test event has an id too, but no row in `event`. */
    eventId: text("event_id").notNull(),
    eventType: text("event_type").notNull(),
    isTest: boolean("is_test").notNull().default(false),
    body: text("body").notNull(),
    state: text("state", { enum: ["pending", "succeeded", "failed"] })
      .notNull()
      .default("pending"),
    /** Attempts since it was last scheduled: the place in the list of delays. */
    step: integer("step").notNull().default(0),
    /** Attempts in all. */
    attempts: integer("attempts").notNull().default(0),
    nextAttemptAt: instant("next_attempt_at").notNull(),
    /** Whoever sends it holds it until then, and writes the outcome under this name only. */
    claim: text("claim"),
    claimedUntil: instant("claimed_until"),
    /** The latest attempts, oldest first, at most 20. */
    log: jsonb("log").$type<readonly WebhookAttempt[]>().notNull().default([]),
    /** The beginning of the last answer, printable characters only. */
    lastAnswer: text("last_answer"),
    createdAt: createdAt(),
    endedAt: instant("ended_at"),
  },
  (table) => [
    unique("webhook_delivery_once").on(table.endpointId, table.eventId),
    index("webhook_delivery_due").on(table.endpointId, table.nextAttemptAt).where(sql`state = 'pending'`),
    index("webhook_delivery_claimed").on(table.claimedUntil).where(sql`claimed_until IS NOT NULL`),
    index("webhook_delivery_list").on(table.organizationId, table.id),
    index("webhook_delivery_age").on(table.createdAt),
  ],
);
