import { and, eq } from "drizzle-orm";
import { ticket, ticketMessage } from "@/db/schema";
import { type AuditAction, type AuditActor, recordAudit } from "@/server/audit";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { newId } from "@/server/platform/ids";
import type { NanoUsd } from "@/server/platform/money";
import { priorityOf } from "./priority";
import { notThere, readTicket } from "./read";
import type { Sender, Ticket, TicketThread, TicketTopic } from "./types";

export interface NewTicket {
  readonly topic: TicketTopic;
  readonly subject: string;
  readonly body: string;
  readonly company?: string;
  readonly yearlyAmountNanoUsd?: NanoUsd | null;
}

/** Writes a ticket with its first message. Call it in a transaction; tell people with `tellOfTicket` afterwards. */
export async function openTicket(
  tx: Executor,
  clock: Clock,
  sender: Sender,
  { topic, subject, body, company, yearlyAmountNanoUsd }: NewTicket,
): Promise<TicketThread> {
  const id = newId("ticket");
  const now = new Date(clock.nowMs());
  await tx.insert(ticket).values({
    id,
    organizationId: sender.organizationId,
    userId: sender.userId,
    name: sender.name,
    email: sender.email,
    topic,
    subject,
    company: company ?? null,
    yearlyAmountNanoUsd: yearlyAmountNanoUsd ?? null,
    priority: await priorityOf(tx, sender.organizationId),
    createdAt: now,
    updatedAt: now,
  });
  await addMessage(tx, now, id, "customer", sender, body);
  const made = await readTicket(tx, { ticketId: id, organizationId: null });
  // A visitor is nobody in a trail that is never deleted.
  if (sender.organizationId !== null) await note(tx, clock, sender.audit, "support.ticket_opened", made);
  return made;
}

interface ReplyInput {
  readonly ticketId: string;
  readonly organizationId: string;
  readonly body: string;
}

/**
 * A further message of the customer: the ticket is open again, also after it was closed.
 * @throws AppError not_found
 */
export async function replyToTicket(
  tx: Executor,
  clock: Clock,
  sender: Sender,
  { ticketId, organizationId, body }: ReplyInput,
): Promise<TicketThread> {
  const now = new Date(clock.nowMs());
  await lock(tx, ticketId, organizationId);
  await addMessage(tx, now, ticketId, "customer", sender, body);
  await tx
    .update(ticket)
    .set({ status: "open", closedAt: null, updatedAt: now })
    .where(eq(ticket.id, ticketId));
  return readTicket(tx, { ticketId, organizationId });
}

/**
 * Our answer. For the operator console only; tell the customer with `tellOfAnswer` afterwards.
 * @param input.name under which the customer sees the answer
 * @throws AppError not_found, conflict (closed)
 */
export async function answerTicket(
  tx: Executor,
  clock: Clock,
  by: AuditActor,
  input: { readonly ticketId: string; readonly body: string; readonly name: string },
): Promise<TicketThread> {
  const now = new Date(clock.nowMs());
  const before = await lock(tx, input.ticketId, null);
  if (before.status === "closed")
    throw new AppError("conflict", { message: "The ticket is closed. Its customer can open it again." });
  await addMessage(tx, now, input.ticketId, "operator", { userId: by.id, name: input.name }, input.body);
  await tx.update(ticket).set({ status: "answered", updatedAt: now }).where(eq(ticket.id, input.ticketId));
  const answered = await readTicket(tx, { ticketId: input.ticketId, organizationId: null });
  await note(tx, clock, by, "support.ticket_answered", answered);
  return answered;
}

/**
 * Closes it, for its customer or for us. Twice is once.
 * @param input.organizationId null: an operator closes it, whoever's it is
 * @throws AppError not_found
 */
export async function closeTicket(
  tx: Executor,
  clock: Clock,
  by: AuditActor,
  input: { readonly ticketId: string; readonly organizationId: string | null },
): Promise<TicketThread> {
  const before = await lock(tx, input.ticketId, input.organizationId);
  if (before.status !== "closed") {
    const now = new Date(clock.nowMs());
    await tx.update(ticket).set({ status: "closed", closedAt: now }).where(eq(ticket.id, input.ticketId));
    await note(tx, clock, by, "support.ticket_closed", before);
  }
  return readTicket(tx, input);
}

async function lock(tx: Executor, ticketId: string, organizationId: string | null) {
  const [found] = await tx
    .select()
    .from(ticket)
    .where(
      and(
        eq(ticket.id, ticketId),
        organizationId === null ? undefined : eq(ticket.organizationId, organizationId),
      ),
    )
    .for("update");
  if (!found) throw notThere();
  return found;
}

async function addMessage(
  tx: Executor,
  now: Date,
  ticketId: string,
  author: "customer" | "operator",
  { userId, name }: { readonly userId: string | null; readonly name: string },
  body: string,
): Promise<void> {
  await tx.insert(ticketMessage).values({
    id: newId("ticketMessage"),
    ticketId,
    author,
    userId,
    authorName: name,
    body,
    createdAt: now,
  });
}

/** The trail has the fact; what was written stays in the ticket. */
async function note(
  tx: Executor,
  clock: Clock,
  actor: AuditActor,
  action: AuditAction,
  { id, organizationId, subject, topic }: Pick<Ticket, "id" | "organizationId" | "subject" | "topic">,
): Promise<void> {
  const target = { kind: "ticket", id, label: organizationId === null ? id : subject };
  await recordAudit(tx, clock, { organizationId, actor, action, target, after: { topic } });
}
