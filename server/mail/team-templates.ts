import { toMail } from "./letter";
import type { Mail } from "./types";

/** @param input.settingsUrl page where the reader's organization sets who is told of what */
export function alertMail(input: {
  to: string;
  subject: string;
  lines: readonly string[];
  action: { readonly label: string; readonly url: string };
  settingsUrl: string;
}): Mail {
  return toMail({
    to: input.to,
    subject: input.subject,
    greeting: "Hello,",
    lines: input.lines,
    action: input.action,
    footer: `Your organization decides who gets these mails: ${input.settingsUrl}`,
  });
}

/** @param input.url billing page where the order is approved or declined */
export function approvalAskedMail(input: {
  to: string;
  askedBy: string;
  amountUsd: string;
  url: string;
}): Mail {
  return toMail({
    to: input.to,
    subject: `${input.askedBy} asks to top up $${input.amountUsd}`,
    greeting: "Hello,",
    lines: [
      `${input.askedBy} wants to add $${input.amountUsd} to the balance. Your organization's policy lets an owner or an admin approve top-ups of this size.`,
      "Nothing is paid until somebody approves it and the buyer then pays.",
    ],
    action: { label: "Approve or decline", url: input.url },
    footer: "You get this mail because you may decide about top-ups in this organization.",
  });
}

/** @param input.url settings page, where the link can be taken away */
export function signInLinkedMail(input: { to: string; provider: string; url: string }): Mail {
  return toMail({
    to: input.to,
    subject: `${input.provider} signs you in now`,
    greeting: "Hello,",
    lines: [
      `Somebody signed in to your DeepTokenInference account through ${input.provider}, whose account has your verified address. From now on it signs you in.`,
    ],
    action: { label: "See your sign-ins", url: input.url },
    footer: "If it was not you, take the link away there and change your password.",
  });
}

/** To the address that the account had. */
export function accountDeletedMail(input: { to: string; url: string }): Mail {
  return toMail({
    to: input.to,
    subject: "Your account is deleted",
    greeting: "Hello,",
    lines: [
      "Your DeepTokenInference account is deleted: your name and address are taken out of it, your sessions are ended and your keys are revoked.",
      "What the books need is kept without your name where the law allows: orders, usage records and the audit trails of organizations.",
    ],
    action: { label: "Read what is kept", url: input.url },
    footer: "If it was not you, write to us at once.",
  });
}

/** @param input.url the order, where it can be paid once it is approved */
export function approvalDecidedMail(input: {
  to: string;
  decidedBy: string;
  isApproved: boolean;
  amountUsd: string;
  url: string;
}): Mail {
  return toMail({
    to: input.to,
    subject: `Your top-up of $${input.amountUsd} was ${input.isApproved ? "approved" : "declined"}`,
    greeting: "Hello,",
    lines: [
      `${input.decidedBy} ${input.isApproved ? "approved" : "declined"} your top-up of $${input.amountUsd}.`,
      input.isApproved ? "It can be paid now, within a day." : "Nothing was paid.",
    ],
    action: { label: input.isApproved ? "Go on to pay" : "See the order", url: input.url },
    footer: "You get this mail because you asked for the top-up.",
  });
}
