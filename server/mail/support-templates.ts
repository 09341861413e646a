import { toMail } from "./letter";
import type { Mail } from "./types";

/** A subject is one line of a header: what somebody typed is cut, and never longer than a line. */
const SUBJECT_LENGTH = 100;

/** @param input.subject as the member wrote it; null for visitors, whose words go to nobody else's address */
export function ticketReceivedMail(input: {
  to: string;
  ticketId: string;
  subject: string | null;
  url: string;
}): Mail {
  return toMail({
    to: input.to,
    subject: `We have your message (${input.ticketId})`,
    greeting: "Hello,",
    lines: [
      input.subject === null
        ? "A message was sent to DeepTokenInference with this address, and we have it."
        : `We have your message “${input.subject}”.`,
      `Its number is ${input.ticketId}. The answer comes to this address.`,
    ],
    action: { label: input.subject === null ? "Write to us" : "See the ticket", url: input.url },
    footer: "If you did not write to us, you need not do anything.",
  });
}

/** To ourselves: what arrived, from whom. */
export function ticketArrivedMail(input: {
  to: string;
  ticketId: string;
  subject: string;
  /** Sender, topic, priority, in a line. */
  facts: string;
  body: string;
  url: string;
}): Mail {
  return toMail({
    to: input.to,
    subject: `[${input.ticketId}] ${input.subject.slice(0, SUBJECT_LENGTH)}`,
    greeting: input.subject,
    lines: [input.facts, ...paragraphs(input.body)],
    action: { label: "Answer it", url: input.url },
    footer: "Answers are written in the operator console, which mails them.",
  });
}

export function ticketAnsweredMail(input: {
  to: string;
  ticketId: string;
  subject: string;
  answer: string;
  /** Members reply on the ticket's page; a visitor writes again and names the number. */
  isMember: boolean;
  url: string;
}): Mail {
  return toMail({
    to: input.to,
    subject: `Re: ${input.subject.slice(0, SUBJECT_LENGTH)} (${input.ticketId})`,
    greeting: "Hello,",
    lines: paragraphs(input.answer),
    action: { label: input.isMember ? "Reply on the ticket" : "Write to us again", url: input.url },
    footer: input.isMember
      ? `This answers your ticket ${input.ticketId}.`
      : `This answers your message ${input.ticketId}. Name the number when you write again.`,
  });
}

function paragraphs(text: string): string[] {
  return text
    .split(/\n+/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
