import { and, eq, isNull } from "drizzle-orm";
import { user } from "@/db/schema";
import { AppError } from "@/server/platform/errors";
import type { AuthDeps } from "./deps";
import { consumeToken, inspectToken, retireTokens, type TokenState } from "./email-tokens";
import type { ConfirmEmailForm } from "./forms";
import type { SessionClaims } from "./session";
import { type Client, checkPassword, startSession } from "./sign-in";
import { isSignUpBrowser } from "./sign-up";
import { findUser } from "./users";

export interface EmailConfirmation {
  readonly state: TokenState;
  /** Of the account that the link belongs to, while it works. */
  readonly email: string | null;
  /** False: the link was opened elsewhere than in the browser that signed up, and asks for the password. */
  readonly isSignUpBrowser: boolean;
}

/** What the page behind the link has to ask for. Changes nothing. */
export async function inspectConfirmation(
  deps: Pick<AuthDeps, "db" | "clock" | "authSecret">,
  token: string,
  browserSecret: string | undefined,
): Promise<EmailConfirmation> {
  const { state, userId } = await inspectToken(deps.db, deps.clock, token, "verify_email");
  const found = state === "ready" && userId ? await findUser(deps.db, userId) : null;
  if (!found) return { state, email: null, isSignUpBrowser: false };
  return { state, email: found.email, isSignUpBrowser: isSignUpBrowser(deps, found, browserSecret) };
}

/**
 * Confirms the address and signs in. Somebody may have signed up with an address that is not theirs and wait for its
 * owner to click: so the link alone is not enough, it takes the browser or the password of the sign-up as well.
 * @throws AppError not_found (link unknown, used or expired), unauthenticated (wrong password), rate_limit_exceeded
 */
export async function confirmEmail(
  deps: AuthDeps,
  form: ConfirmEmailForm,
  from: Client & { readonly browserSecret: string | undefined },
): Promise<SessionClaims> {
  const { state, userId } = await inspectToken(deps.db, deps.clock, form.token, "verify_email");
  const found = state === "ready" && userId ? await findUser(deps.db, userId) : null;
  if (!found) throw linkIsDead();
  if (!isSignUpBrowser(deps, found, from.browserSecret)) {
    await checkPassword(deps, found, { email: found.email, password: form.password ?? "" }, from.ip);
  }
  return deps.db.transaction(async (tx) => {
    const consumedBy = await consumeToken(tx, deps.clock, form.token, "verify_email");
    if (consumedBy !== found.id) throw linkIsDead();
    const [confirmed] = await tx
      .update(user)
      .set({ emailVerifiedAt: new Date(deps.clock.nowMs()) })
      // A later sign-up may have replaced the password since it was checked.
      .where(
        and(
          eq(user.id, found.id),
          isNull(user.emailVerifiedAt),
          eq(user.passwordHash, found.passwordHash ?? ""),
        ),
      )
      .returning();
    if (!confirmed) throw linkIsDead();
    await retireTokens(tx, deps.clock, found.id, "verify_email");
    return startSession(tx, deps.clock, confirmed, from);
  });
}

function linkIsDead(): AppError {
  return new AppError("not_found", { message: "This link does not work any more. Ask for a new one." });
}
