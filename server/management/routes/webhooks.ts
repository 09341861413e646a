import { z } from "zod";
import { EVENT_TYPES, type EventType } from "@/server/events";
import {
  createEndpoint,
  type Delivery,
  getEndpoint,
  listDeliveries,
  listEndpoints,
  redeliver,
  removeEndpoint,
  rotateWebhookSecret,
  sendTestEvent,
  setEndpointStatus,
  updateEndpoint,
  type WebhookEndpoint,
} from "@/server/webhooks";
import { defineRoute } from "../route";
import { cutPage, DEFAULT_LIMIT, deleted, id, pageOf, paging, time, toIso } from "../wire";

const ofEndpoint = z.strictObject({ endpoint_id: id });
const status = z.enum(["active", "disabled"]);
const terms = {
  url: z.string().max(20_000),
  description: z.string().max(2_000),
  event_types: z.array(z.string().max(100)).max(100).describe("Events or `noun.*`; empty: all."),
};
const endpoint = z.object({
  id: z.string(),
  ...terms,
  status,
  disabled_reason: z.enum(["manual", "gone", "failing"]).nullable(),
  disabled_at: time.nullable(),
  failing_since: time.nullable(),
  created_at: time,
});
const secret = z.string().describe("Signs every message. Shown once, never again.");
const delivery = z.object({
  id: z.string(),
  event_id: z.string().describe("The receiver sees it as `webhook-id`."),
  event_type: z.string(),
  is_test: z.boolean(),
  state: z.enum(["pending", "succeeded", "failed"]),
  attempts: z.number().int(),
  next_attempt_at: time.nullable(),
  last_status: z.number().int().nullable(),
  last_error: z.string().nullable(),
  created_at: time,
});
const PATH = "/organization/webhooks";

const endpointRoutes = [
  defineRoute({
    method: "GET",
    path: PATH,
    scope: "webhooks:read",
    summary: "List webhook endpoints",
    query: paging,
    answer: pageOf(endpoint),
    run: async ({ tx, organizationId }, { query }) =>
      cutPage(await listEndpoints(tx, organizationId), query, toEndpoint),
  }),
  defineRoute({
    method: "POST",
    path: PATH,
    scope: "webhooks:write",
    summary: "Add a webhook endpoint",
    body: z.strictObject({
      url: terms.url,
      description: terms.description.default(""),
      event_types: terms.event_types.default([]),
    }),
    example: { url: "https://example.com/hooks", event_types: ["order.*"] },
    status: 201,
    answer: endpoint.extend({ secret }),
    async run({ tx, clock, deps, organizationId, by }, { body }) {
      const { url, description, event_types: eventTypes } = body;
      const input = { organizationId, by, terms: { url, description, eventTypes } };
      const made = await createEndpoint(tx, clock, deps.webhooks, input);
      return { ...toEndpoint(made.endpoint), secret: made.secret };
    },
  }),
  defineRoute({
    method: "GET",
    path: `${PATH}/{endpoint_id}`,
    scope: "webhooks:read",
    summary: "Read a webhook endpoint",
    params: ofEndpoint,
    answer: endpoint,
    run: async ({ tx, organizationId }, { params }) =>
      toEndpoint(await getEndpoint(tx, { organizationId, endpointId: params.endpoint_id })),
  }),
  defineRoute({
    method: "PATCH",
    path: `${PATH}/{endpoint_id}`,
    scope: "webhooks:write",
    summary: "Change a webhook endpoint, or switch it off or on",
    params: ofEndpoint,
    body: z.strictObject({ ...terms, status }).partial(),
    example: { event_types: ["budget.exceeded"], status: "active" },
    answer: endpoint,
    async run({ tx, clock, deps, organizationId, by }, { params, body }) {
      const of = { organizationId, endpointId: params.endpoint_id, by };
      const change = {
        ...(body.url !== undefined && { url: body.url }),
        ...(body.description !== undefined && { description: body.description }),
        ...(body.event_types !== undefined && { eventTypes: body.event_types }),
      };
      if (Object.keys(change).length > 0)
        await updateEndpoint(tx, clock, deps.webhooks, { ...of, terms: change });
      if (body.status) await setEndpointStatus(tx, clock, { ...of, status: body.status });
      return toEndpoint(await getEndpoint(tx, of));
    },
  }),
  defineRoute({
    method: "DELETE",
    path: `${PATH}/{endpoint_id}`,
    scope: "webhooks:write",
    summary: "Remove a webhook endpoint and its delivery log",
    params: ofEndpoint,
    answer: deleted,
    async run({ tx, clock, organizationId, by }, { params: { endpoint_id: endpointId } }) {
      await removeEndpoint(tx, clock, { organizationId, endpointId, by });
      return { id: endpointId, deleted: true as const };
    },
  }),
];

