import { sql } from "drizzle-orm";
import type { Database } from "@/server/platform/database";
import type { Item, ResponseScope } from "./types";

export interface KeptResponse extends ResponseScope {
  readonly id: string;
  readonly previousId: string | null;
  /** Own input items of the request, each with an id. */
  readonly input: readonly Item[];
  readonly response: Readonly<Record<string, unknown>>;
}

const DAY_MS = 86_400_000;
const KEPT_MS = 30 * DAY_MS;
/** Larger answers are not kept: pictures, for the most part. */
const MAX_BYTES = 8 * 1024 * 1024;
const MAX_ID_CHARACTERS = 200;

/**
 * Keeps a response for thirty days, and those that it goes on from for as long. A provider that uses an id twice replaces
 * what was there, within the project.
 * @returns false when it is too large to be kept
 */
export async function keepResponse(db: Database, kept: KeptResponse, nowMs: number): Promise<boolean> {
  const input = JSON.stringify(kept.input);
  const response = JSON.stringify(kept.response);
  const bytes = Buffer.byteLength(input) + Buffer.byteLength(response);
  if (bytes > MAX_BYTES || kept.id.length > MAX_ID_CHARACTERS) return false;
  const output = Array.isArray(kept.response.output) ? (kept.response.output as Item[]) : [];
  const itemIds = [...kept.input, ...output].flatMap(({ id }) => (typeof id === "string" ? [id] : []));
  const now = new Date(nowMs).toISOString();
  const expires = new Date(nowMs + KEPT_MS).toISOString();
  await db.execute(sql`
    WITH RECURSIVE before AS (
      SELECT id, previous_id FROM stored_response
      WHERE project_id = ${kept.projectId} AND id = ${kept.previousId}
      UNION
      SELECT older.id, older.previous_id FROM before
      JOIN stored_response older ON older.project_id = ${kept.projectId} AND older.id = before.previous_id
    ), extended AS (
      UPDATE stored_response SET expires_at = ${expires}
      WHERE project_id = ${kept.projectId} AND id IN (SELECT id FROM before) AND id <> ${kept.id}
    )
    INSERT INTO stored_response
      (id, organization_id, project_id, previous_id, input, response, item_ids, bytes, created_at, expires_at)
    VALUES
      (${kept.id}, ${kept.organizationId}, ${kept.projectId}, ${kept.previousId}, ${input}, ${response},
       ${sql.param(itemIds)}::text[], ${bytes}, ${now}, ${expires})
    ON CONFLICT (project_id, id) DO UPDATE SET
      previous_id = excluded.previous_id, input = excluded.input, response = excluded.response,
      item_ids = excluded.item_ids, bytes = excluded.bytes, expires_at = excluded.expires_at
  `);
  return true;
}
