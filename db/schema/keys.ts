import { sql } from "drizzle-orm";
import { index, jsonb, pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";
import { createdAt, instant, rateLimits } from "./columns";
import { member, organization, project, serviceAccount } from "./organizations";

export const apiKey = pgTable(
  "api_key",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    projectId: text("project_id")
      .notNull()
      .references(() => project.id),
    /** Whose key it is: a member's, a service account's, or nobody's. */
    memberId: text("member_id").references(() => member.id),
    serviceAccountId: text("service_account_id").references(() => serviceAccount.id),
    name: text("name").notNull(),
    /** `playground`: a member's own, which only our pages call with and whose secret nobody has ever seen. */
    purpose: text("purpose", { enum: ["program", "playground"] })
      .notNull()
      .default("program"),
    /** SHA-256 of the whole secret, hex. The secret itself is shown once and never stored. */
    secretHash: text("secret_hash").notNull().unique(),
    /** The last four characters, so that a person can tell keys apart. */
    secretTail: text("secret_tail").notNull(),
    /** After a rotation: hash of the secret before, and until when it works as well. */
    previousSecretHash: text("previous_secret_hash"),
    previousValidUntil: instant("previous_valid_until"),
    status: text("status", { enum: ["active", "revoked"] })
      .notNull()
      .default("active"),
    expiresAt: instant("expires_at"),
    revokedAt: instant("revoked_at"),
    ...rateLimits(),
    /** What the key itself is restricted to: `{ routing, … }`. It can only narrow what the organization allows. */
    policy: jsonb("policy"),
    createdAt: createdAt(),
  },
  (table) => [
    index("api_key_organization").on(table.organizationId, table.id),
    uniqueIndex("api_key_playground")
      .on(table.memberId)
      .where(sql`purpose = 'playground' AND status = 'active'`),
  ],
);
