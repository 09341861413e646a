import { z } from "zod";
import {
  listProposals,
  parsePriceList,
  previewImpact,
  proposalSchema,
  proposePrices,
  publishPrices,
  withdrawPrices,
} from "@/server/catalog";
import { operatorProcedure, router } from "../../init";
import { transactAsOperator } from "../../transact";
import { deciderOf } from "./catalog";

const named = z.strictObject({ proposalId: z.string().max(64) });
const MAX_AT_ONCE = 1_000;

/** Price lists: proposed by one operator, published by another. */
export const operatorPricesRouter = router({
  proposals: operatorProcedure.query(async ({ ctx }) => ({
    proposals: await listProposals(ctx.services.db),
    selfId: ctx.actor.userId,
  })),

  /** What the last 30 days would have cost with a list. */
  impact: operatorProcedure
    .input(z.strictObject({ endpointId: z.string().max(64), prices: z.array(z.unknown()).max(200) }))
    .query(({ ctx, input }) =>
      previewImpact(ctx.services.db, ctx.services.clock.nowMs(), {
        endpointId: input.endpointId,
        prices: parsePriceList(input.prices),
      }),
    ),

  propose: operatorProcedure
    .input(z.strictObject({ ...proposalSchema.shape, prices: z.array(z.unknown()).max(200) }))
    .mutation(({ ctx, input }) =>
      transactAsOperator(ctx, (tx, { clock }) => proposePrices(tx, clock, deciderOf(ctx), input)),
    ),

  publish: operatorProcedure
    .input(named)
    .mutation(({ ctx, input }) =>
      transactAsOperator(ctx, (tx, { clock }) => publishPrices(tx, clock, deciderOf(ctx), input)),
    ),

  /** Several at once, such as those of an import; all of them, or none. */
  publishAll: operatorProcedure
    .input(z.strictObject({ proposals: z.array(z.string().max(64)).min(1).max(MAX_AT_ONCE) }))
    .mutation(({ ctx, input }) =>
      transactAsOperator(ctx, async (tx, { clock }) => {
        for (const proposalId of input.proposals)
          await publishPrices(tx, clock, deciderOf(ctx), { proposalId });
        return { published: input.proposals.length };
      }),
    ),

  withdraw: operatorProcedure
    .input(named)
    .mutation(({ ctx, input }) =>
      transactAsOperator(ctx, (tx, { clock }) => withdrawPrices(tx, clock, deciderOf(ctx), input)),
    ),
});
