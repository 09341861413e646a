/** Mails: how they leave, and what they say. */
export { createMailbox, type Mailbox } from "./mailbox";
export { createMailer, type MailerConfig } from "./mailer";
export type { NoticeKind } from "./notices";
export { queueNotice, sendQueuedMails } from "./queue";
export { ticketAnsweredMail, ticketArrivedMail, ticketReceivedMail } from "./support-templates";
export {
  accountDeletedMail,
  alertMail,
  approvalAskedMail,
  approvalDecidedMail,
  signInLinkedMail,
} from "./team-templates";
export {
  accountExistsMail,
  invitationMail,
  lowBalanceMail,
  rechargePausedMail,
  resetPasswordMail,
  verifyEmailMail,
} from "./templates";
export type { KeptMail, Mail, Mailer } from "./types";