const actRoutes = [
  defineRoute({
    method: "POST",
    path: `${PATH}/{endpoint_id}/rotate_secret`,
    scope: "webhooks:write",
    summary: "Make a new signing secret; the one before it signs beside it for 24 hours",
    params: ofEndpoint,
    answer: z.object({ id: z.string(), secret, previous_secret_until: time }),
    async run({ tx, clock, deps, organizationId, by }, { params: { endpoint_id: endpointId } }) {
      const made = await rotateWebhookSecret(tx, clock, deps.webhooks, { organizationId, endpointId, by });
      const until = made.previousSecretUntil.toISOString();
      return { id: endpointId, secret: made.secret, previous_secret_until: until };
    },
  }),
  defineRoute({
    method: "POST",
    path: `${PATH}/{endpoint_id}/test`,
    scope: "webhooks:write",
    summary: "Send the sample of an event",
    params: ofEndpoint,
    body: z.strictObject({ type: z.enum(Object.keys(EVENT_TYPES) as [EventType, ...EventType[]]) }),
    example: { type: "order.paid" },
    status: 201,
    answer: z.object({ delivery_id: z.string(), event_id: z.string() }),
    async run({ tx, clock, organizationId }, { params, body }) {
      const input = { organizationId, endpointId: params.endpoint_id, type: body.type };
      const { deliveryId, eventId } = await sendTestEvent(tx, clock, input);
      return { delivery_id: deliveryId, event_id: eventId };
    },
  }),
  defineRoute({
    method: "GET",
    path: `${PATH}/{endpoint_id}/deliveries`,
    scope: "webhooks:read",
    summary: "List deliveries of the last 30 days, newest first",
    params: ofEndpoint,
    query: paging,
    answer: pageOf(delivery),
    async run({ tx, organizationId }, { params: { endpoint_id: endpointId }, query }) {
      await getEndpoint(tx, { organizationId, endpointId });
      const { limit = DEFAULT_LIMIT, cursor: before } = query;
      const page = await listDeliveries(tx, { organizationId, endpointId, limit, before });
      return { data: page.deliveries.map(toDelivery), next_cursor: page.next };
    },
  }),
  defineRoute({
    method: "POST",
    path: "/organization/webhook_deliveries/{delivery_id}/redeliver",
    scope: "webhooks:write",
    summary: "Send a delivery again, with the same id and body",
    params: z.strictObject({ delivery_id: id }),
    answer: z.object({ id: z.string() }),
    async run({ tx, clock, organizationId }, { params: { delivery_id: deliveryId } }) {
      await redeliver(tx, clock, { organizationId, deliveryId });
      return { id: deliveryId };
    },
  }),
];

export const webhookRoutes = [...endpointRoutes, ...actRoutes];

function toEndpoint(of: WebhookEndpoint): z.infer<typeof endpoint> {
  return {
    id: of.id,
    url: of.url,
    description: of.description,
    event_types: [...of.eventTypes],
    status: of.status,
    disabled_reason: of.disabledReason,
    disabled_at: toIso(of.disabledAt),
    failing_since: toIso(of.failingSince),
    created_at: of.createdAt.toISOString(),
  };
}

function toDelivery(of: Delivery): z.infer<typeof delivery> {
  return {
    id: of.id,
    event_id: of.eventId,
    event_type: of.eventType,
    is_test: of.isTest,
    state: of.state,
    attempts: of.attempts,
    next_attempt_at: toIso(of.nextAttemptAt),
    last_status: of.lastAttempt?.status ?? null,
    last_error: of.lastAttempt?.error ?? null,
    created_at: of.createdAt.toISOString(),
  };
}
