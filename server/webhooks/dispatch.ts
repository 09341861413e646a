import { and, eq, inArray } from "drizzle-orm";
import { webhookDelivery, webhookEndpoint } from "@/db/schema";
import { markDispatched, type OutboxEvent, takeUndispatched, takeUndispatchedOf } from "@/server/events";
import type { Clock } from "@/server/platform/clock";
import type { Database, Executor } from "@/server/platform/database";
import { newId } from "@/server/platform/ids";
import { wants } from "./filters";
import { toBody } from "./payload";

const BATCH = 200;

/**
 * Turns what happened into deliveries, a batch in one transaction: an event is off the list exactly if every endpoint that
 * wants it has its delivery.
 * @returns how many events were handed on
 */
export async function dispatchEvents(db: Database, clock: Clock): Promise<number> {
  let dispatched = 0;
  for (;;) {
    const taken = await db.transaction(async (tx) => handOn(tx, clock, await takeUndispatched(tx, BATCH)));
    dispatched += taken;
    if (taken < BATCH) return dispatched;
  }
}

/**
 * Hands on what happened in an organization so far. Called before an endpoint of it begins to listen, in the same
 * transaction and before any lock on an endpoint: what was committed before it listened is not told to it.
 */
export async function settlePast(tx: Executor, clock: Clock, organizationId: string): Promise<void> {
  for (;;) {
    const events = await takeUndispatchedOf(tx, organizationId, BATCH);
    if ((await handOn(tx, clock, events)) < BATCH) return;
  }
}

async function handOn(tx: Executor, clock: Clock, events: readonly OutboxEvent[]): Promise<number> {
  if (events.length === 0) return 0;
  const organizations = [...new Set(events.map(({ organizationId }) => organizationId))];
  // A shared lock: an endpoint that is being switched off or removed is seen as it will be.
  const endpoints = await tx
    .select({
      id: webhookEndpoint.id,
      organizationId: webhookEndpoint.organizationId,
      eventTypes: webhookEndpoint.eventTypes,
    })
    .from(webhookEndpoint)
    .where(and(inArray(webhookEndpoint.organizationId, organizations), eq(webhookEndpoint.status, "active")))
    .for("share");
  const now = new Date(clock.nowMs());
  const rows = events.flatMap((event) =>
    endpoints
      .filter((endpoint) => endpoint.organizationId === event.organizationId)
      .filter((endpoint) => wants(endpoint.eventTypes, event.type))
      .map((endpoint) => toDelivery(event, endpoint.id, now)),
  );
  for (let at = 0; at < rows.length; at += 1_000)
    await tx
      .insert(webhookDelivery)
      .values(rows.slice(at, at + 1_000))
      .onConflictDoNothing();
  await markDispatched(
    tx,
    events.map(({ id }) => id),
  );
  return events.length;
}

/** A delivery that is due at once. */
export function toDelivery(
  event: Omit<OutboxEvent, "dispatchedAt" | "alertedAt">,
  endpointId: string,
  now: Date,
) {
  return {
    id: newId("webhookDelivery"),
    organizationId: event.organizationId,
    endpointId,
    eventId: event.id,
    eventType: event.type,
    body: toBody(event),
    nextAttemptAt: now,
    createdAt: now,
  };
}
