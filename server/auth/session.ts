import { and, eq, gt, isNotNull, isNull } from "drizzle-orm";
import { decode } from "next-auth/jwt";
import { user, userSession } from "@/db/schema";
import { type Actor, organizationOf, readPolicy } from "@/server/organizations";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { newId } from "@/server/platform/ids";
import { parseCookies, sessionCookieName } from "./cookies";

const MAX_USER_AGENT_CHARACTERS = 300;
/** How exactly `lastSeenAt` is kept: a write per click would be too much. */
const SEEN_EVERY_MS = 5 * 60_000;

export const SESSION_MAX_AGE_SECONDS = 30 * 24 * 60 * 60;

/** What our session cookie says, signed and encrypted by next-auth. The database has the last word on it. */
export interface SessionClaims {
  readonly userId: string;
  readonly sessionId: string;
  readonly sessionVersion: number;
}

export interface SessionDeps {
  readonly db: Executor;
  readonly clock: Clock;
  readonly authSecret: string;
  /** Public address of the site; its scheme decides whether cookies are `Secure`. */
  readonly appUrl: string;
}

/** Opens a server-side session for a user whose identity was just proven. */
export async function openSession(
  db: Executor,
  userId: string,
  clock: Clock,
  userAgent: string | null = null,
): Promise<string> {
  const id = newId("session");
  const nowMs = clock.nowMs();
  await db.insert(userSession).values({
    id,
    userId,
    userAgent: userAgent?.replaceAll("\0", "").slice(0, MAX_USER_AGENT_CHARACTERS) ?? null,
    createdAt: new Date(nowMs),
    expiresAt: new Date(nowMs + SESSION_MAX_AGE_SECONDS * 1_000),
  });
  return id;
}

/** Ends one session on the server: a copy of its cookie is worth nothing afterwards. */
export async function endSession(db: Executor, sessionId: string, clock: Clock): Promise<void> {
  await db
    .update(userSession)
    .set({ endedAt: new Date(clock.nowMs()) })
    .where(and(eq(userSession.id, sessionId), isNull(userSession.endedAt)));
}

/** From the next call on, the person acts for this organization, as long as they belong to it. */
export async function switchOrganization(
  db: Executor,
  input: { readonly sessionId: string; readonly userId: string; readonly organizationId: string },
): Promise<void> {
  const membership = await organizationOf(db, input.userId, input.organizationId);
  if (membership?.organizationId !== input.organizationId)
    throw new AppError("not_found", { message: "You do not belong to such an organization." });
  await db
    .update(userSession)
    .set({ organizationId: input.organizationId })
    .where(eq(userSession.id, input.sessionId));
}

/**
 * Who sent these headers: reads the session cookie, then asks the database whether the session is still open, the
 * user's `sessionVersion` unchanged and the organization still theirs. Null in every other case.
 */
export async function readActor(deps: SessionDeps, headers: Headers): Promise<Actor | null> {
  const claims = await readClaims(deps, headers);
  if (!claims) return null;
  const [found] = await deps.db
    .select({
      id: user.id,
      email: user.email,
      name: user.name,
      isOperator: user.isOperator,
      hasTwoFactor: user.hasTwoFactor,
      organizationId: userSession.organizationId,
      lastSeenAt: userSession.lastSeenAt,
    })
    .from(userSession)
    .innerJoin(user, eq(user.id, userSession.userId))
    .where(
      and(
        eq(userSession.id, claims.sessionId),
        isNull(userSession.endedAt),
        gt(userSession.expiresAt, new Date(deps.clock.nowMs())),
        eq(user.id, claims.userId),
        eq(user.sessionVersion, claims.sessionVersion),
        isNotNull(user.emailVerifiedAt),
        isNull(user.deletedAt),
        isNull(user.suspendedAt),
      ),
    );
  if (!found) return null;
  await noteSeen(deps, claims.sessionId, found.lastSeenAt);
  const membership = await organizationOf(deps.db, found.id, found.organizationId ?? undefined);
  if (!membership) return null;
  return {
    userId: found.id,
    sessionId: claims.sessionId,
    email: found.email,
    name: found.name,
    isOperator: found.isOperator,
    hasTwoFactor: found.hasTwoFactor,
    organizationId: membership.organizationId,
    organizationName: membership.organizationName,
    memberId: membership.memberId,
    role: membership.role,
    mustSetUpTwoFactor:
      !found.hasTwoFactor && (await readPolicy(deps.db, membership.organizationId)).requireTwoFactor,
  };
}

async function noteSeen(deps: SessionDeps, sessionId: string, lastSeenAt: Date | null): Promise<void> {
  const nowMs = deps.clock.nowMs();
  if (lastSeenAt && nowMs - lastSeenAt.getTime() < SEEN_EVERY_MS) return;
  await deps.db
    .update(userSession)
    .set({ lastSeenAt: new Date(nowMs) })
    .where(eq(userSession.id, sessionId));
}

async function readClaims(deps: SessionDeps, headers: Headers): Promise<SessionClaims | null> {
  const token = parseCookies(headers.get("cookie") ?? "")[sessionCookieName(deps.appUrl)];
  if (!token) return null;
  return toClaims(await decode({ token, secret: deps.authSecret }).catch(() => null));
}

/** Claims of a decoded token, or null when it is not one of ours. */
export function toClaims(token: unknown): SessionClaims | null {
  if (typeof token !== "object" || token === null) return null;
  const { sub, sid, sv } = token as Record<string, unknown>;
  if (typeof sub !== "string" || typeof sid !== "string" || typeof sv !== "number") return null;
  return { userId: sub, sessionId: sid, sessionVersion: sv };
}
