import { z } from "zod";
import { createPromotion, endPromotion, listAllPromotions } from "@/server/billing";
import { operatorActor } from "@/server/organizations";
import { usdOf } from "../../amounts";
import { operatorProcedure, router } from "../../init";
import { wholeNumber } from "./inputs";

const PAGE_SIZE = 50;

/** Codes that give promotional credit. */
export const operatorPromotionsRouter = router({
  list: operatorProcedure
    .input(
      z.strictObject({
        cursor: z.string().max(64).nullish(),
        direction: z.literal("forward").optional(),
      }),
    )
    .query(({ ctx, input }) =>
      listAllPromotions(ctx.services.db, ctx.services.clock, { cursor: input.cursor, limit: PAGE_SIZE }),
    ),

  create: operatorProcedure
    .input(
      z.strictObject({
        /** Empty: one is made, which nobody guesses. */
        code: z.string().trim().max(40),
        /** Plain decimal US dollars. */
        amountUsd: z.string().max(32),
        creditDays: wholeNumber,
        maxRedemptions: wholeNumber,
        /** The last UTC day on which it can be redeemed. */
        lastDay: z.iso.date("Choose the last day to redeem it."),
        /** Empty: every organization may. */
        maxOrganizationAgeDays: z.union([z.literal("").transform(() => null), wholeNumber]),
        note: z.string().trim().max(500),
      }),
    )
    .mutation(({ ctx, input: { code, amountUsd, lastDay, note, ...input } }) =>
      createPromotion(ctx.services.db, ctx.services.clock, {
        ...input,
        code: code || null,
        amountNanoUsd: usdOf(amountUsd),
        redeemableUntil: new Date(`${lastDay}T23:59:59Z`),
        note: note || null,
        by: operatorActor(ctx.actor, ctx.ip),
      }),
    ),

  /** No more redemptions; what was redeemed stays. */
  end: operatorProcedure.input(z.strictObject({ code: z.string().max(40) })).mutation(({ ctx, input }) =>
    endPromotion(ctx.services.db, ctx.services.clock, {
      code: input.code,
      by: operatorActor(ctx.actor, ctx.ip),
    }),
  ),
});
