import { type Mail, ticketAnsweredMail, ticketArrivedMail, ticketReceivedMail } from "@/server/mail";
import { toDecimalUsd } from "@/server/platform/money";
import type { SupportDeps, Ticket, TicketThread } from "./types";

/** After a ticket was written: its sender gets its number, and we get the ticket. Mails that fail are logged, not thrown. */
export async function tellOfTicket(deps: SupportDeps, thread: TicketThread): Promise<void> {
  await send(
    deps,
    ticketReceivedMail({
      to: thread.email,
      ticketId: thread.id,
      // A visitor may have given anybody's address: nothing that they wrote goes there.
      subject: thread.organizationId === null ? null : thread.subject,
      url: customerUrl(deps, thread),
    }),
  );
  await tellOperators(deps, thread);
}

/** After the customer wrote again. */
export async function tellOfReply(deps: SupportDeps, thread: TicketThread): Promise<void> {
  await tellOperators(deps, thread);
}

/** After we answered: the whole answer, by mail. */
export async function tellOfAnswer(deps: SupportDeps, thread: TicketThread): Promise<void> {
  const answer = thread.messages.findLast(({ author }) => author === "operator");
  if (!answer) return;
  const { email: to, id: ticketId, subject } = thread;
  const isMember = thread.organizationId !== null;
  await send(
    deps,
    ticketAnsweredMail({
      ...{ to, ticketId, subject, isMember },
      answer: answer.body,
      url: customerUrl(deps, thread),
    }),
  );
}

async function tellOperators(deps: SupportDeps, thread: TicketThread): Promise<void> {
  const newest = thread.messages.at(-1);
  if (deps.supportEmail === null || !newest) return;
  const facts = [
    `${thread.name} <${thread.email}>`,
    `topic ${thread.topic}`,
    `priority ${thread.priority}`,
    thread.company && `company ${thread.company}`,
    thread.yearlyAmountNanoUsd !== null && `$${toDecimalUsd(thread.yearlyAmountNanoUsd)} a year`,
    thread.organizationId && `organization ${thread.organizationId}`,
  ].filter((fact) => typeof fact === "string");
  await send(
    deps,
    ticketArrivedMail({
      to: deps.supportEmail,
      ticketId: thread.id,
      subject: thread.subject,
      facts: facts.join(", "),
      body: newest.body,
      url: `${deps.appUrl}/operator/tickets/${thread.id}`,
    }),
  );
}

/** Where the customer goes on: the ticket for members, the form for visitors, who have no page of their own. */
function customerUrl({ appUrl }: SupportDeps, { id, organizationId }: Ticket): string {
  return organizationId === null ? `${appUrl}/support` : `${appUrl}/dashboard/support/${id}`;
}

async function send({ mailer, log }: SupportDeps, mail: Mail): Promise<void> {
  if (!mailer.canSend) return;
  await mailer.send(mail).catch((reason: unknown) => {
    log.error({ subject: mail.subject, reason: String(reason) }, "mail of a ticket was not sent");
  });
}
