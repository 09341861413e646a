import { sql } from "drizzle-orm";
import { boolean, index, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { instant } from "./columns";

/** One run of a scheduled job. `running` long after it began: the process died. Old runs are deleted by the sweeper. */
export const jobRun = pgTable(
  "job_run",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    startedAt: instant("started_at").notNull(),
    endedAt: instant("ended_at"),
    /** attention: it ran to its end and found something that a person has to look at. */
    outcome: text("outcome", { enum: ["running", "succeeded", "attention", "failed"] }).notNull(),
    /** Counts that the job reports, by name. */
    figures: jsonb("figures").$type<Readonly<Record<string, number>>>().notNull(),
    /** What was found, or why it failed. For operators; never shown to customers. */
    detail: text("detail"),
    /** It ended well and found nothing to do: only the latest such run of a job is kept. */
    isQuiet: boolean("is_quiet").notNull().default(false),
  },
  (table) => [
    index("job_run_name").on(table.name, table.startedAt.desc()),
    index("job_run_started").on(table.startedAt),
    index("job_run_quiet").on(table.name).where(sql`is_quiet`),
  ],
);
