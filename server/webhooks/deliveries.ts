import { and, desc, eq, lt, sql } from "drizzle-orm";
import { type WebhookAttempt, webhookDelivery } from "@/db/schema";
import { EVENT_TYPES, type EventType } from "@/server/events";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { newId } from "@/server/platform/ids";
import { toDelivery } from "./dispatch";
import { lockEndpoint, notThere } from "./endpoints";

export interface Delivery {
  readonly id: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly isTest: boolean;
  readonly state: "pending" | "succeeded" | "failed";
  readonly attempts: number;
  /** Null once it has ended. */
  readonly nextAttemptAt: Date | null;
  readonly lastAttempt: WebhookAttempt | null;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

export interface DeliveryDetail extends Delivery {
  readonly body: string;
  readonly log: readonly WebhookAttempt[];
  /** The beginning of the last answer, printable characters only. */
  readonly lastAnswer: string | null;
}

const columns = {
  id: webhookDelivery.id,
  endpointId: webhookDelivery.endpointId,
  eventId: webhookDelivery.eventId,
  eventType: webhookDelivery.eventType,
  isTest: webhookDelivery.isTest,
  state: webhookDelivery.state,
  attempts: webhookDelivery.attempts,
  dueAt: webhookDelivery.nextAttemptAt,
  lastAttempt: sql<WebhookAttempt | null>`${webhookDelivery.log} -> -1`,
  createdAt: webhookDelivery.createdAt,
  endedAt: webhookDelivery.endedAt,
};

export interface DeliveryFilter {
  readonly organizationId: string;
  readonly endpointId?: string | undefined;
  readonly state?: Delivery["state"] | undefined;
  /** Only older ones than this delivery. */
  readonly before?: string | undefined;
  readonly limit: number;
}

/** The delivery log, newest first; `next` is the cursor of the following page, null at the end. */
export async function listDeliveries(
  db: Executor,
  filter: DeliveryFilter,
): Promise<{ deliveries: Delivery[]; next: string | null }> {
  const rows = await db
    .select(columns)
    .from(webhookDelivery)
    .where(
      and(
        eq(webhookDelivery.organizationId, filter.organizationId),
        filter.endpointId === undefined ? undefined : eq(webhookDelivery.endpointId, filter.endpointId),
        filter.state === undefined ? undefined : eq(webhookDelivery.state, filter.state),
        filter.before === undefined ? undefined : lt(webhookDelivery.id, filter.before),
      ),
    )
    .orderBy(desc(webhookDelivery.id))
    .limit(filter.limit + 1);
  const deliveries = rows.slice(0, filter.limit).map(toView);
  return { deliveries, next: rows.length > filter.limit ? (deliveries.at(-1)?.id ?? null) : null };
}

/** @throws AppError not_found */
export async function getDelivery(
  db: Executor,
  of: { readonly organizationId: string; readonly deliveryId: string },
): Promise<DeliveryDetail> {
  const { body, log, lastAnswer } = webhookDelivery;
  const [row] = await db
    .select({ ...columns, body, log, lastAnswer })
    .from(webhookDelivery)
    .where(owned(of));
  if (!row) throw notThere();
  return { ...toView(row), body: row.body, log: row.log, lastAnswer: row.lastAnswer };
}

/**
 * Sends a delivery again, with the same id and body, and the whole list of delays before it.
 * @throws AppError not_found, conflict (the endpoint is switched off)
 */
export async function redeliver(
  tx: Executor,
  clock: Clock,
  of: { readonly organizationId: string; readonly deliveryId: string },
): Promise<void> {
  const found = await getDelivery(tx, of);
  await requireActive(tx, { organizationId: of.organizationId, endpointId: found.endpointId });
  await tx
    .update(webhookDelivery)
    .set({ state: "pending", step: 0, nextAttemptAt: new Date(clock.nowMs()), endedAt: null })
    .where(owned(of));
}

/**
 * Sends the sample of an event to one endpoint, whatever its filter.
 * @throws AppError not_found, conflict (the endpoint is switched off)
 */
export async function sendTestEvent(
  tx: Executor,
  clock: Clock,
  input: { readonly organizationId: string; readonly endpointId: string; readonly type: EventType },
): Promise<{ deliveryId: string; eventId: string }> {
  const { organizationId, endpointId, type } = input;
  await requireActive(tx, input);
  const now = new Date(clock.nowMs());
  const { sample } = EVENT_TYPES[type];
  const event = { id: newId("event"), organizationId, type, data: { ...sample }, createdAt: now };
  const delivery = { ...toDelivery(event, endpointId, now), isTest: true };
  await tx.insert(webhookDelivery).values(delivery);
  return { deliveryId: delivery.id, eventId: event.id };
}

async function requireActive(
  tx: Executor,
  of: { readonly organizationId: string; readonly endpointId: string },
): Promise<void> {
  const endpoint = await lockEndpoint(tx, of);
  if (endpoint.status !== "active")
    throw new AppError("conflict", { message: "This endpoint is switched off. Switch it on first." });
}

function toView({ dueAt, ...row }: Omit<Delivery, "nextAttemptAt"> & { readonly dueAt: Date }): Delivery {
  const { id, endpointId, eventId, eventType, isTest, state, attempts, lastAttempt, createdAt, endedAt } =
    row;
  return {
    id,
    endpointId,
    eventId,
    eventType,
    isTest,
    state,
    attempts,
    nextAttemptAt: state === "pending" ? dueAt : null,
    lastAttempt,
    createdAt,
    endedAt,
  };
}

function owned(of: { readonly organizationId: string; readonly deliveryId: string }) {
  return and(eq(webhookDelivery.id, of.deliveryId), eq(webhookDelivery.organizationId, of.organizationId));
}
