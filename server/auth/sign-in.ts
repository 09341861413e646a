import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import type { AuthDeps } from "./deps";
import type { SignInForm } from "./forms";
import { verifyPassword } from "./passwords";
import { type FactorMatch, matchFactor, spendFactor } from "./second-factor";
import { openSession, type SessionClaims } from "./session";
import { forgetAttempts, returnAttempt, takeAttempt } from "./throttle";
import { findUserByEmail, type User } from "./users";

/** The browser that asks. */
export interface Client {
  readonly ip: string;
  readonly userAgent: string | null;
  /** Of the link that the browser came by, if any. */
  readonly referralCode?: string | undefined;
}

/**
 * Signs in by e-mail address and password and opens a session.
 * @throws AppError unauthenticated (the same for an unknown address and a wrong password, in the same time),
 *   permission_denied (right password; address not confirmed yet, or account suspended), rate_limit_exceeded
 */
export async function signIn(deps: AuthDeps, form: SignInForm, client: Client): Promise<SessionClaims> {
  const claimed = await findUserByEmail(deps.db, form.email);
  const factor = await factorOf(deps, claimed, form.code);
  // Whoever shows a right code is not the one who guesses: they get in while guesses have closed the account.
  const isVouchedFor = factor !== null;
  const found = await checkPassword(deps, claimed, form, client.ip, isVouchedFor);
  if (!found.emailVerifiedAt) {
    throw new AppError("permission_denied", {
      message: "Confirm your e-mail address first. We have sent you a link.",
      metadata: { reason: "email_not_verified" },
    });
  }
  if (found.hasTwoFactor) await requireFactor(deps, found, form.code, factor);
  return startSession(deps.db, deps.clock, found, client);
}

/** The proof that a code is, before anything is known about the password. @throws AppError rate_limit_exceeded */
async function factorOf(
  deps: AuthDeps,
  claimed: User | null,
  code: string | undefined,
): Promise<FactorMatch | null> {
  if (!code || !claimed?.hasTwoFactor) return null;
  await takeAttempt(deps.db, deps.clock, "second_factor", claimed.id);
  return matchFactor(deps, claimed.id, code);
}

/** The password was right; now the code. @throws AppError unauthenticated with a reason for the form */
async function requireFactor(
  deps: AuthDeps,
  found: User,
  code: string | undefined,
  factor: FactorMatch | null,
): Promise<void> {
  if (!code) {
    throw new AppError("unauthenticated", {
      message: "Enter the code from your authenticator app, or a recovery code.",
      metadata: { reason: "two_factor_required" },
    });
  }
  if (factor === null || !(await spendFactor(deps.db, deps.clock, found.id, factor))) {
    throw new AppError("unauthenticated", {
      message: "The code is not right, or was used already. Wait for the next one.",
      metadata: { reason: "two_factor_wrong" },
    });
  }
  await forgetAttempts(deps.db, "second_factor", found.id);
}

/** @throws AppError unauthenticated, rate_limit_exceeded per address and per client */
export async function checkPassword(
  deps: AuthDeps,
  found: User | null,
  form: SignInForm,
  ip: string,
  isVouchedFor = false,
): Promise<User> {
  await takeAttempt(deps.db, deps.clock, "ip", ip);
  if (!isVouchedFor) await takeAttempt(deps.db, deps.clock, "account", form.email);
  const isRight = await verifyPassword(found?.passwordHash ?? null, form.password);
  if (!found || !isRight) {
    throw new AppError("unauthenticated", { message: "The e-mail address or the password is not right." });
  }
  await forgetAttempts(deps.db, "account", form.email);
  await returnAttempt(deps.db, "ip", ip);
  return found;
}

/**
 * The end of every way to sign in.
 * @throws AppError permission_denied (`reason`: account_suspended)
 */
export async function startSession(
  db: Executor,
  clock: Clock,
  of: User,
  client: Client,
): Promise<SessionClaims> {
  if (of.suspendedAt)
    throw new AppError("permission_denied", {
      message: "This account is suspended. Write to support if you think that this is a mistake.",
      metadata: { reason: "account_suspended" },
    });
  const sessionId = await openSession(db, of.id, clock, client.userAgent);
  return { userId: of.id, sessionId, sessionVersion: of.sessionVersion };
}
