import { and, eq, lt } from "drizzle-orm";
import { priceLock } from "@/db/schema";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { newId } from "@/server/platform/ids";
import { loadVersionsById } from "./load";
import type { PriceVersion } from "./types";

/** How long a quoted price is honoured. */
const PRICE_LOCK_MS = 10 * 60_000;
/** An expired lock is still known for this long, so that its holder is told that it has expired. */
const REMEMBERED_MS = 24 * 60 * 60_000;

export interface KeptPriceLock {
  readonly id: string;
  readonly expiresAt: Date;
}

/**
 * Keeps the prices of a quote for ten minutes.
 * @param input.versions price version by endpoint
 */
export async function keepPriceLock(
  db: Executor,
  input: { readonly organizationId: string; readonly versions: Readonly<Record<string, string>> },
  nowMs: number,
): Promise<KeptPriceLock> {
  const kept = { id: newId("priceLock"), expiresAt: new Date(nowMs + PRICE_LOCK_MS) };
  await db.insert(priceLock).values({ ...input, ...kept, createdAt: new Date(nowMs) });
  return kept;
}

/**
 * The prices that a lock holds, by endpoint. One of another organization is not there.
 * @throws AppError invalid_request (unknown, or expired: the message says which)
 */
export async function readPriceLock(
  db: Executor,
  { organizationId, id }: { readonly organizationId: string; readonly id: string },
  nowMs: number,
): Promise<ReadonlyMap<string, PriceVersion>> {
  const [lock] = await db
    .select()
    .from(priceLock)
    .where(and(eq(priceLock.id, id), eq(priceLock.organizationId, organizationId)));
  if (!lock) throw refused("There is no such price lock of this organization.", "unknown");
  if (lock.expiresAt.getTime() <= nowMs) {
    const when = lock.expiresAt.toISOString();
    throw refused(`This price lock expired at ${when}. Ask for a new quote.`, "expired");
  }
  return loadVersionsById(db, Object.values(lock.versions));
}

function refused(message: string, reason: string): AppError {
  return new AppError("invalid_request", { message, param: "price_lock", metadata: { reason } });
}

/** @returns how many locks that expired over a day ago were removed */
export async function dropOldPriceLocks(db: Executor, nowMs: number): Promise<number> {
  const dropped = await db
    .delete(priceLock)
    .where(lt(priceLock.expiresAt, new Date(nowMs - REMEMBERED_MS)))
    .returning({ id: priceLock.id });
  return dropped.length;
}
