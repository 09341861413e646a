import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { and, eq, isNull } from "drizzle-orm";
import { user } from "@/db/schema";
import { accountExistsMail, type Mail, verifyEmailMail } from "@/server/mail";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import type { AuthDeps } from "./deps";
import { issueToken, VALID_HOURS } from "./email-tokens";
import type { SignUpForm } from "./forms";
import { ownPath } from "./own-path";
import { hashPassword } from "./passwords";
import { takeAttempt } from "./throttle";
import { createUser, findUserByEmail, type User } from "./users";

/** Both ways through the database end before this; the answer comes then, whichever way was taken. */
const ANSWER_AFTER_MS = 300;

export interface SignUpResult {
  /** To be sent after the answer, so that the mail server's time tells nothing. */
  readonly mail: Mail;
  /** For a cookie of this browser: with it the link of the mail confirms the address without the password. */
  readonly browserSecret: string;
}

/**
 * Signs up. Somebody whose address has an account gets the same answer in the same time, and a mail that says so.
 * An account that was never confirmed is taken over by the newer sign-up: name, password and link are replaced.
 * @param referralCode of the link that the browser came by; kept with a new organization
 * @throws AppError rate_limit_exceeded, service_unavailable when no mail can be sent
 */
export async function signUp(
  deps: AuthDeps,
  form: SignUpForm,
  ip: string,
  referralCode?: string,
): Promise<SignUpResult> {
  requireMail(deps);
  await takeAttempt(deps.db, deps.clock, "mail_ip", ip);
  await takeAttempt(deps.db, deps.clock, "mail", form.email);
  const [result] = await Promise.all([write(deps, form, referralCode), sleep(ANSWER_AFTER_MS)]);
  return result;
}

async function write(deps: AuthDeps, form: SignUpForm, referralCode?: string): Promise<SignUpResult> {
  const passwordHash = await hashPassword(form.password);
  return deps.db.transaction(async (tx) => {
    const pending = await pendingUser(tx, deps, form, passwordHash, referralCode);
    if (!pending)
      return {
        mail: existsMail(deps, form),
        browserSecret: randomBytes(32).toString("base64url"),
      };
    const token = await issueToken(tx, deps.clock, pending.id, "verify_email");
    return {
      mail: verificationMail(deps, pending, token, form.next),
      browserSecret: browserSecretOf(deps, pending),
    };
  });
}

/** The unconfirmed user that this sign-up makes or takes over; null when the address has a confirmed account. */
async function pendingUser(
  tx: Executor,
  deps: AuthDeps,
  form: SignUpForm,
  passwordHash: string,
  referralCode: string | undefined,
): Promise<User | null> {
  const made = await createUser(tx, deps.clock, {
    email: form.email,
    name: form.name,
    passwordHash,
    isEmailVerified: false,
  });
  if (made) {
    if (referralCode)
      await deps.keepReferral?.(tx, { organizationId: made.organization.organizationId, code: referralCode });
    return made.user;
  }
  const existing = await findUserByEmail(tx, form.email);
  if (!existing) throw new AppError("conflict", { message: "Please try again." });
  const [takenOver] = await tx
    .update(user)
    .set({ name: form.name, passwordHash })
    .where(and(eq(user.id, existing.id), isNull(user.emailVerifiedAt)))
    .returning();
  return takenOver ?? null;
}

/**
 * Sends the link again, when there is an account that waits for it. Says nothing either way: call it after the answer.
 */
export async function resendVerification(deps: AuthDeps, email: string): Promise<void> {
  const found = await findUserByEmail(deps.db, email);
  if (!found || found.emailVerifiedAt) return;
  const token = await deps.db.transaction((tx) => issueToken(tx, deps.clock, found.id, "verify_email"));
  await deps.mailer.send(verificationMail(deps, found, token));
}

/** True for the browser that made this very sign-up: the secret dies with the password that was chosen then. */
export function isSignUpBrowser(
  deps: Pick<AuthDeps, "authSecret">,
  of: User,
  secret: string | undefined,
): boolean {
  if (secret === undefined || of.passwordHash === null) return false;
  const given = Buffer.from(secret);
  const expected = Buffer.from(browserSecretOf(deps, of));
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function browserSecretOf(deps: Pick<AuthDeps, "authSecret">, of: User): string {
  return createHmac("sha256", deps.authSecret)
    .update(`sign-up browser\n${of.id}\n${of.passwordHash}`)
    .digest("base64url");
}

function verificationMail(deps: AuthDeps, to: User, token: string, next?: string): Mail {
  const goOn = ownPath(next, "/dashboard");
  const query = new URLSearchParams({ token, ...(goOn === "/dashboard" ? {} : { next: goOn }) });
  return verifyEmailMail({
    to: to.email,
    name: to.name,
    url: `${deps.appUrl}/verify-email?${query}`,
    validHours: VALID_HOURS.verify_email,
  });
}

function existsMail(deps: AuthDeps, form: SignUpForm): Mail {
  return accountExistsMail({
    to: form.email,
    signInUrl: `${deps.appUrl}/sign-in`,
    forgotUrl: `${deps.appUrl}/forgot-password`,
  });
}

/** @throws AppError service_unavailable, the same for everybody, before anything is looked up */
export function requireMail(deps: AuthDeps): void {
  if (deps.mailer.canSend) return;
  throw new AppError("service_unavailable", {
    message: "This site cannot send mail yet, so nobody can sign up or reset a password.",
    internal: "neither SMTP_URL nor the mailbox is configured",
  });
}
