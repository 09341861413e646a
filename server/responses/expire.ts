import { sql } from "drizzle-orm";
import type { Database } from "@/server/platform/database";

/** Rows a statement: small enough to hold no lock for long. */
const BATCH = 500;
const MAX_BATCHES = 40;

/** Deletes what has expired, some thousands at a time; the next run goes on. May run twice at once. @returns how many */
export async function deleteExpiredResponses(db: Database, nowMs: number): Promise<number> {
  const now = new Date(nowMs).toISOString();
  let deleted = 0;
  for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
    const { rowCount } = await db.execute(sql`
      DELETE FROM stored_response WHERE ctid IN (
        SELECT ctid FROM stored_response WHERE expires_at <= ${now} LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
      )
    `);
    deleted += rowCount ?? 0;
    if ((rowCount ?? 0) < BATCH) break;
  }
  return deleted;
}
