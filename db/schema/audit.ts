import { sql } from "drizzle-orm";
import { bigint, index, jsonb, pgTable, text, unique } from "drizzle-orm/pg-core";
import { instant } from "./columns";

/** A change by a person, a key or the system. Append-only: a trigger refuses everything but INSERT. */
export const auditEvent = pgTable(
  "audit_event",
  {
    id: text("id").primaryKey(),
    /** The organization's id; `platform` for changes that concern none. Every chain is hashed on its own. */
    chain: text("chain").notNull(),
    /** 1, 2, 3 … without a gap. */
    sequence: bigint("sequence", { mode: "number" }).notNull(),
    actorKind: text("actor_kind", { enum: ["user", "key", "system", "operator"] }).notNull(),
    actorId: text("actor_id"),
    /** Who it was in words (name or address at that time): people leave, the trail stays readable. */
    actorLabel: text("actor_label").notNull(),
    ip: text("ip"),
    action: text("action").notNull(),
    targetKind: text("target_kind").notNull(),
    targetId: text("target_id").notNull(),
    targetLabel: text("target_label").notNull(),
    before: jsonb("before"),
    after: jsonb("after"),
    previousHash: text("previous_hash").notNull(),
    hash: text("hash").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [
    unique("audit_event_sequence").on(table.chain, table.sequence),
    index("audit_event_action").on(table.chain, table.action, table.sequence),
    index("audit_event_operator").on(table.id).where(sql`actor_kind = 'operator'`),
  ],
);

/** The end of each chain. Locked while a link is added, so that a chain never forks. */
export const auditHead = pgTable("audit_head", {
  chain: text("chain").primaryKey(),
  sequence: bigint("sequence", { mode: "number" }).notNull(),
  hash: text("hash").notNull(),
});
