import { eq } from "drizzle-orm";
import { userSession } from "@/db/schema";
import type { Database } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { type Own, requirePassword } from "./own-account";
import { matchFactor, type SecondFactorDeps, spendFactor } from "./second-factor";
import { forgetAttempts, takeAttempt } from "./throttle";
import { findUser } from "./users";

/** Without a password, having signed in so lately is the proof. */
const FRESH_MS = 15 * 60_000;

/**
 * Proves who sits there before something that cannot be taken back: the password, or for people who have none a sign-in of
 * the last quarter of an hour; and a code where two-factor sign-in is on.
 * @throws AppError permission_denied (password, code), conflict (`sign_in_again`), rate_limit_exceeded
 */
export async function requireProof(
  deps: SecondFactorDeps & { readonly db: Database },
  own: Own,
  given: { readonly password: string; readonly code: string },
): Promise<void> {
  const { userId } = own.actor;
  const person = await findUser(deps.db, userId);
  if (person?.passwordHash) await requirePassword(deps, own.actor, given.password);
  else await requireFreshSession(deps, own);
  if (!person?.hasTwoFactor) return;
  await takeAttempt(deps.db, deps.clock, "second_factor", userId);
  const match = await matchFactor(deps, userId, given.code);
  if (!match || !(await spendFactor(deps.db, deps.clock, userId, match)))
    throw new AppError("permission_denied", {
      message: "The code is not right, or was used already. Wait for the next one.",
      param: "code",
    });
  await forgetAttempts(deps.db, "second_factor", userId);
}

async function requireFreshSession(deps: SecondFactorDeps, own: Own): Promise<void> {
  const [session] = await deps.db
    .select({ createdAt: userSession.createdAt })
    .from(userSession)
    .where(eq(userSession.id, own.actor.sessionId));
  if (session && deps.clock.nowMs() - session.createdAt.getTime() <= FRESH_MS) return;
  throw new AppError("conflict", {
    message: "Sign out and in again first, so that we know it is you.",
    metadata: { reason: "sign_in_again" },
  });
}
