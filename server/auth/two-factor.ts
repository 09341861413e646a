import { and, eq, isNull } from "drizzle-orm";
import { recoveryCode, twoFactor, user } from "@/db/schema";
import { recordAudit } from "@/server/audit";
import type { Database } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { type Own, requirePassword } from "./own-account";
import {
  matchFactor,
  newTotp,
  replaceRecoveryCodes,
  type SecondFactorDeps,
  sealSecret,
  spendFactor,
} from "./second-factor";
import { forgetAttempts, takeAttempt } from "./throttle";

type Deps = SecondFactorDeps & { readonly db: Database };

/**
 * Starts the set-up: a secret for the person's device, which counts from the first right code on.
 * @throws AppError permission_denied (wrong password), conflict (on already), rate_limit_exceeded
 */
export async function beginTwoFactor(
  deps: Deps,
  own: Own,
  password: string,
): Promise<{ readonly secret: string; readonly uri: string }> {
  await requirePassword(deps, own.actor, password);
  const totp = newTotp(own.actor.email);
  const secret = sealSecret(deps, totp);
  const [begun] = await deps.db
    .insert(twoFactor)
    .values({ userId: own.actor.userId, secret, createdAt: new Date(deps.clock.nowMs()) })
    .onConflictDoUpdate({
      target: twoFactor.userId,
      set: { secret, lastStep: 0 },
      setWhere: isNull(twoFactor.confirmedAt),
    })
    .returning({ userId: twoFactor.userId });
  if (!begun) throw new AppError("conflict", { message: "Two-factor sign-in is on already." });
  return { secret: totp.secret.base32, uri: totp.toString() };
}

/**
 * Ends the set-up by a code from the device. From now on every sign-in asks for one.
 * @returns recovery codes, shown once
 * @throws AppError permission_denied (wrong code), conflict (not begun), rate_limit_exceeded
 */
export async function confirmTwoFactor(
  deps: Deps,
  own: Own,
  code: string,
): Promise<{ readonly recoveryCodes: readonly string[] }> {
  const { userId, email, organizationId } = own.actor;
  await takeAttempt(deps.db, deps.clock, "second_factor", userId);
  const match = await matchFactor(deps, userId, code);
  if (match?.kind !== "totp") throw wrongCode();
  const recoveryCodes = await deps.db.transaction(async (tx) => {
    if (!(await spendFactor(tx, deps.clock, userId, match))) throw wrongCode();
    const [confirmed] = await tx
      .update(twoFactor)
      .set({ confirmedAt: new Date(deps.clock.nowMs()) })
      .where(and(eq(twoFactor.userId, userId), isNull(twoFactor.confirmedAt)))
      .returning({ userId: twoFactor.userId });
    if (!confirmed) throw new AppError("conflict", { message: "Start the set-up again." });
    await tx.update(user).set({ hasTwoFactor: true }).where(eq(user.id, userId));
    const codes = await replaceRecoveryCodes(tx, userId);
    await recordAudit(tx, deps.clock, {
      organizationId,
      actor: own.audit,
      action: "account.two_factor_enabled",
      target: { kind: "user", id: userId, label: email },
    });
    return codes;
  });
  await forgetAttempts(deps.db, "second_factor", userId);
  return { recoveryCodes };
}

/**
 * New recovery codes in place of all earlier ones, by the password and a code.
 * @returns the codes, shown once
 * @throws AppError permission_denied, rate_limit_exceeded
 */
export async function renewRecoveryCodes(
  deps: Deps,
  own: Own,
  input: { readonly password: string; readonly code: string },
): Promise<{ readonly recoveryCodes: readonly string[] }> {
  const { userId, email, organizationId } = own.actor;
  await requirePassword(deps, own.actor, input.password);
  await takeAttempt(deps.db, deps.clock, "second_factor", userId);
  const match = await matchFactor(deps, userId, input.code);
  if (!match) throw wrongCode();
  const recoveryCodes = await deps.db.transaction(async (tx) => {
    if (!(await spendFactor(tx, deps.clock, userId, match))) throw wrongCode();
    const codes = await replaceRecoveryCodes(tx, userId);
    await recordAudit(tx, deps.clock, {
      organizationId,
      actor: own.audit,
      action: "account.recovery_codes_replaced",
      target: { kind: "user", id: userId, label: email },
    });
    return codes;
  });
  await forgetAttempts(deps.db, "second_factor", userId);
  return { recoveryCodes };
}

/** Takes the password and a code. @throws AppError permission_denied, rate_limit_exceeded */
export async function disableTwoFactor(
  deps: Deps,
  own: Own,
  input: { readonly password: string; readonly code: string },
): Promise<void> {
  const { userId, email, organizationId } = own.actor;
  await requirePassword(deps, own.actor, input.password);
  await takeAttempt(deps.db, deps.clock, "second_factor", userId);
  const match = await matchFactor(deps, userId, input.code);
  if (!match) throw wrongCode();
  await deps.db.transaction(async (tx) => {
    if (!(await spendFactor(tx, deps.clock, userId, match))) throw wrongCode();
    await tx.update(user).set({ hasTwoFactor: false }).where(eq(user.id, userId));
    await tx.delete(twoFactor).where(eq(twoFactor.userId, userId));
    await tx.delete(recoveryCode).where(eq(recoveryCode.userId, userId));
    await recordAudit(tx, deps.clock, {
      organizationId,
      actor: own.audit,
      action: "account.two_factor_disabled",
      target: { kind: "user", id: userId, label: email },
    });
  });
  await forgetAttempts(deps.db, "second_factor", userId);
}

function wrongCode(): AppError {
  return new AppError("permission_denied", {
    message: "The code is not right, or was used already. Wait for the next one.",
    param: "code",
  });
}
