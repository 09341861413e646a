import { z } from "zod";
import { changePartner, listAllPartners, parsePercent } from "@/server/billing";
import { operatorActor } from "@/server/organizations";
import { operatorProcedure, router } from "../../init";
import { percent, wholeNumber } from "./inputs";

const PAGE_SIZE = 25;

/** Organizations that refer others. */
export const operatorPartnersRouter = router({
  list: operatorProcedure
    .input(
      z.strictObject({
        text: z.string().trim().max(100),
        cursor: z.string().max(64).nullish(),
        direction: z.literal("forward").optional(),
      }),
    )
    .query(({ ctx, input }) =>
      listAllPartners(ctx.services.db, { text: input.text, cursor: input.cursor, limit: PAGE_SIZE }),
    ),

  /** Other rules for what is earned from now on, or no more earning. */
  change: operatorProcedure
    .input(
      z.strictObject({
        organizationId: z.string().max(64),
        commissionPercent: percent,
        commissionMonths: wholeNumber,
        holdDays: wholeNumber,
        isActive: z.boolean(),
      }),
    )
    .mutation(({ ctx, input: { commissionPercent, ...input } }) =>
      changePartner(ctx.services.db, ctx.services.clock, {
        ...input,
        commissionBasisPoints: parsePercent(commissionPercent) ?? 0,
        by: operatorActor(ctx.actor, ctx.ip),
      }),
    ),
});
