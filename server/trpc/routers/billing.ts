import { z } from "zod";
import {
  closeOrder,
  createOrder,
  decideOrder,
  disableAutoRecharge,
  enableAutoRecharge,
  listAwaiting,
  listOrders,
  listRecharges,
  MAX_ORDER_NANO_USD,
  MAX_SELF_SERVE_NANO_USD,
  MIN_ORDER_NANO_USD,
  openCheckout,
  openPortal,
  PACKS,
  payOrder,
  readApprovalLimit,
  readAutoRecharge,
  readOrder,
  readRunway,
  readSavedCard,
  resumeAutoRecharge,
  withdrawOrder,
} from "@/server/billing";
import { readBalance } from "@/server/ledger";
import { auditActor } from "@/server/organizations";
import { usdOf } from "../amounts";
import { askForApproval, tellBuyer } from "../approval-mails";
import { memberProcedure, publicProcedure, router } from "../init";
import { type SignedIn, transact } from "../transact";

const PAGE_SIZE = 20;
const orderInput = z.strictObject({ orderId: z.string().max(64) });
const buyer = memberProcedure("billing.top_up");

/** Packs, orders, their checkouts, and automatic top-ups. */
export const billingRouter = router({
  /** The offers of the pricing page and the bounds of a custom amount. */
  packs: publicProcedure.query(({ ctx }) => ({
    sandboxPayments: ctx.services.sandboxPayments,
    cardPayments: ctx.services.stripe !== null,
    packs: PACKS,
    minNanoUsd: MIN_ORDER_NANO_USD,
    maxSelfServeNanoUsd: MAX_SELF_SERVE_NANO_USD,
    maxNanoUsd: MAX_ORDER_NANO_USD,
  })),

  summary: memberProcedure("billing.read").query(async ({ ctx }) => ({
    balance: await readBalance(ctx.services.db, ctx.actor.organizationId),
    runway: await readRunway(ctx.services.db, ctx.actor.organizationId, ctx.services.clock.nowMs()),
    sandboxPayments: ctx.services.sandboxPayments,
    cardPayments: ctx.services.stripe !== null,
  })),

  orders: memberProcedure("billing.read")
    .input(
      z.strictObject({
        cursor: z.string().max(64).nullish(),
        /** Sent by infinite queries; there is one direction only. */
        direction: z.literal("forward").optional(),
      }),
    )
    .query(({ ctx, input }) =>
      listOrders(
        ctx.services.db,
        { organizationId: ctx.actor.organizationId, cursor: input.cursor ?? null, limit: PAGE_SIZE },
        ctx.services.clock,
      ),
    ),

  order: memberProcedure("billing.read")
    .input(orderInput)
    .query(({ ctx, input }) => readOrder(ctx.services.db, named(ctx, input), ctx.services.clock)),

  createOrder: buyer
    .input(
      z.strictObject({
        pack: z.string().max(32),
        /** Plain decimal US dollars. */
        amountUsd: z.string().max(32).optional(),
        attemptKey: z.string().max(64),
        savesCard: z.boolean().optional(),
      }),
    )
    .mutation(({ ctx, input }) =>
      createOrder(ctx.services.db, ctx.services, {
        ...input,
        organizationId: ctx.actor.organizationId,
        userId: ctx.actor.userId,
        role: ctx.actor.role,
      }).then((placed) => askForApproval(ctx, placed)),
    ),

  /** Top-ups that wait for an owner or admin; and above which amount they do, null when none does. */
  awaiting: memberProcedure("billing.read").query(async ({ ctx }) => ({
    orders: await listAwaiting(ctx.services.db, ctx.actor.organizationId, ctx.services.clock),
    aboveNanoUsd: await readApprovalLimit(ctx.services.db, ctx.actor.organizationId),
    ownUserId: ctx.actor.userId,
  })),

  /** Tells the buyer by mail, after the answer. */
  decide: memberProcedure("billing.approve")
    .input(z.strictObject({ orderId: z.string().max(64), isApproved: z.boolean() }))
    .mutation(async ({ ctx, input }) => {
      const { userId, role } = ctx.actor;
      const decided = await ctx.services.db.transaction((tx) =>
        decideOrder(tx, ctx.services.clock, {
          ...input,
          organizationId: ctx.actor.organizationId,
          by: { userId, role, audit: auditActor(ctx.actor, ctx.ip) },
        }),
      );
      tellBuyer(ctx, decided, input.isApproved);
      return decided.order;
    }),

  paySandbox: buyer
    .input(orderInput)
    .mutation(({ ctx, input }) => payOrder(ctx.services.db, ctx.services, named(ctx, input))),

  declineSandbox: buyer
    .input(orderInput)
    .mutation(({ ctx, input }) =>
      closeOrder(ctx.services.db, ctx.services, { ...named(ctx, input), event: "declined" }),
    ),

  cancelSandbox: buyer
    .input(orderInput)
    .mutation(({ ctx, input }) =>
      closeOrder(ctx.services.db, ctx.services, { ...named(ctx, input), event: "canceled" }),
    ),

  /** Takes an order back that nobody has paid: one that waits for approval, for its payment, or in review. */
  withdraw: buyer
    .input(orderInput)
    .mutation(({ ctx, input }) =>
      transact(ctx, (tx, { by }) => withdrawOrder(tx, ctx.services, { ...named(ctx, input), by })),
    ),

  /** The payment provider's page for an order that is paid by card. */
  checkout: buyer.input(orderInput).mutation(({ ctx, input }) =>
    openCheckout(ctx.services.db, ctx.services, {
      ...named(ctx, input),
      userId: ctx.actor.userId,
      appUrl: ctx.services.appUrl,
    }),
  ),

  /** The payment provider's page for cards, invoices and tax ids. */
  portal: buyer.mutation(({ ctx }) =>
    openPortal(ctx.services.db, ctx.services, {
      organizationId: ctx.actor.organizationId,
      appUrl: ctx.services.appUrl,
    }),
  ),

  savedCard: memberProcedure("billing.read").query(({ ctx }) =>
    readSavedCard(ctx.services.db, ctx.services, ctx.actor.organizationId),
  ),

  autoRecharge: memberProcedure("billing.read").query(async ({ ctx }) => ({
    settings: await readAutoRecharge(ctx.services.db, ctx.actor.organizationId),
    recent: await listRecharges(ctx.services.db, ctx.actor.organizationId),
  })),

  /** Turns automatic top-ups on with the consent as it was shown. Amounts are plain decimal US dollars. */
  enableAutoRecharge: buyer
    .input(
      z.strictObject({
        thresholdUsd: z.string().max(32),
        amountUsd: z.string().max(32),
        monthlyCapUsd: z.string().max(32),
        consent: z.string().max(1_000),
      }),
    )
    .mutation(({ ctx, input }) =>
      enableAutoRecharge(ctx.services.db, ctx.services.clock, authorOf(ctx), {
        thresholdNanoUsd: usdOf(input.thresholdUsd, "thresholdUsd"),
        amountNanoUsd: usdOf(input.amountUsd),
        monthlyCapNanoUsd: usdOf(input.monthlyCapUsd, "monthlyCapUsd"),
        consent: input.consent,
      }),
    ),

  disableAutoRecharge: buyer.mutation(({ ctx }) =>
    disableAutoRecharge(ctx.services.db, ctx.services.clock, authorOf(ctx)),
  ),

  resumeAutoRecharge: buyer.mutation(({ ctx }) =>
    resumeAutoRecharge(ctx.services.db, ctx.services.clock, authorOf(ctx)),
  ),
});

function authorOf(ctx: SignedIn) {
  const { organizationId, userId, role } = ctx.actor;
  return { organizationId, userId, role, audit: auditActor(ctx.actor, ctx.ip) };
}

function named(
  ctx: { readonly actor: { readonly organizationId: string } },
  input: { readonly orderId: string },
) {
  return { organizationId: ctx.actor.organizationId, orderId: input.orderId };
}
