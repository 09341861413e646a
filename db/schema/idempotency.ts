import { customType, index, integer, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { createdAt, instant } from "./columns";

const bytes = customType<{ data: Buffer }>({ dataType: () => "bytea" });

/** The answer to a request that named an `Idempotency-Key`, kept for a day so that a repeat is answered and not charged. */
export const idempotentAnswer = pgTable(
  "idempotent_answer",
  {
    organizationId: text("organization_id").notNull(),
    keyId: text("key_id").notNull(),
    idempotencyKey: text("idempotency_key").notNull(),
    /** SHA-256 of path and body, hex. The body itself is never stored. */
    requestHash: text("request_hash").notNull(),
    state: text("state", { enum: ["running", "done"] }).notNull(),
    /** Names this run: only it may write the answer. */
    run: text("run").notNull(),
    generationId: text("generation_id"),
    status: integer("status"),
    headers: jsonb("headers").$type<Readonly<Record<string, string>>>(),
    /** Null once done: the answer was larger than what is stored. */
    body: bytes("body"),
    createdAt: createdAt(),
    expiresAt: instant("expires_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.keyId, table.idempotencyKey] }),
    index("idempotent_answer_expiry").on(table.expiresAt),
  ],
);
