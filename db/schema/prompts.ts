import { boolean, index, pgTable, text } from "drizzle-orm/pg-core";
import { instant } from "./columns";
import { organization } from "./organizations";

/**
 * Prompt and answer of a request, only for organizations whose policy says so, and deleted when the time it names is
 * over. Texts are kept as they came over the wire: `jsonb` refuses characters that prompts may hold.
 */
export const promptLog = pgTable(
  "prompt_log",
  {
    /** The request's id. */
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    prompt: text("prompt").notNull(),
    answer: text("answer").notNull(),
    /** One of the two was longer than is kept. */
    isCut: boolean("is_cut").notNull(),
    createdAt: instant("created_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
  },
  (table) => [
    index("prompt_log_expiry").on(table.expiresAt),
    index("prompt_log_organization").on(table.organizationId),
  ],
);
