import { sql } from "drizzle-orm";
import { bigint, boolean, index, jsonb, pgTable, text, unique, uniqueIndex } from "drizzle-orm/pg-core";
import { createdAt, instant, rateLimits } from "./columns";
import { user } from "./identity";

export const organization = pgTable("organization", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  kind: text("kind", { enum: ["personal", "team"] }).notNull(),
  /** A suspended organization keeps its data and money, but no request of it is admitted. */
  status: text("status", { enum: ["active", "suspended"] })
    .notNull()
    .default("active"),
  /** Why it is suspended: by an operator, because a payment of it is disputed, or because nobody is left. Null while it is active. */
  suspendedFor: text("suspended_for", { enum: ["operator", "dispute", "closed"] }),
  /** Goes up with every change of a budget, a rate limit or a key: counter stores that saw another one are rebuilt. */
  limitsVersion: bigint("limits_version", { mode: "number" }).notNull().default(1),
  ...rateLimits(),
  createdAt: createdAt(),
});

export const member = pgTable(
  "member",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    userId: text("user_id")
      .notNull()
      .references(() => user.id),
    role: text("role", { enum: ["owner", "admin", "billing", "developer", "viewer"] }).notNull(),
    createdAt: createdAt(),
    /** Left or was removed. The row stays: keys, requests and the trail name it. Joining again clears it. */
    removedAt: instant("removed_at"),
  },
  (table) => [
    unique("member_once").on(table.organizationId, table.userId),
    index("member_user").on(table.userId),
  ],
);

export const project = pgTable(
  "project",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    name: text("name").notNull(),
    isDefault: boolean("is_default").notNull().default(false),
    createdAt: createdAt(),
    /** Its keys are revoked and no new ones are made; what it spent stays visible. */
    archivedAt: instant("archived_at"),
  },
  (table) => [unique("project_name_unique").on(table.organizationId, table.name)],
);

/** What an organization allows; one row, written whole. See `server/organizations/policy.ts` for its shape. */
export const organizationPolicy = pgTable("organization_policy", {
  organizationId: text("organization_id")
    .primaryKey()
    .references(() => organization.id),
  policy: jsonb("policy").notNull(),
  updatedAt: instant("updated_at").notNull(),
});

/** Somebody asked to join by e-mail. Only the hash of the link's secret is kept. */
export const invitation = pgTable(
  "invitation",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    email: text("email").notNull(),
    role: text("role", { enum: ["owner", "admin", "billing", "developer", "viewer"] }).notNull(),
    tokenHash: text("token_hash").notNull().unique(),
    invitedByUserId: text("invited_by_user_id")
      .notNull()
      .references(() => user.id),
    expiresAt: instant("expires_at").notNull(),
    acceptedAt: instant("accepted_at"),
    revokedAt: instant("revoked_at"),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex("invitation_open_once")
      .on(table.organizationId, sql`lower(${table.email})`)
      .where(sql`accepted_at IS NULL AND revoked_at IS NULL`),
    index("invitation_email").on(sql`lower(${table.email})`),
  ],
);

/** Owns keys that belong to no person: deployments, jobs. */
export const serviceAccount = pgTable(
  "service_account",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    name: text("name").notNull(),
    createdAt: createdAt(),
    removedAt: instant("removed_at"),
  },
  (table) => [
    uniqueIndex("service_account_name")
      .on(table.organizationId, sql`lower(${table.name})`)
      .where(sql`removed_at IS NULL`),
  ],
);
