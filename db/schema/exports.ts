import { index, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { createdAt, instant } from "./columns";
import { user } from "./identity";

/** Everything about a person as a file of theirs. Made by a job in steps; deleted with its parts after a week. */
export const dataExport = pgTable(
  "data_export",
  {
    id: text("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    state: text("state", { enum: ["running", "ready", "failed"] }).notNull(),
    /** Steps that are done, of how many. */
    done: integer("done").notNull().default(0),
    total: integer("total").notNull(),
    createdAt: createdAt(),
    readyAt: instant("ready_at"),
    expiresAt: instant("expires_at").notNull(),
    /** Whoever works on it holds it until then. */
    claimedUntil: instant("claimed_until"),
  },
  (table) => [
    index("data_export_user").on(table.userId, table.id),
    index("data_export_expires").on(table.expiresAt),
  ],
);

/** Pieces of the file in their order. A piece is written in the transaction that counts its step. */
export const dataExportPart = pgTable(
  "data_export_part",
  {
    exportId: text("export_id")
      .notNull()
      .references(() => dataExport.id, { onDelete: "cascade" }),
    place: integer("place").notNull(),
    body: text("body").notNull(),
  },
  (table) => [primaryKey({ columns: [table.exportId, table.place] })],
);
