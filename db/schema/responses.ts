import { index, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { instant, textArray } from "./columns";
import { organization, project } from "./organizations";

/**
 * An answer of the Responses API that its client asked to keep (`store`), with what it answered. Texts are JSON, kept as
 * text: `jsonb` refuses characters that prompts may hold. Bound to the project of the key that made it; never read by
 * people, and deleted when it expires.
 */
export const storedResponse = pgTable(
  "stored_response",
  {
    id: text("id").notNull(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    projectId: text("project_id")
      .notNull()
      .references(() => project.id),
    /** The response that it goes on from. */
    previousId: text("previous_id"),
    /** The input items of its own request, without those of the responses before. */
    input: text("input").notNull(),
    /** The whole response object, as the client got it. */
    response: text("response").notNull(),
    /** Ids of its input and output items, by which later requests may point at them. */
    itemIds: textArray("item_ids"),
    /** Of input and response. */
    bytes: integer("bytes").notNull(),
    createdAt: instant("created_at").notNull(),
    /** Moved on whenever a later response goes on from it. */
    expiresAt: instant("expires_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.id] }),
    index("stored_response_items").using("gin", table.itemIds),
    index("stored_response_expiry").on(table.expiresAt),
  ],
);
