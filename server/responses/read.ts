import { and, eq, gt } from "drizzle-orm";
import { storedResponse } from "@/db/schema";
import type { Database } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { type Item, parseItems, type ResponseScope } from "./types";

/** A kept response. @throws AppError not_found, the same for one that is not yours */
export async function readResponse(
  db: Database,
  scope: ResponseScope,
  id: string,
  nowMs: number,
): Promise<Item> {
  const { response } = await find(db, scope, id, nowMs);
  return JSON.parse(response) as Item;
}

/** The input items of its own request, in order. @throws AppError not_found */
export async function listInputItems(
  db: Database,
  scope: ResponseScope,
  id: string,
  nowMs: number,
): Promise<Item[]> {
  const { input } = await find(db, scope, id, nowMs);
  return parseItems(input);
}

/** Deletes it at once and for good. Responses that went on from it cannot be gone on from any more. @throws AppError not_found */
export async function deleteResponse(
  db: Database,
  scope: ResponseScope,
  id: string,
  nowMs: number,
): Promise<void> {
  const deleted = await db
    .delete(storedResponse)
    .where(isThis(scope, id, nowMs))
    .returning({ id: storedResponse.id });
  if (deleted.length === 0) throw notFound(id);
}

async function find(db: Database, scope: ResponseScope, id: string, nowMs: number) {
  const [row] = await db
    .select({ input: storedResponse.input, response: storedResponse.response })
    .from(storedResponse)
    .where(isThis(scope, id, nowMs));
  if (!row) throw notFound(id);
  return row;
}

function isThis({ organizationId, projectId }: ResponseScope, id: string, nowMs: number) {
  return and(
    eq(storedResponse.projectId, projectId),
    eq(storedResponse.organizationId, organizationId),
    eq(storedResponse.id, id),
    gt(storedResponse.expiresAt, new Date(nowMs)),
  );
}

function notFound(id: string): AppError {
  return new AppError("not_found", {
    message: `Response with id ${JSON.stringify(id.slice(0, 100))} not found.`,
    param: "id",
  });
}
