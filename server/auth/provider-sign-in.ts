import { and, eq, isNull, sql } from "drizzle-orm";
import { linkedAccount, user } from "@/db/schema";
import { recordAudit } from "@/server/audit";
import { signInLinkedMail } from "@/server/mail";
import { organizationOf } from "@/server/organizations";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { toOneLine } from "@/server/platform/one-line";
import { createSecretBox } from "@/server/platform/secret-box";
import { type AuthDeps, deliver } from "./deps";
import { retireTokens } from "./email-tokens";
import type { ProviderIdentity } from "./provider-profiles";
import { matchFactor, spendFactor } from "./second-factor";
import type { SessionClaims } from "./session";
import { type Client, startSession } from "./sign-in";
import { forgetAttempts, takeAttempt } from "./throttle";
import { createUser, findUser, findUserByEmail, type User } from "./users";

/** A proof waits this long for the code of the second factor. */
const PROOF_MS = 5 * 60_000;
const MAX_NAME_LENGTH = 100;

/** Signed in; or the person is known and their code is asked for next. */
export type ProviderOutcome =
  | { readonly kind: "session"; readonly claims: SessionClaims }
  | { readonly kind: "code"; readonly proof: string };

/**
 * Signs in whom another service has vouched for.
 *
 * An account there is known by its id. An unknown one is linked to the account of its address only when both sides have
 * verified that address; an account here that never was confirmed loses the password that somebody chose for it, because
 * that somebody has not shown that the address is theirs. Two-factor sign-in still asks for its code.
 * @throws AppError permission_denied (`reason`: email_not_verified), service_unavailable, rate_limit_exceeded
 */
export async function signInByProvider(
  deps: AuthDeps,
  identity: ProviderIdentity,
  client: Client,
): Promise<ProviderOutcome> {
  const found = await personOf(deps, identity, client);
  if (!found.hasTwoFactor)
    return { kind: "session", claims: await startSession(deps.db, deps.clock, found, client) };
  const proof = { userId: found.id, until: deps.clock.nowMs() + PROOF_MS, version: found.sessionVersion };
  return { kind: "code", proof: createSecretBox(deps.authSecret).seal(JSON.stringify(proof)) };
}

/**
 * The second step: the proof of the first, and a code.
 * @throws AppError unauthenticated (proof or code wrong or too old), rate_limit_exceeded
 */
export async function finishByCode(
  deps: AuthDeps,
  form: { readonly proof: string; readonly code: string },
  client: Client,
): Promise<SessionClaims> {
  const proof = openProof(deps, form.proof);
  const found = proof && (await findUser(deps.db, proof.userId));
  if (!found || found.deletedAt || found.sessionVersion !== proof.version)
    throw new AppError("unauthenticated", {
      message: "This sign-in took too long. Begin again.",
      metadata: { reason: "proof_expired" },
    });
  await takeAttempt(deps.db, deps.clock, "second_factor", found.id);
  const factor = await matchFactor(deps, found.id, form.code);
  if (factor === null || !(await spendFactor(deps.db, deps.clock, found.id, factor)))
    throw new AppError("unauthenticated", {
      message: "The code is not right, or was used already. Wait for the next one.",
      metadata: { reason: "two_factor_wrong" },
    });
  await forgetAttempts(deps.db, "second_factor", found.id);
  return startSession(deps.db, deps.clock, found, client);
}

function openProof(deps: AuthDeps, sealed: string) {
  try {
    const proof: unknown = JSON.parse(createSecretBox(deps.authSecret).open(sealed));
    const { userId, until, version } = proof as { userId: string; until: number; version: number };
    return until > deps.clock.nowMs() ? { userId, version } : null;
  } catch {
    return null;
  }
}

async function personOf(deps: AuthDeps, identity: ProviderIdentity, client: Client): Promise<User> {
  if (identity.subject === "")
    throw new AppError("permission_denied", { message: "That account has no id." });
  const known = await findLinked(deps.db, identity);
  if (known) return known;
  const { email } = identity;
  if (email === null)
    throw new AppError("permission_denied", {
      message: "Your address is not verified there. Verify it, or sign in with a password.",
      metadata: { reason: "email_not_verified" },
    });
  const { person, isNew } = await deps.db.transaction(async (tx) => {
    const linked = await findOrMake(tx, deps, identity, email, client.referralCode);
    // Two sign-ins at once: one links, the other finds it.
    await tx
      .insert(linkedAccount)
      .values({
        provider: identity.provider,
        subject: identity.subject,
        userId: linked.person.id,
        email,
        createdAt: new Date(deps.clock.nowMs()),
      })
      .onConflictDoNothing();
    await noteLink(tx, deps, identity, linked.person, client);
    return linked;
  });
  if (!isNew)
    await deliver(
      deps,
      signInLinkedMail({
        to: person.email,
        provider: identity.provider === "github" ? "GitHub" : "Google",
        url: `${deps.appUrl}/dashboard/settings`,
      }),
    );
  return (await findLinked(deps.db, identity)) ?? person;
}

async function findLinked(db: Executor, { provider, subject }: ProviderIdentity): Promise<User | null> {
  const [row] = await db
    .select({ user })
    .from(linkedAccount)
    .innerJoin(user, eq(user.id, linkedAccount.userId))
    .where(
      and(eq(linkedAccount.provider, provider), eq(linkedAccount.subject, subject), isNull(user.deletedAt)),
    );
  return row?.user ?? null;
}

/** The account of a verified address: the one there is, taken over when nobody ever confirmed it, or a new one. */
async function findOrMake(
  tx: Executor,
  deps: AuthDeps,
  identity: ProviderIdentity,
  email: string,
  referralCode: string | undefined,
): Promise<{ person: User; isNew: boolean }> {
  const name = toOneLine(identity.name || (email.split("@")[0] ?? "")).slice(0, MAX_NAME_LENGTH);
  const made = await createUser(tx, deps.clock, { email, name, passwordHash: null, isEmailVerified: true });
  if (made) {
    if (referralCode)
      await deps.keepReferral?.(tx, { organizationId: made.organization.organizationId, code: referralCode });
    return { person: made.user, isNew: true };
  }
  const existing = await findUserByEmail(tx, email);
  if (!existing) throw new AppError("service_unavailable", { message: "Please try again." });
  if (existing.emailVerifiedAt) return { person: existing, isNew: false };
  const [taken] = await tx
    .update(user)
    .set({
      name,
      passwordHash: null,
      emailVerifiedAt: new Date(deps.clock.nowMs()),
      sessionVersion: sql`${user.sessionVersion} + 1`,
    })
    .where(and(eq(user.id, existing.id), isNull(user.emailVerifiedAt)))
    .returning();
  if (!taken) throw new AppError("service_unavailable", { message: "Please try again." });
  await retireTokens(tx, deps.clock, taken.id);
  return { person: taken, isNew: true };
}

async function noteLink(
  tx: Executor,
  deps: AuthDeps,
  identity: ProviderIdentity,
  person: User,
  client: Client,
): Promise<void> {
  const membership = await organizationOf(tx, person.id);
  if (!membership) return;
  await recordAudit(tx, deps.clock, {
    organizationId: membership.organizationId,
    actor: { kind: "user", id: person.id, label: `${person.name} <${person.email}>`, ip: client.ip },
    action: "account.sign_in_linked",
    target: { kind: "user", id: person.id, label: person.email },
    after: { provider: identity.provider },
  });
}
