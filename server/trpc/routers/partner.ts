import { z } from "zod";
import { convertPayout, joinPartners, openPayoutAccount, requestPayout, viewPartner } from "@/server/billing";
import { auditActor } from "@/server/organizations";
import { usdOf } from "../amounts";
import type { TrpcContext } from "../context";
import { memberProcedure, router } from "../init";

const buyer = memberProcedure("billing.top_up");
const amount = z.strictObject({ amountUsd: z.string().max(32) });

/** Referring others: the link, what it earned, and how that is paid out. */
export const partnerRouter = router({
  view: memberProcedure("billing.read").query(async ({ ctx }) => {
    const { db, appUrl, stripe } = ctx.services;
    const partner = await viewPartner(db, ctx.actor.organizationId);
    return {
      partner: partner && { ...partner, link: `${appUrl}/r/${partner.code}` },
      stripePayouts: stripe !== null,
    };
  }),

  /** Agrees to the rules as they were shown. */
  join: buyer.input(z.strictObject({ consent: z.string().max(1_000) })).mutation(async ({ ctx, input }) => {
    const { code } = await joinPartners(ctx.services.db, ctx.services.clock, { ...whoOf(ctx), ...input });
    return { code };
  }),

  /** Asks for a payout. Amounts are plain decimal US dollars. */
  request: buyer.input(amount).mutation(async ({ ctx, input }) => {
    const request = { ...whoOf(ctx), amountNanoUsd: usdOf(input.amountUsd) };
    const { id, status } = await requestPayout(ctx.services.db, ctx.services.clock, request);
    return { id, status };
  }),

  /** Keeps commission as balance. */
  convert: buyer.input(amount).mutation(async ({ ctx, input }) => {
    const request = { ...whoOf(ctx), amountNanoUsd: usdOf(input.amountUsd) };
    const { id, status } = await convertPayout(ctx.services.db, ctx.services.clock, request);
    return { id, status };
  }),

  /** Stripe's page where the partner says where money goes. */
  connect: buyer.mutation(({ ctx }) =>
    openPayoutAccount(ctx.services.db, ctx.services, {
      organizationId: ctx.actor.organizationId,
      appUrl: ctx.services.appUrl,
    }),
  ),
});

function whoOf(ctx: TrpcContext & { readonly actor: NonNullable<TrpcContext["actor"]> }) {
  const { organizationId, userId } = ctx.actor;
  return { organizationId, userId, audit: auditActor(ctx.actor, ctx.ip) };
}
