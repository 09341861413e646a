import { z } from "zod";
import { endCommitment, listAllCommitments, parsePercent, quoteCommitment } from "@/server/billing";
import { operatorActor } from "@/server/organizations";
import { usdOf } from "../../amounts";
import { operatorProcedure, router } from "../../init";
import type { SignedIn } from "../../transact";
import { percent, reason, wholeNumber } from "./inputs";

const PAGE_SIZE = 25;

/** Yearly commitments of everybody: offered here, accepted by their organizations, followed and ended here. */
export const operatorCommitmentsRouter = router({
  list: operatorProcedure
    .input(
      z.strictObject({
        kind: z.enum(["quoted", "accepted", "active", "past_due", "over"]).nullish(),
        text: z.string().trim().max(100),
        cursor: z.string().max(64).nullish(),
        direction: z.literal("forward").optional(),
      }),
    )
    .query(({ ctx, input }) =>
      listAllCommitments(ctx.services.db, ctx.services.clock, {
        kind: input.kind ?? undefined,
        text: input.text,
        cursor: input.cursor,
        limit: PAGE_SIZE,
      }),
    ),

  /** An offer on the organization's billing page; one that it had is replaced. */
  quote: operatorProcedure
    .input(
      z.strictObject({
        organizationId: z.string().trim().min(1, "Say which organization.").max(64),
        /** Plain decimal US dollars, before the discount. */
        yearlyUsd: z.string().max(32),
        discountPercent: percent,
        schedule: z.enum(["monthly", "quarterly", "annual"]),
        slaTier: z.enum(["standard", "priority", "dedicated"]),
        validDays: wholeNumber,
        note: z.string().trim().max(2_000),
      }),
    )
    .mutation(({ ctx, input: { yearlyUsd, discountPercent, note, ...input } }) =>
      quoteCommitment(ctx.services.db, ctx.services.clock, {
        ...input,
        yearlyNanoUsd: usdOf(yearlyUsd, "yearlyUsd"),
        discountBasisPoints: parsePercent(discountPercent) ?? 0,
        note: note || null,
        by: byOf(ctx),
      }),
    ),

  /** Withdraws an offer; cancels what was accepted, with its running year or at once. */
  cancel: operatorProcedure
    .input(z.strictObject({ commitmentId: z.string().max(64), isImmediate: z.boolean(), reason }))
    .mutation(async ({ ctx, input }) => {
      const ended = await endCommitment(ctx.services.db, ctx.services, { ...input, by: byOf(ctx) });
      return { status: ended.status, endsAt: ended.endsAt };
    }),
});

const byOf = ({ actor, ip }: SignedIn) => operatorActor(actor, ip);
