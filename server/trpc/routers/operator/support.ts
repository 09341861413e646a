import { z } from "zod";
import {
  answerTicket,
  closeTicket,
  listAllTickets,
  readTicket,
  replyForm,
  tellOfAnswer,
} from "@/server/support";
import { operatorProcedure, router } from "../../init";
import { transactAsOperator } from "../../transact";

const PAGE_SIZE = 50;
const named = z.strictObject({ ticketId: z.string().max(64) });

/** Tickets and contact requests of everybody. */
export const operatorSupportRouter = router({
  tickets: operatorProcedure
    .input(
      z.strictObject({
        status: z.enum(["unsolved", "open", "answered", "closed"]).nullish(),
        topic: z.enum(["commitment"]).nullish(),
        priority: z.enum(["normal", "high"]).nullish(),
        cursor: z.string().max(64).nullish(),
        direction: z.literal("forward").optional(),
      }),
    )
    .query(({ ctx, input }) =>
      listAllTickets(ctx.services.db, {
        status: input.status ?? undefined,
        topic: input.topic ?? undefined,
        priority: input.priority ?? undefined,
        cursor: input.cursor,
        limit: PAGE_SIZE,
      }),
    ),

  ticket: operatorProcedure
    .input(named)
    .query(({ ctx, input }) =>
      readTicket(ctx.services.db, { ticketId: input.ticketId, organizationId: null }),
    ),

  /** The customer gets it by mail, after it is kept. */
  answer: operatorProcedure
    .input(z.strictObject({ ...named.shape, ...replyForm.shape }))
    .mutation(async ({ ctx, input }) => {
      const thread = await transactAsOperator(ctx, (tx, { clock, by }) =>
        answerTicket(tx, clock, by, { ...input, name: ctx.actor.name }),
      );
      ctx.defer(() =>
        tellOfAnswer({ ...ctx.services, supportEmail: ctx.services.company.supportEmail }, thread),
      );
      return thread;
    }),

  close: operatorProcedure
    .input(named)
    .mutation(({ ctx, input }) =>
      transactAsOperator(ctx, (tx, { clock, by }) =>
        closeTicket(tx, clock, by, { ticketId: input.ticketId, organizationId: null }),
      ),
    ),
});
