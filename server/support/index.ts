/** What people write to us, and what we answer: tickets of support, and contact requests for commitments. */
export { contactForm, memberTicketForm, replyForm, ticketForm } from "./forms";
export { listAllTickets, listTickets, readTicket, type TicketFilters, type TicketPage } from "./read";
export { tellOfAnswer, tellOfReply, tellOfTicket } from "./tell";
export type {
  Sender,
  SupportDeps,
  Ticket,
  TicketMessage,
  TicketStatus,
  TicketThread,
  TicketTopic,
} from "./types";
export { answerTicket, closeTicket, type NewTicket, openTicket, replyToTicket } from "./write";
