import { z } from "zod";
import { approvePayout, failPayout, listAllPayouts, markPayoutPaid, sendPayout } from "@/server/billing";
import { operatorActor } from "@/server/organizations";
import { operatorProcedure, router } from "../../init";
import type { SignedIn } from "../../transact";
import { reason } from "./inputs";

const payoutId = z.string().max(64);
const named = z.strictObject({ payoutId });

/** Commission that partners asked for: approved, then sent through Stripe or recorded as paid past it. */
export const operatorPayoutsRouter = router({
  list: operatorProcedure
    .input(z.strictObject({ isAll: z.boolean() }))
    .query(({ ctx, input }) => listAllPayouts(ctx.services.db, input.isAll)),

  approve: operatorProcedure
    .input(named)
    .mutation(({ ctx, input }) =>
      approvePayout(ctx.services.db, ctx.services.clock, { ...input, by: byOf(ctx) }),
    ),

  /** To the partner's account at Stripe. */
  send: operatorProcedure
    .input(named)
    .mutation(({ ctx, input }) => sendPayout(ctx.services.db, ctx.services, { ...input, by: byOf(ctx) })),

  /** Paid past Stripe; the reference says where. */
  markPaid: operatorProcedure
    .input(
      z.strictObject({ payoutId, reference: z.string().trim().min(1, "Say where it was paid.").max(200) }),
    )
    .mutation(({ ctx, input }) =>
      markPayoutPaid(ctx.services.db, ctx.services.clock, {
        ...input,
        by: byOf(ctx),
        method: "manual",
        stripeTransferId: null,
      }),
    ),

  fail: operatorProcedure
    .input(z.strictObject({ payoutId, reason }))
    .mutation(({ ctx, input }) =>
      failPayout(ctx.services.db, ctx.services.clock, { ...input, by: byOf(ctx) }),
    ),
});

const byOf = ({ actor, ip }: SignedIn) => operatorActor(actor, ip);
