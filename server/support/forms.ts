import * as z from "zod/mini";
import { isOneLine } from "@/server/platform/one-line";

/**
 * Shapes of what people write to us, for the server and for the forms of the browser alike: hence the small build of zod.
 * Lengths count UTF-16 units.
 */
const MAX_LINE = 150;
const MAX_BODY = 8_000;
/** RFC 5321 §4.5.3.1: what fits into a path. */
const MAX_EMAIL = 254;

const line = (empty: string) =>
  z
    .string()
    .check(
      z.trim(),
      z.minLength(1, empty),
      z.maxLength(MAX_LINE, `Use at most ${MAX_LINE} characters.`),
      z.refine(isOneLine, "This is one line of text."),
    );
const body = z.string().check(
  z.trim(),
  z.minLength(10, "Say in a sentence or two what it is about."),
  z.maxLength(MAX_BODY, `Use at most ${MAX_BODY.toLocaleString("en-US")} characters.`),
  z.refine((text) => !text.includes("\0"), "A text cannot contain a NUL character."),
);
const email = z
  .string()
  .check(
    z.trim(),
    z.maxLength(MAX_EMAIL, "This address is too long."),
    z.email("Enter an e-mail address, such as ada@example.com."),
  );

/** What a ticket of support may be about; a contact request has a form of its own. */
export const SUPPORT_TOPICS = {
  api: "API and models",
  billing: "Billing and balance",
  account: "Account and organization",
  security: "Security",
  other: "Something else",
} as const;
export type SupportTopic = keyof typeof SUPPORT_TOPICS;
const topic = z.enum(Object.keys(SUPPORT_TOPICS) as [SupportTopic, ...SupportTopic[]]);

/** `name` and `email` count for visitors only: of whom is signed in we know both. */
const sender = { name: line("Enter your name."), email };

export const ticketForm = z.strictObject({ ...sender, topic, subject: line("Enter a subject."), body });
export const memberTicketForm = z.strictObject({ topic, subject: line("Enter a subject."), body });
export const replyForm = z.strictObject({ body });

export const contactForm = z.strictObject({
  ...sender,
  company: line("Enter the name of your company."),
  /** Plain decimal US dollars a year; empty = not known yet. */
  yearlyAmountUsd: z.string().check(
    z.trim(),
    z.regex(/^(\d{1,9}(\.\d{1,2})?)?$/, "Enter US dollars, such as 60000, or leave it empty."),
    z.refine((text) => text === "" || Number(text) > 0, "Enter more than zero, or leave it empty."),
  ),
  body,
});

export type TicketForm = z.infer<typeof ticketForm>;
export type MemberTicketForm = z.infer<typeof memberTicketForm>;
export type ContactForm = z.infer<typeof contactForm>;
export type ReplyForm = z.infer<typeof replyForm>;
