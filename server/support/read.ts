import { and, asc, desc, eq, lt, ne, type SQL } from "drizzle-orm";
import { ticket, ticketMessage } from "@/db/schema";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { isId } from "@/server/platform/ids";
import type { Ticket, TicketStatus, TicketThread, TicketTopic } from "./types";

const MAX_PAGE = 100;

const columns = {
  id: ticket.id,
  organizationId: ticket.organizationId,
  name: ticket.name,
  email: ticket.email,
  topic: ticket.topic,
  subject: ticket.subject,
  company: ticket.company,
  yearlyAmountNanoUsd: ticket.yearlyAmountNanoUsd,
  priority: ticket.priority,
  status: ticket.status,
  createdAt: ticket.createdAt,
  updatedAt: ticket.updatedAt,
  closedAt: ticket.closedAt,
};

export interface TicketPage {
  readonly tickets: readonly Ticket[];
  /** For the next page; null on the last one. */
  readonly cursor: string | null;
}

interface PageInput {
  readonly cursor?: string | null;
  readonly limit: number;
}

/** Tickets of one organization, newest first, by keyset. @throws AppError invalid_request for a cursor that is no id */
export async function listTickets(
  db: Executor,
  { organizationId, ...page }: PageInput & { readonly organizationId: string },
): Promise<TicketPage> {
  return readPage(db, page, [eq(ticket.organizationId, organizationId)]);
}

export interface TicketFilters {
  /** `unsolved`: open and answered ones. */
  readonly status?: TicketStatus | "unsolved";
  readonly topic?: TicketTopic;
  readonly priority?: "normal" | "high";
}

/**
 * For the operator console only: tickets of everybody, newest first, by keyset. Contact requests are those of topic
 * `commitment`.
 * @throws AppError invalid_request for a cursor that is no ticket id
 */
export async function listAllTickets(
  db: Executor,
  { status, topic, priority, ...page }: PageInput & TicketFilters,
): Promise<TicketPage> {
  const wanted = status === "unsolved" ? ne(ticket.status, "closed") : status && eq(ticket.status, status);
  return readPage(db, page, [
    wanted,
    topic && eq(ticket.topic, topic),
    priority && eq(ticket.priority, priority),
  ]);
}

async function readPage(
  db: Executor,
  { cursor, limit }: PageInput,
  where: readonly (SQL | undefined)[],
): Promise<TicketPage> {
  if (cursor && !isId("ticket", cursor))
    throw new AppError("invalid_request", { message: "The cursor is not valid.", param: "cursor" });
  const size = Math.min(limit, MAX_PAGE);
  const rows = await db
    .select(columns)
    .from(ticket)
    .where(and(...where, cursor ? lt(ticket.id, cursor) : undefined))
    .orderBy(desc(ticket.id))
    .limit(size + 1);
  const tickets = rows.slice(0, size);
  return { tickets, cursor: rows.length > size ? (tickets.at(-1)?.id ?? null) : null };
}

/**
 * @param input.organizationId only a ticket of this organization; `null` for the operator console: whoever's it is
 * @throws AppError not_found, the same for a ticket of somebody else and for none
 */
export async function readTicket(
  db: Executor,
  input: { readonly ticketId: string; readonly organizationId: string | null },
): Promise<TicketThread> {
  const [found] = await db
    .select(columns)
    .from(ticket)
    .where(
      and(
        eq(ticket.id, input.ticketId),
        input.organizationId === null ? undefined : eq(ticket.organizationId, input.organizationId),
      ),
    );
  if (!found) throw notThere();
  const messages = await db
    .select({
      id: ticketMessage.id,
      author: ticketMessage.author,
      authorName: ticketMessage.authorName,
      body: ticketMessage.body,
      createdAt: ticketMessage.createdAt,
    })
    .from(ticketMessage)
    .where(eq(ticketMessage.ticketId, found.id))
    .orderBy(asc(ticketMessage.createdAt), asc(ticketMessage.id));
  return { ...found, messages };
}

export function notThere(): AppError {
  return new AppError("not_found", { message: "There is no such ticket." });
}
