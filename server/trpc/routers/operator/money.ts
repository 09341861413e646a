import { z } from "zod";
import {
  approveOrder,
  listAllOrders,
  listRejectedEvents,
  ORDER_STATUSES,
  refundOrder,
  rejectOrder,
  replayStripeEvent,
} from "@/server/billing";
import { operatorActor } from "@/server/organizations";
import { usdOf } from "../../amounts";
import { operatorProcedure, router } from "../../init";
import { reason } from "./inputs";

const PAGE_SIZE = 50;
const order = z.strictObject({ orderId: z.string().max(64) });

/** Orders of everybody, refunds, and what Stripe told us that did not fit. */
export const operatorMoneyRouter = router({
  orders: operatorProcedure
    .input(
      z.strictObject({
        status: z.enum(ORDER_STATUSES).nullish(),
        text: z.string().trim().max(100),
        cursor: z.string().max(64).nullish(),
        direction: z.literal("forward").optional(),
      }),
    )
    .query(({ ctx, input }) =>
      listAllOrders(ctx.services.db, {
        status: input.status ?? undefined,
        text: input.text || undefined,
        cursor: input.cursor,
        limit: PAGE_SIZE,
      }),
    ),

  /** Sends the invoice through Stripe; the balance is credited when it is paid. */
  approve: operatorProcedure.input(order).mutation(({ ctx, input }) =>
    approveOrder(ctx.services.db, ctx.services, {
      orderId: input.orderId,
      by: operatorActor(ctx.actor, ctx.ip),
    }),
  ),

  reject: operatorProcedure.input(order).mutation(({ ctx, input }) =>
    rejectOrder(ctx.services.db, ctx.services, {
      orderId: input.orderId,
      by: operatorActor(ctx.actor, ctx.ip),
    }),
  ),

  refund: operatorProcedure
    .input(
      z.strictObject({
        orderId: z.string().max(64),
        /** Plain decimal US dollars; null: all that is left of the order. */
        amountUsd: z.string().max(32).nullable(),
        reason,
      }),
    )
    .mutation(({ ctx, input }) =>
      refundOrder(ctx.services.db, ctx.services, {
        orderId: input.orderId,
        amountNanoUsd: input.amountUsd === null ? null : usdOf(input.amountUsd),
        reason: input.reason,
        by: operatorActor(ctx.actor, ctx.ip),
      }),
    ),

  rejectedEvents: operatorProcedure.query(({ ctx }) => listRejectedEvents(ctx.services.db)),

  replay: operatorProcedure
    .input(z.strictObject({ eventId: z.string().max(255) }))
    .mutation(({ ctx, input }) =>
      replayStripeEvent(ctx.services.db, ctx.services, {
        eventId: input.eventId,
        by: operatorActor(ctx.actor, ctx.ip),
      }),
    ),
});
