/** What a mail says, before it is put into its two forms. Every text may be a user's: the forms make it inert. */
export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly greeting: string;
  readonly lines: readonly string[];
  /** Amounts, ids and the like, listed below the lines. */
  readonly facts?: readonly (readonly [label: string, value: string])[];
  readonly action: { readonly label: string; readonly url: string };
  readonly footer: string;
}

/** One mail with its text part; the HTML part is made from the letter when the mail leaves. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly letter: Letter;
}

/** Where mails leave the house. Two of them: SMTP, and the mailbox of development. */
export interface Mailer {
  /** False when neither SMTP_URL nor the mailbox is configured; then nobody can sign up. */
  readonly canSend: boolean;
  /** Resolves when the next hop has taken the mail. @throws AppError service_unavailable when it does not */
  send(mail: Mail): Promise<void>;
}

/** A mail as the mailbox keeps it. */
export interface KeptMail {
  readonly id: string;
  readonly sentAt: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}
