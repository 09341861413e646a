import { z } from "zod";
import { EVENT_TYPES, type EventType } from "@/server/events";
import {
  createEndpoint,
  getDelivery,
  listDeliveries,
  listEndpoints,
  redeliver,
  removeEndpoint,
  rotateWebhookSecret,
  sendTestEvent,
  setEndpointStatus,
  updateEndpoint,
} from "@/server/webhooks";
import { memberProcedure, router } from "../init";
import { transact } from "../transact";

const PAGE = 25;
const id = z.string().max(64);
const ofEndpoint = { endpointId: id };
// Generous on purpose: the noun says what is wrong.
const terms = {
  url: z.string().max(20_000),
  description: z.string().max(2_000),
  eventTypes: z.array(z.string().max(100)).max(100),
};
const eventType = z.enum(Object.keys(EVENT_TYPES) as [EventType, ...EventType[]]);
const managed = memberProcedure("webhooks.manage");

/** Webhook endpoints of the signed-in member's organization, and what was sent to them. */
export const webhooksRouter = router({
  list: managed.query(({ ctx }) => listEndpoints(ctx.services.db, ctx.actor.organizationId)),

  /** Answers the signing secret, once and only here. */
  create: managed
    .input(z.strictObject(terms))
    .mutation(({ ctx, input }) =>
      transact(ctx, (tx, { clock, organizationId, by }) =>
        createEndpoint(tx, clock, ctx.services.webhooks, { organizationId, by, terms: input }),
      ),
    ),

  update: managed
    .input(z.strictObject({ ...ofEndpoint, ...terms }))
    .mutation(({ ctx, input: { endpointId, ...change } }) =>
      transact(ctx, (tx, { clock, organizationId, by }) =>
        updateEndpoint(tx, clock, ctx.services.webhooks, { organizationId, by, endpointId, terms: change }),
      ),
    ),

  setStatus: managed
    .input(z.strictObject({ ...ofEndpoint, status: z.enum(["active", "disabled"]) }))
    .mutation(({ ctx, input }) =>
      transact(ctx, (tx, { clock, organizationId, by }) =>
        setEndpointStatus(tx, clock, { organizationId, by, ...input }),
      ),
    ),

  /** Answers the new secret, once and only here; the old one signs beside it for a day. */
  rotateSecret: managed.input(z.strictObject(ofEndpoint)).mutation(({ ctx, input }) =>
    transact(ctx, (tx, { clock, organizationId, by }) =>
      rotateWebhookSecret(tx, clock, ctx.services.webhooks, {
        organizationId,
        by,
        endpointId: input.endpointId,
      }),
    ),
  ),

  remove: managed
    .input(z.strictObject(ofEndpoint))
    .mutation(({ ctx, input }) =>
      transact(ctx, (tx, { clock, organizationId, by }) =>
        removeEndpoint(tx, clock, { organizationId, by, endpointId: input.endpointId }),
      ),
    ),

  sendTest: managed
    .input(z.strictObject({ ...ofEndpoint, type: eventType }))
    .mutation(({ ctx, input }) =>
      transact(ctx, (tx, { clock, organizationId }) =>
        sendTestEvent(tx, clock, { organizationId, endpointId: input.endpointId, type: input.type }),
      ),
    ),

  deliveries: managed
    .input(
      z.strictObject({
        endpointId: id.optional(),
        state: z.enum(["pending", "succeeded", "failed"]).optional(),
        cursor: id.nullish(),
        /** Sent by infinite queries; there is one direction only. */
        direction: z.literal("forward").optional(),
      }),
    )
    .query(({ ctx, input }) =>
      listDeliveries(ctx.services.db, {
        organizationId: ctx.actor.organizationId,
        endpointId: input.endpointId,
        state: input.state,
        before: input.cursor ?? undefined,
        limit: PAGE,
      }),
    ),

  delivery: managed.input(z.strictObject({ deliveryId: id })).query(({ ctx, input }) =>
    getDelivery(ctx.services.db, {
      organizationId: ctx.actor.organizationId,
      deliveryId: input.deliveryId,
    }),
  ),

  redeliver: managed
    .input(z.strictObject({ deliveryId: id }))
    .mutation(({ ctx, input }) =>
      transact(ctx, (tx, { clock, organizationId }) =>
        redeliver(tx, clock, { organizationId, deliveryId: input.deliveryId }),
      ),
    ),
});
