import { createHash, randomBytes } from "node:crypto";
import { and, eq, gt, isNull } from "drizzle-orm";
import { emailToken } from "@/db/schema";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { newId } from "@/server/platform/ids";

export type TokenPurpose = "verify_email" | "reset_password";

/** How long a link works, in hours. */
export const VALID_HOURS: Readonly<Record<TokenPurpose, number>> = { verify_email: 24, reset_password: 1 };

const HOUR_MS = 3_600_000;
const SECRET_BYTES = 32;

/** Makes a new link secret and ends the earlier ones: the newest mail is the only one that works. */
export async function issueToken(
  tx: Executor,
  clock: Clock,
  userId: string,
  purpose: TokenPurpose,
): Promise<string> {
  await retireTokens(tx, clock, userId, purpose);
  const secret = randomBytes(SECRET_BYTES).toString("base64url");
  const nowMs = clock.nowMs();
  await tx.insert(emailToken).values({
    id: newId("emailToken"),
    userId,
    purpose,
    tokenHash: hashToken(secret),
    createdAt: new Date(nowMs),
    expiresAt: new Date(nowMs + VALID_HOURS[purpose] * HOUR_MS),
  });
  return secret;
}

export type TokenState = "ready" | "used" | "expired" | "unknown";

/** Looks at a link without using it up: mail scanners open links too. */
export async function inspectToken(
  db: Executor,
  clock: Clock,
  secret: string,
  purpose: TokenPurpose,
): Promise<{ state: TokenState; userId: string | null }> {
  const [row] = await db
    .select()
    .from(emailToken)
    .where(and(eq(emailToken.tokenHash, hashToken(secret)), eq(emailToken.purpose, purpose)));
  if (!row) return { state: "unknown", userId: null };
  if (row.usedAt) return { state: "used", userId: row.userId };
  if (row.expiresAt.getTime() <= clock.nowMs()) return { state: "expired", userId: row.userId };
  return { state: "ready", userId: row.userId };
}

/** Uses a link up, in one statement: of two clicks at once only one gets the user. Null when it does not work (any more). */
export async function consumeToken(
  tx: Executor,
  clock: Clock,
  secret: string,
  purpose: TokenPurpose,
): Promise<string | null> {
  const now = new Date(clock.nowMs());
  const [row] = await tx
    .update(emailToken)
    .set({ usedAt: now })
    .where(
      and(
        eq(emailToken.tokenHash, hashToken(secret)),
        eq(emailToken.purpose, purpose),
        isNull(emailToken.usedAt),
        gt(emailToken.expiresAt, now),
      ),
    )
    .returning({ userId: emailToken.userId });
  return row?.userId ?? null;
}

/** Ends every open link of a user, of one purpose or of all. */
export async function retireTokens(
  tx: Executor,
  clock: Clock,
  userId: string,
  purpose?: TokenPurpose,
): Promise<void> {
  await tx
    .update(emailToken)
    .set({ usedAt: new Date(clock.nowMs()) })
    .where(
      and(
        eq(emailToken.userId, userId),
        isNull(emailToken.usedAt),
        purpose && eq(emailToken.purpose, purpose),
      ),
    );
}

/** The secret has 256 bits of chance: a plain hash is enough, and can be looked up. */
function hashToken(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
