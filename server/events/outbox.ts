import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { event } from "@/db/schema";
import type { Executor } from "@/server/platform/database";
import { newId } from "@/server/platform/ids";
import { EVENT_TYPES, type EventData, type EventType } from "./catalog";

export type OutboxEvent = typeof event.$inferSelect;

/**
 * Writes an event in the transaction of the fact: it exists exactly if the fact does. Delivery comes later.
 * @returns the event's id, which receivers see as `webhook-id`
 */
export async function emitEvent<Type extends EventType>(
  tx: Executor,
  fact: { readonly organizationId: string; readonly type: Type; readonly data: EventData<Type> },
): Promise<string> {
  const id = newId("event");
  const data = EVENT_TYPES[fact.type].schema.parse(fact.data) as Readonly<Record<string, unknown>>;
  await tx.insert(event).values({ id, organizationId: fact.organizationId, type: fact.type, data });
  return id;
}

/** Rows of one statement: Postgres takes 65,535 parameters. */
const BATCH = 1_000;

/** The same fact for many organizations, each its own event. */
export async function emitEventToAll<Type extends EventType>(
  tx: Executor,
  organizationIds: readonly string[],
  { type, data }: { readonly type: Type; readonly data: EventData<Type> },
): Promise<void> {
  const parsed = EVENT_TYPES[type].schema.parse(data) as Readonly<Record<string, unknown>>;
  for (let from = 0; from < organizationIds.length; from += BATCH) {
    const some = organizationIds.slice(from, from + BATCH);
    await tx
      .insert(event)
      .values(some.map((organizationId) => ({ id: newId("event"), organizationId, type, data: parsed })));
  }
}

/**
 * Takes the oldest events that nobody has handed on, locked for the caller's transaction: call
 * {@link markDispatched} in the same one. Other dispatchers pass over them.
 */
export async function takeUndispatched(tx: Executor, limit: number): Promise<OutboxEvent[]> {
  return tx
    .select()
    .from(event)
    .where(sql`${event.dispatchedAt} IS NULL`)
    .orderBy(event.id)
    .limit(limit)
    .for("update", { skipLocked: true });
}

/** The oldest events of one organization that nobody has handed on; waits for a dispatcher that holds them. */
export async function takeUndispatchedOf(
  tx: Executor,
  organizationId: string,
  limit: number,
): Promise<OutboxEvent[]> {
  return tx
    .select()
    .from(event)
    .where(and(eq(event.organizationId, organizationId), isNull(event.dispatchedAt)))
    .orderBy(event.id)
    .limit(limit)
    .for("update");
}

export async function markDispatched(tx: Executor, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .update(event)
    .set({ dispatchedAt: sql`clock_timestamp()` })
    .where(inArray(event.id, [...ids]));
}

/** The oldest events of these types that nobody has been told of, locked: call {@link markAlerted} in the same transaction. */
export async function takeUnalerted(
  tx: Executor,
  types: readonly EventType[],
  limit: number,
): Promise<OutboxEvent[]> {
  return tx
    .select()
    .from(event)
    .where(and(inArray(event.type, [...types]), isNull(event.alertedAt)))
    .orderBy(event.id)
    .limit(limit)
    .for("update", { skipLocked: true });
}

export async function markAlerted(tx: Executor, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .update(event)
    .set({ alertedAt: sql`clock_timestamp()` })
    .where(inArray(event.id, [...ids]));
}
