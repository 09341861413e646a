import { sql } from "drizzle-orm";
import type { Database } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { type Item, parseItems, type ResponseScope } from "./types";

/** What a request points at. */
export interface Pointers {
  readonly previousResponseId: string | null;
  /** Ids of single items. */
  readonly references: readonly string[];
}

export interface History {
  /** Items of the responses before, oldest first: what each was asked, then what it answered. */
  readonly items: readonly Item[];
  readonly referenced: ReadonlyMap<string, Item>;
}

const MAX_RESPONSES = 1_000;
/** A conversation that is larger than this would be refused by every provider. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Reads what a request points at. Unknown, expired, deleted, and another project's are one answer.
 * @throws AppError previous_response_not_found, invalid_request (a reference to nothing), request_too_large
 */
export async function readHistory(
  db: Database,
  scope: ResponseScope,
  { previousResponseId, references }: Pointers,
  nowMs: number,
): Promise<History> {
  const items = previousResponseId === null ? [] : await readChain(db, scope, previousResponseId, nowMs);
  const referenced = await findItems(db, scope, references, nowMs);
  const lost = references.find((id) => !referenced.has(id));
  if (lost !== undefined) {
    throw new AppError("invalid_request", {
      message: `There is no item with the id ${JSON.stringify(lost.slice(0, 100))}. It may have expired, or its response was not stored.`,
      param: "input",
    });
  }
  return { items, referenced };
}

interface Row extends Record<string, unknown> {
  readonly id: string;
  readonly previous_id: string | null;
  readonly input: string;
  readonly response: string;
}

async function readChain(db: Database, scope: ResponseScope, id: string, nowMs: number): Promise<Item[]> {
  const now = new Date(nowMs).toISOString();
  const chain = await db.execute<{
    id: string;
    previous_id: string | null;
    bytes: number;
    depth: number;
  }>(sql`
    WITH RECURSIVE chain AS (
      SELECT id, previous_id, bytes, 1 AS depth FROM stored_response
      WHERE ${within(scope)} AND id = ${id} AND expires_at > ${now}
      UNION ALL
      SELECT older.id, older.previous_id, older.bytes, chain.depth + 1 FROM chain
      JOIN stored_response older ON older.project_id = ${scope.projectId} AND older.id = chain.previous_id
      WHERE older.organization_id = ${scope.organizationId} AND older.expires_at > ${now} AND depth <= ${MAX_RESPONSES}
    )
    SELECT id, previous_id, bytes, depth FROM chain ORDER BY depth DESC
  `);
  const [oldest] = chain.rows;
  if (!oldest) throw notFound(id);
  const bytes = chain.rows.reduce((sum, row) => sum + row.bytes, 0);
  if (chain.rows.length > MAX_RESPONSES || bytes > MAX_BYTES) {
    throw new AppError("request_too_large", {
      message: "The conversation before this request is too long to be sent again. Start a new one.",
      param: "previous_response_id",
    });
  }
  // A link is missing: an answer from half a conversation would be worse than none.
  if (oldest.previous_id !== null) throw notFound(id);
  const ids = chain.rows.map((row) => row.id);
  const rows = await db.execute<Row>(sql`
    SELECT id, previous_id, input, response FROM stored_response
    WHERE ${within(scope)} AND id = ANY(${sql.param(ids)}::text[])
  `);
  const byId = new Map(rows.rows.map((row) => [row.id, row]));
  return ids.flatMap((each) => {
    const row = byId.get(each);
    if (!row) throw notFound(id);
    return itemsOf(row);
  });
}

async function findItems(
  db: Database,
  scope: ResponseScope,
  ids: readonly string[],
  nowMs: number,
): Promise<Map<string, Item>> {
  const found = new Map<string, Item>();
  if (ids.length === 0) return found;
  const wanted = new Set(ids);
  const { rows } = await db.execute<Row>(sql`
    SELECT id, previous_id, input, response FROM stored_response
    WHERE ${within(scope)} AND item_ids && ${sql.param([...wanted])}::text[]
      AND expires_at > ${new Date(nowMs).toISOString()}
    ORDER BY created_at LIMIT ${MAX_RESPONSES}
  `);
  for (const item of rows.flatMap(itemsOf)) {
    if (typeof item.id === "string" && wanted.has(item.id)) found.set(item.id, item);
  }
  return found;
}

function itemsOf({ input, response }: Row): Item[] {
  const { output }: { output?: Item[] } = JSON.parse(response);
  return [...parseItems(input), ...(output ?? [])];
}

function within({ organizationId, projectId }: ResponseScope) {
  return sql`project_id = ${projectId} AND organization_id = ${organizationId}`;
}

function notFound(id: string): AppError {
  return new AppError("previous_response_not_found", {
    message: `Previous response with id ${JSON.stringify(id.slice(0, 100))} not found. It, or one before it, may have expired, been deleted, or not been stored.`,
    param: "previous_response_id",
  });
}
