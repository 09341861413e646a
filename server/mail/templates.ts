import { toMail } from "./letter";
import type { Mail } from "./types";

/** @param input.url single-use link to the page that confirms the address */
export function verifyEmailMail(input: { to: string; name: string; url: string; validHours: number }): Mail {
  return toMail({
    to: input.to,
    subject: "Confirm your e-mail address",
    greeting: `Hello ${input.name},`,
    lines: ["Confirm this address to finish creating your DeepTokenInference account."],
    action: { label: "Confirm e-mail address", url: input.url },
    footer: `The link works once, for ${input.validHours} hours. If you did not sign up, you need not do anything.`,
  });
}

/** Sent instead of a second account, so that the page can give everybody the same answer. */
export function accountExistsMail(input: { to: string; signInUrl: string; forgotUrl: string }): Mail {
  return toMail({
    to: input.to,
    subject: "You already have an account",
    greeting: "Hello,",
    lines: [
      "Somebody, probably you, tried to sign up with this address. You already have a DeepTokenInference account, so nothing was changed.",
      `Forgotten your password? Choose a new one: ${input.forgotUrl}`,
    ],
    action: { label: "Sign in", url: input.signInUrl },
    footer: "If it was not you, you need not do anything.",
  });
}

/** @param input.url single-use link to the page that sets a new password */
export function resetPasswordMail(input: {
  to: string;
  name: string;
  url: string;
  validHours: number;
}): Mail {
  return toMail({
    to: input.to,
    subject: "Choose a new password",
    greeting: `Hello ${input.name},`,
    lines: [
      "You asked for a new password for your DeepTokenInference account. Choosing one signs you out everywhere else.",
    ],
    action: { label: "Choose a new password", url: input.url },
    footer: `The link works once, for ${input.validHours === 1 ? "one hour" : `${input.validHours} hours`}. If you did not ask for it, you need not do anything: your password stays as it is.`,
  });
}

/** @param input.url single-use link to the page that accepts the invitation */
export function invitationMail(input: {
  to: string;
  organizationName: string;
  invitedBy: string;
  role: string;
  url: string;
  validDays: number;
}): Mail {
  return toMail({
    to: input.to,
    subject: `${input.invitedBy} invites you to ${input.organizationName}`,
    greeting: "Hello,",
    lines: [
      `${input.invitedBy} invites you to join ${input.organizationName} on DeepTokenInference as ${input.role}.`,
      `Accept it with an account of this address (${input.to}); you can make one on the way.`,
    ],
    action: { label: "See the invitation", url: input.url },
    footer: `The link works for ${input.validDays} days. If you do not know the sender, you need not do anything.`,
  });
}

const PAUSE_REASONS: Readonly<Record<string, string>> = {
  monthly_cap: "The next top-up would pass the monthly cap that you set.",
  no_card: "There is no saved card to charge.",
  authentication_required:
    "Your bank wants you to confirm the payment yourself. The button below leads to it.",
  unconfirmed: "The payment was not confirmed in time. If it arrives after all, it is credited.",
};

/** @param input.url billing page with the amount filled in, where it can be paid by hand */
export function rechargePausedMail(input: {
  to: string;
  amountUsd: string;
  reason: string;
  url: string;
}): Mail {
  return toMail({
    to: input.to,
    subject: "Auto-recharge is paused",
    greeting: "Hello,",
    lines: [
      `The automatic top-up of $${input.amountUsd} is paused and will not charge your card.`,
      PAUSE_REASONS[input.reason] ?? "Your card was declined.",
    ],
    action: { label: `Top up $${input.amountUsd} yourself`, url: input.url },
    footer: "It starts again only when you resume it on the billing page.",
  });
}

/** @param input.runwayDays days that the balance lasts at the spend of the last week; null without spend */
export function lowBalanceMail(input: {
  to: string;
  balanceUsd: string;
  runwayDays: number | null;
  url: string;
}): Mail {
  return toMail({
    to: input.to,
    subject: `Your balance is low: $${input.balanceUsd}`,
    greeting: "Hello,",
    lines: [
      `Your prepaid balance is $${input.balanceUsd}.`,
      input.runwayDays === null
        ? "Requests are refused when it is used up."
        : `At the spend of the last seven days it lasts for ${input.runwayDays === 1 ? "one day" : `${input.runwayDays} days`}. Requests are refused when it is used up.`,
    ],
    action: { label: "Top up", url: input.url },
    footer: "You get this mail once each time the balance becomes low.",
  });
}
