import { z } from "zod";
import { getRequest, listRequests } from "@/server/logs";
import { can } from "@/server/organizations";
import { readPrompt } from "@/server/prompts";
import { memberProcedure, router } from "../init";
import { requestFilterInput, toRequestFilters } from "../request-filters";

const PAGE_SIZE = 50;

/** The request log of the signed-in member's organization. */
export const requestsRouter = router({
  list: memberProcedure("requests.read")
    .input(
      z.strictObject({
        cursor: z.string().max(64).nullish(),
        ...requestFilterInput,
        /** Sent by infinite queries; there is one direction only. */
        direction: z.literal("forward").optional(),
      }),
    )
    .query(({ ctx, input: { cursor, direction: _, ...filters } }) =>
      listRequests(ctx.services.db, {
        organizationId: ctx.actor.organizationId,
        cursor: cursor ?? null,
        limit: PAGE_SIZE,
        filters: toRequestFilters(filters),
      }),
    ),

  get: memberProcedure("requests.read")
    .input(z.strictObject({ id: z.string().max(64) }))
    .query(async ({ ctx, input }) => {
      const name = { organizationId: ctx.actor.organizationId, id: input.id };
      const request = await getRequest(ctx.services.db, name);
      return {
        ...request,
        signedReceipt: request.receipt && (await ctx.services.receipts.read(name)),
        kept: can(ctx.actor, "prompts.read")
          ? await readPrompt(ctx.services.db, ctx.services.clock, name)
          : null,
      };
    }),
});
