import { createHash, randomBytes } from "node:crypto";
import { and, eq, isNull, lt } from "drizzle-orm";
import { Secret, TOTP } from "otpauth";
import { recoveryCode, twoFactor } from "@/db/schema";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { createSecretBox } from "@/server/platform/secret-box";

const ISSUER = "DeepTokenInference";
const PERIOD_SECONDS = 30;
/** Clocks of phones are up to one step off (RFC 6238 §5.2). */
const DRIFT_STEPS = 1;
const RECOVERY_CODES = 10;
const RECOVERY_BYTES = 8;

export interface SecondFactorDeps {
  readonly db: Executor;
  readonly clock: Clock;
  readonly authSecret: string;
}

/** Which proof a code is; it is used up in a second step, when the rest of the sign-in is right too. */
export type FactorMatch =
  | { readonly kind: "totp"; readonly step: number }
  | { readonly kind: "recovery"; readonly codeHash: string };

export function newTotp(account: string): TOTP {
  return totpOf(new Secret({ size: 20 }).base32, account);
}

export function sealSecret(deps: Pick<SecondFactorDeps, "authSecret">, totp: TOTP): string {
  return createSecretBox(deps.authSecret).seal(totp.secret.base32);
}

/** Looks at a code and changes nothing. Null when it is neither a code of now nor an unused recovery code. */
export async function matchFactor(
  deps: SecondFactorDeps,
  userId: string,
  code: string,
): Promise<FactorMatch | null> {
  const plain = normalize(code);
  if (/^\d{6}$/.test(plain)) {
    const [row] = await deps.db.select().from(twoFactor).where(eq(twoFactor.userId, userId));
    if (!row) return null;
    const timestamp = deps.clock.nowMs();
    const totp = totpOf(createSecretBox(deps.authSecret).open(row.secret), "");
    const delta = totp.validate({ token: plain, timestamp, window: DRIFT_STEPS });
    if (delta === null) return null;
    const step = Math.floor(timestamp / 1_000 / PERIOD_SECONDS) + delta;
    return step > row.lastStep ? { kind: "totp", step } : null;
  }
  const codeHash = hashRecoveryCode(plain);
  const [unused] = await deps.db.select().from(recoveryCode).where(unusedCode(userId, codeHash));
  return unused ? { kind: "recovery", codeHash } : null;
}

/** Uses a code up, in one statement: of two sign-ins with one code at once only one is true. */
export async function spendFactor(
  db: Executor,
  clock: Clock,
  userId: string,
  match: FactorMatch,
): Promise<boolean> {
  if (match.kind === "recovery") {
    const used = await db
      .update(recoveryCode)
      .set({ usedAt: new Date(clock.nowMs()) })
      .where(unusedCode(userId, match.codeHash))
      .returning({ userId: recoveryCode.userId });
    return used.length === 1;
  }
  const moved = await db
    .update(twoFactor)
    .set({ lastStep: match.step })
    .where(and(eq(twoFactor.userId, userId), lt(twoFactor.lastStep, match.step)))
    .returning({ userId: twoFactor.userId });
  return moved.length === 1;
}

/** New recovery codes in place of all earlier ones. They are in the answer and nowhere else. */
export async function replaceRecoveryCodes(tx: Executor, userId: string): Promise<readonly string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, () =>
    (randomBytes(RECOVERY_BYTES).toString("hex").match(/.{4}/g) ?? []).join("-"),
  );
  await tx.delete(recoveryCode).where(eq(recoveryCode.userId, userId));
  await tx
    .insert(recoveryCode)
    .values(codes.map((code) => ({ userId, codeHash: hashRecoveryCode(normalize(code)) })));
  return codes;
}

function totpOf(base32: string, account: string): TOTP {
  return new TOTP({
    issuer: ISSUER,
    label: account,
    algorithm: "SHA1",
    digits: 6,
    period: PERIOD_SECONDS,
    secret: Secret.fromBase32(base32),
  });
}

function unusedCode(userId: string, codeHash: string) {
  return and(
    eq(recoveryCode.userId, userId),
    eq(recoveryCode.codeHash, codeHash),
    isNull(recoveryCode.usedAt),
  );
}

/** As people type: with spaces, dashes and capitals. */
function normalize(code: string): string {
  return code.replace(/[\s-]/g, "").toLowerCase();
}

/** A code has 64 bits of chance: a plain hash is enough, since guesses are counted. */
function hashRecoveryCode(plain: string): string {
  return createHash("sha256").update(plain).digest("hex");
}
