import { sql } from "drizzle-orm";
import { boolean, index, integer, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core";
import { createdAt, instant } from "./columns";

export const user = pgTable(
  "user",
  {
    id: text("id").primaryKey(),
    /** As typed; compared in lower case. */
    email: text("email").notNull(),
    name: text("name").notNull(),
    /** argon2id; null for a user who only signs in through another service. */
    passwordHash: text("password_hash"),
    emailVerifiedAt: instant("email_verified_at"),
    /** Raised to end every session of the user at once. */
    sessionVersion: integer("session_version").notNull().default(0),
    isOperator: boolean("is_operator").notNull().default(false),
    /** Signing in takes a code from the person's device as well. Secret and recovery codes are in `two_factor`. */
    hasTwoFactor: boolean("has_two_factor").notNull().default(false),
    createdAt: createdAt(),
    /** Kept out by an operator: no session, and no sign-in, until it is taken back. Why stands in the trail. */
    suspendedAt: instant("suspended_at"),
    /** The account is gone: name, address and password are not those of the person any more. */
    deletedAt: instant("deleted_at"),
  },
  (table) => [uniqueIndex("user_email_unique").on(sql`lower(${table.email})`)],
);

/** Single-use links sent by mail. Only the hash of the secret part is kept. */
export const emailToken = pgTable(
  "email_token",
  {
    id: text("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    purpose: text("purpose", { enum: ["verify_email", "reset_password"] }).notNull(),
    tokenHash: text("token_hash").notNull().unique(),
    expiresAt: instant("expires_at").notNull(),
    usedAt: instant("used_at"),
    createdAt: createdAt(),
  },
  (table) => [index("email_token_user").on(table.userId, table.purpose)],
);

/** An account elsewhere that signs a person in here. The other side's own id is what counts, never its address. */
export const linkedAccount = pgTable(
  "linked_account",
  {
    provider: text("provider", { enum: ["github", "google"] }).notNull(),
    subject: text("subject").notNull(),
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    /** The verified address that it was linked by. */
    email: text("email").notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.provider, table.subject] }),
    index("linked_account_user").on(table.userId),
  ],
);

/** Counts of failed sign-ins per account and per address, in windows, so that guessing is slowed for both. */
export const signInAttempt = pgTable("sign_in_attempt", {
  /** `account:<sha256 of e-mail>` or `ip:<sha256 of address>`. */
  subject: text("subject").primaryKey(),
  failures: integer("failures").notNull().default(0),
  windowStartedAt: instant("window_started_at").notNull().defaultNow(),
});

/** A signed-in browser. Its cookie names this row; ending the row ends every copy of the cookie. */
export const userSession = pgTable(
  "user_session",
  {
    id: text("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    createdAt: createdAt(),
    expiresAt: instant("expires_at").notNull(),
    endedAt: instant("ended_at"),
    /** The organization the person acts for; null or no longer theirs = the first of their own. */
    organizationId: text("organization_id"),
    /** Shown in the list of sessions. */
    userAgent: text("user_agent"),
    lastSeenAt: instant("last_seen_at"),
  },
  (table) => [index("user_session_user").on(table.userId)],
);
