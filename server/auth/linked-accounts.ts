import { and, asc, eq } from "drizzle-orm";
import { linkedAccount, user } from "@/db/schema";
import { recordAudit } from "@/server/audit";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import type { Own } from "./own-account";
import type { ProviderName } from "./provider-profiles";

export interface LinkedAccount {
  readonly provider: ProviderName;
  readonly email: string;
  readonly createdAt: Date;
}

/** Accounts elsewhere that sign this person in. */
export function listLinked(db: Executor, userId: string): Promise<LinkedAccount[]> {
  return db
    .select({
      provider: linkedAccount.provider,
      email: linkedAccount.email,
      createdAt: linkedAccount.createdAt,
    })
    .from(linkedAccount)
    .where(eq(linkedAccount.userId, userId))
    .orderBy(asc(linkedAccount.provider));
}

/**
 * Takes one away, together with every link to that service. A way in has to stay: a password, or another link.
 * @throws AppError not_found, conflict (it is the last way in)
 */
export async function unlink(tx: Executor, clock: Clock, own: Own, provider: ProviderName): Promise<void> {
  const { userId, email, organizationId } = own.actor;
  const [person] = await tx.select().from(user).where(eq(user.id, userId)).for("update");
  const linked = await listLinked(tx, userId);
  if (!linked.some((each) => each.provider === provider))
    throw new AppError("not_found", { message: "There is no such sign-in." });
  if (!person?.passwordHash && linked.every((each) => each.provider === provider))
    throw new AppError("conflict", {
      message:
        "This is the only way into your account. Set a password first, by “Forgot your password?” on the sign-in page.",
    });
  await tx
    .delete(linkedAccount)
    .where(and(eq(linkedAccount.userId, userId), eq(linkedAccount.provider, provider)));
  await recordAudit(tx, clock, {
    organizationId,
    actor: own.audit,
    action: "account.sign_in_unlinked",
    target: { kind: "user", id: userId, label: email },
    before: { provider },
  });
}
