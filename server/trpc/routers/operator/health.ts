import { z } from "zod";
import { drainEndpoint, overrideHealth } from "@/server/catalog";
import { operatorActor } from "@/server/organizations";
import { readBoard } from "@/server/routing";
import { operatorProcedure, router } from "../../init";

const endpointId = z.string().max(64);

/** Who is asked for answers and who is not, whatever traffic shows. Acts when processes read the catalogue again. */
export const operatorHealthRouter = router({
  board: operatorProcedure
    .input(z.strictObject({ text: z.string().trim().max(100) }))
    .query(({ ctx, input }) => readBoard(ctx.services.db, ctx.services.clock.nowMs(), input.text)),

  force: operatorProcedure
    .input(z.strictObject({ endpointId, state: z.enum(["open", "closed", "auto"]) }))
    .mutation(({ ctx, input }) =>
      overrideHealth(ctx.services.db, ctx.services.clock, operatorActor(ctx.actor, ctx.ip), input),
    ),

  drain: operatorProcedure
    .input(z.strictObject({ endpointId, isDrained: z.boolean() }))
    .mutation(({ ctx, input }) =>
      drainEndpoint(ctx.services.db, ctx.services.clock, operatorActor(ctx.actor, ctx.ip), input),
    ),
});
