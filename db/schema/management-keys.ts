import { index, pgTable, text } from "drizzle-orm/pg-core";
import { createdAt, instant, textArray } from "./columns";
import { organization } from "./organizations";

/** A key of the management API: changes an organization within its scopes, and can call no model. */
export const managementKey = pgTable(
  "management_key",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    name: text("name").notNull(),
    /** SHA-256 of the whole secret, hex. The secret itself is shown once and never stored. */
    secretHash: text("secret_hash").notNull().unique(),
    secretTail: text("secret_tail").notNull(),
    scopes: textArray("scopes"),
    /** The member who made it. */
    createdBy: text("created_by").notNull(),
    expiresAt: instant("expires_at"),
    revokedAt: instant("revoked_at"),
    /** To the hour. */
    lastUsedAt: instant("last_used_at"),
    createdAt: createdAt(),
  },
  (table) => [index("management_key_organization").on(table.organizationId, table.id)],
);
