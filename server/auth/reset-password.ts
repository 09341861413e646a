import { eq, sql } from "drizzle-orm";
import { user } from "@/db/schema";
import { resetPasswordMail } from "@/server/mail";
import { AppError } from "@/server/platform/errors";
import type { AuthDeps } from "./deps";
import { consumeToken, inspectToken, issueToken, retireTokens, VALID_HOURS } from "./email-tokens";
import type { ResetPasswordForm } from "./forms";
import { hashPassword } from "./passwords";
import { forgetAttempts } from "./throttle";
import { findUserByEmail } from "./users";

/** Mails a link to whoever has an account with this address. Says nothing either way: call it after the answer. */
export async function sendPasswordReset(deps: AuthDeps, email: string): Promise<void> {
  const found = await findUserByEmail(deps.db, email);
  if (!found) return;
  const token = await deps.db.transaction((tx) => issueToken(tx, deps.clock, found.id, "reset_password"));
  await deps.mailer.send(
    resetPasswordMail({
      to: found.email,
      name: found.name,
      url: `${deps.appUrl}/reset-password?token=${token}`,
      validHours: VALID_HOURS.reset_password,
    }),
  );
}

/** May the link still be used? Changes nothing. */
export async function isResetLinkAlive(
  deps: Pick<AuthDeps, "db" | "clock">,
  token: string,
): Promise<boolean> {
  return (await inspectToken(deps.db, deps.clock, token, "reset_password")).state === "ready";
}

/**
 * Sets a new password by a link: ends every session, every other link and every throttle of the account. The link also
 * proves the address.
 * @returns the account's address, for the sign-in that follows
 * @throws AppError not_found (link unknown, used or expired)
 */
export async function resetPassword(deps: AuthDeps, form: ResetPasswordForm): Promise<{ email: string }> {
  const passwordHash = await hashPassword(form.password);
  return deps.db.transaction(async (tx) => {
    const userId = await consumeToken(tx, deps.clock, form.token, "reset_password");
    if (!userId) throw linkIsDead();
    const [changed] = await tx
      .update(user)
      .set({
        passwordHash,
        sessionVersion: sql`${user.sessionVersion} + 1`,
        emailVerifiedAt: sql`coalesce(${user.emailVerifiedAt}, ${new Date(deps.clock.nowMs())})`,
      })
      .where(eq(user.id, userId))
      .returning({ email: user.email });
    if (!changed) throw linkIsDead();
    await retireTokens(tx, deps.clock, userId);
    await forgetAttempts(tx, "account", changed.email);
    return changed;
  });
}

function linkIsDead(): AppError {
  return new AppError("not_found", { message: "This link does not work any more. Ask for a new one." });
}
