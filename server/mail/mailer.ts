import { createTransport } from "nodemailer";
import { AppError } from "@/server/platform/errors";
import type { Mailbox } from "./mailbox";
import { renderHtml } from "./render";
import type { Mailer } from "./types";

/** A mail server that does not answer in this time has not taken the mail. */
const SMTP_TIMEOUT_MS = 10_000;

export interface MailerConfig {
  /** `smtp://user:password@host:587` or `smtps://…`; goes before the mailbox. */
  readonly smtpUrl: string | undefined;
  /** The sender, as in `Name <address>`. */
  readonly from: string;
  readonly mailbox: Mailbox | null;
}

export function createMailer(config: MailerConfig): Mailer {
  if (config.smtpUrl) return smtpMailer(config.smtpUrl, config.from);
  if (config.mailbox) return mailboxMailer(config.mailbox);
  return { canSend: false, send: () => Promise.reject(unavailable("no SMTP_URL and no mailbox")) };
}

function smtpMailer(url: string, from: string): Mailer {
  const transport = createTransport({
    url,
    connectionTimeout: SMTP_TIMEOUT_MS,
    greetingTimeout: SMTP_TIMEOUT_MS,
    socketTimeout: SMTP_TIMEOUT_MS,
    // A mail has only the parts that we give it: nothing is read from disk or fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    canSend: true,
    async send(mail) {
      // The address as an object: text that looks like a list of addresses stays one address.
      const { subject, text } = mail;
      const html = await renderHtml(mail.letter);
      await transport
        .sendMail({ subject, text, html, from, to: { name: "", address: mail.to } })
        .catch((cause: unknown) => Promise.reject(unavailable("the mail server refused", cause)));
    },
  };
}

function mailboxMailer(mailbox: Mailbox): Mailer {
  return {
    canSend: true,
    async send(mail) {
      await mailbox.keep(mail);
    },
  };
}

function unavailable(internal: string, cause?: unknown): AppError {
  return new AppError("service_unavailable", {
    message: "Mail cannot be sent right now. Please try again in a few minutes.",
    internal,
    cause,
  });
}
