import { z } from "zod";
import { takeAttempt } from "@/server/auth";
import { type Actor, auditActor } from "@/server/organizations";
import { parseUsd } from "@/server/platform/money";
import {
  closeTicket,
  contactForm,
  listTickets,
  memberTicketForm,
  type NewTicket,
  openTicket,
  readTicket,
  replyForm,
  replyToTicket,
  type Sender,
  type SupportDeps,
  tellOfReply,
  tellOfTicket,
  ticketForm,
} from "@/server/support";
import type { TrpcContext } from "../context";
import { memberProcedure, publicProcedure, router } from "../init";

const PAGE_SIZE = 20;
const named = z.strictObject({ ticketId: z.string().max(64) });
const member = memberProcedure("support.use");
/** Topics and subject of a contact request, which has a form of its own. */
const CONTACT_SUBJECT = "Annual commitment";

/** Writing to us: anybody by the two public forms, members with a list of what was written and answered. */
export const supportRouter = router({
  /** The support form. Of whom is signed in the ticket belongs to their organization, whatever name they gave. */
  write: publicProcedure
    .input(ticketForm)
    .mutation(({ ctx, input: { name, email, ...ticket } }) => open(ctx, { name, email }, ticket)),

  /** The enterprise form: a contact request, which the operator sees among the tickets. */
  contact: publicProcedure
    .input(contactForm)
    .mutation(({ ctx, input: { name, email, yearlyAmountUsd, ...request } }) => {
      const ticket = { ...request, topic: "commitment", subject: CONTACT_SUBJECT } as const;
      return open(ctx, { name, email }, { ...ticket, yearlyAmountNanoUsd: parseUsd(yearlyAmountUsd) });
    }),

  open: member.input(memberTicketForm).mutation(({ ctx, input }) => open(ctx, ctx.actor, input)),

  /** Newest first. */
  tickets: member
    .input(
      z.strictObject({
        cursor: z.string().max(64).nullish(),
        /** Sent by infinite queries; there is one direction only. */
        direction: z.literal("forward").optional(),
      }),
    )
    .query(({ ctx, input }) =>
      listTickets(ctx.services.db, {
        organizationId: ctx.actor.organizationId,
        cursor: input.cursor,
        limit: PAGE_SIZE,
      }),
    ),

  ticket: member
    .input(named)
    .query(({ ctx, input }) =>
      readTicket(ctx.services.db, { ...input, organizationId: ctx.actor.organizationId }),
    ),

  reply: member
    .input(z.strictObject({ ...named.shape, ...replyForm.shape }))
    .mutation(async ({ ctx, input }) => {
      const { db, clock } = ctx.services;
      const { organizationId, userId } = ctx.actor;
      await readTicket(db, { ticketId: input.ticketId, organizationId });
      await takeAttempt(db, clock, "support", userId);
      const thread = await db.transaction((tx) =>
        replyToTicket(tx, clock, senderOf(ctx.actor, ctx.ip), { ...input, organizationId }),
      );
      ctx.defer(() => tellOfReply(depsOf(ctx), thread));
      return thread;
    }),

  close: member.input(named).mutation(({ ctx, input }) =>
    ctx.services.db.transaction((tx) =>
      closeTicket(tx, ctx.services.clock, auditActor(ctx.actor, ctx.ip), {
        ...input,
        organizationId: ctx.actor.organizationId,
      }),
    ),
  ),
});

/** Counts first: a form that anybody can send is not a way to fill the table, nor to have us write to strangers. */
async function open(
  ctx: TrpcContext,
  given: { readonly name: string; readonly email: string },
  input: NewTicket,
): Promise<{ readonly id: string; readonly email: string }> {
  const { db, clock } = ctx.services;
  const { actor } = ctx;
  const sender = actor ? senderOf(actor, ctx.ip) : visitor(given, ctx.ip);
  if (!actor) await takeAttempt(db, clock, "support_ip", ctx.ip);
  await takeAttempt(db, clock, "support", actor?.userId ?? sender.email);
  const thread = await db.transaction((tx) => openTicket(tx, clock, sender, input));
  ctx.defer(() => tellOfTicket(depsOf(ctx), thread));
  return { id: thread.id, email: sender.email };
}

function senderOf(actor: Actor, ip: string): Sender {
  const { userId, organizationId, name, email } = actor;
  return { userId, organizationId, name: name || email, email, audit: auditActor(actor, ip) };
}

function visitor({ name, email }: { readonly name: string; readonly email: string }, ip: string): Sender {
  const audit = { kind: "user", id: null, label: name, ip } as const;
  return { userId: null, organizationId: null, name, email, audit };
}

function depsOf({ services }: TrpcContext): SupportDeps {
  return { ...services, supportEmail: services.company.supportEmail };
}
