import { z } from "zod";
import { acceptCommitment, cancelCommitment, viewCommitment } from "@/server/billing";
import { auditActor } from "@/server/organizations";
import type { TrpcContext } from "../context";
import { memberProcedure, router } from "../init";

const named = z.strictObject({ commitmentId: z.string().max(64) });
const buyer = memberProcedure("billing.top_up");

/** The yearly commitment of an organization: its quote, how it goes, and its end. */
export const commitmentsRouter = router({
  view: memberProcedure("billing.read").query(async ({ ctx }) => ({
    ...(await viewCommitment(ctx.services.db, ctx.actor.organizationId, ctx.services.clock)),
    cardPayments: ctx.services.stripe !== null,
  })),

  /** Accepts a quote with the consent as it was shown. Answers where its first invoice is paid. */
  accept: buyer
    .input(named.extend({ payBy: z.enum(["card", "invoice"]), consent: z.string().max(1_000) }))
    .mutation(async ({ ctx, input }) => {
      const accepted = await acceptCommitment(ctx.services.db, ctx.services, {
        ...input,
        organizationId: ctx.actor.organizationId,
        userId: ctx.actor.userId,
        audit: actorOf(ctx),
      });
      return { status: accepted.status, invoiceUrl: accepted.invoiceUrl };
    }),

  /** Ends it with the running year; one whose first invoice was not paid, at once. */
  cancel: buyer.input(named).mutation(async ({ ctx, input }) => {
    const { status, endsAt } = await cancelCommitment(ctx.services.db, ctx.services, {
      ...input,
      organizationId: ctx.actor.organizationId,
      by: actorOf(ctx),
    });
    return { status, endsAt };
  }),
});

function actorOf(ctx: TrpcContext & { readonly actor: NonNullable<TrpcContext["actor"]> }) {
  return auditActor(ctx.actor, ctx.ip);
}
