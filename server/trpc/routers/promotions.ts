import { z } from "zod";
import { takeAttempt } from "@/server/auth";
import { listRedemptions, redeemPromotion } from "@/server/billing";
import { auditActor } from "@/server/organizations";
import { memberProcedure, router } from "../init";

const MAX_SHOWN = 20;

/** Codes that give promotional credit. */
export const promotionsRouter = router({
  redeemed: memberProcedure("billing.read").query(({ ctx }) =>
    listRedemptions(ctx.services.db, ctx.actor.organizationId, MAX_SHOWN),
  ),

  /** Every try counts, right or wrong: codes are not found out by trying. */
  redeem: memberProcedure("billing.top_up")
    .input(z.strictObject({ code: z.string().min(1).max(100) }))
    .mutation(async ({ ctx, input }) => {
      const { db, clock } = ctx.services;
      await takeAttempt(db, clock, "promotion_ip", ctx.ip);
      await takeAttempt(db, clock, "promotion", ctx.actor.userId);
      const { organizationId, userId } = ctx.actor;
      return redeemPromotion(db, clock, {
        organizationId,
        userId,
        code: input.code,
        audit: auditActor(ctx.actor, ctx.ip),
      });
    }),
});
