import type { NextRequest } from "next/server";
import NextAuth, { type AuthOptions, type User as NextAuthUser } from "next-auth";
import type { CredentialsConfig } from "next-auth/providers/credentials";
import * as z from "zod/mini";
import { clientAddress } from "@/server/platform/client-address";
import { AppError, toAppError } from "@/server/platform/errors";
import { confirmEmail } from "./confirm-email";
import {
  parseCookies,
  referralCookieName,
  sessionCookieName,
  signUpCookieName,
  usesSecureCookies,
} from "./cookies";
import type { AuthDeps } from "./deps";
import { confirmEmailForm, providerCodeForm, signInForm } from "./forms";
import { ownPath } from "./own-path";
import { type ProviderSettings, type ProviderUser, providersOf } from "./provider-profiles";
import { finishByCode, signInByProvider } from "./provider-sign-in";
import { endSession, SESSION_MAX_AGE_SECONDS, type SessionClaims, toClaims } from "./session";
import { type Client, signIn } from "./sign-in";

export interface NextAuthDeps extends AuthDeps {
  readonly trustedProxyHops?: number;
  readonly providers: ProviderSettings;
}

/** What `authorize` hands to the `jwt` callback: the claims travel as they are. */
type Authorized = NextAuthUser & { readonly claims: SessionClaims };
/** What the profile of another service hands to the callbacks; the first of them finds the claims for the second. */
type Vouched = NextAuthUser & ProviderUser & { claims?: SessionClaims };

/**
 * The only door to next-auth: sign-in and sign-out over its CSRF token and our check of `Origin`, and the cookie.
 * Sessions are read elsewhere (`readActor`), by the database's word.
 */
export async function answerAuth(
  deps: NextAuthDeps,
  request: NextRequest,
  context: { params: Promise<{ nextauth: string[] }> },
): Promise<Response> {
  if (request.method === "POST" && request.headers.get("origin") !== new URL(deps.appUrl).origin) {
    return refuse(new AppError("permission_denied", { message: `Open this site at ${deps.appUrl}.` }));
  }
  return NextAuth(
    request as never,
    context as never,
    authOptions(deps, request.headers),
  ) as Promise<Response>;
}

function authOptions(deps: NextAuthDeps, headers: Headers): AuthOptions {
  const client = {
    ip: clientAddress(headers, deps.trustedProxyHops),
    userAgent: headers.get("user-agent"),
    referralCode: parseCookies(headers.get("cookie") ?? "")[referralCookieName(deps.appUrl)],
  };
  const isSecure = usesSecureCookies(deps.appUrl);
  return {
    secret: deps.authSecret,
    useSecureCookies: isSecure,
    session: { strategy: "jwt", maxAge: SESSION_MAX_AGE_SECONDS },
    pages: { signIn: "/sign-in", signOut: "/sign-in", error: "/sign-in" },
    cookies: {
      sessionToken: {
        name: sessionCookieName(deps.appUrl),
        options: { httpOnly: true, sameSite: "lax", path: "/", secure: isSecure },
      },
    },
    providers: [
      credentials("password", deps, (input) => signIn(deps, signInForm.parse(input), client)),
      credentials("email-link", deps, (input) =>
        confirmEmail(deps, confirmEmailForm.parse(input), {
          browserSecret: parseCookies(headers.get("cookie") ?? "")[signUpCookieName(deps.appUrl)],
          ...client,
        }),
      ),
      credentials("provider-code", deps, (input) =>
        finishByCode(deps, providerCodeForm.parse(input), client),
      ),
      ...providersOf(deps.providers),
    ],
    callbacks: {
      // A text is where the browser goes instead of being signed in.
      signIn: ({ user, account }) =>
        account?.type === "oauth" ? admitVouched(deps, user as Vouched, client) : true,
      jwt({ token, user }) {
        if (!user) return token;
        const { claims } = user as Authorized;
        return { sub: claims.userId, sid: claims.sessionId, sv: claims.sessionVersion };
      },
      // The browser learns who it is from our own procedures; next-auth's copy would outlive the session.
      session: ({ session }) => ({ expires: session.expires }),
      redirect: ({ url }) => deps.appUrl + ownPath(url.replace(deps.appUrl, ""), "/dashboard"),
    },
    events: {
      async signOut({ token }) {
        const claims = toClaims(token);
        if (claims) await endSession(deps.db, claims.sessionId, deps.clock);
      },
    },
    logger: {
      error: (code) => deps.log.error({ code }, "next-auth"),
      // It warns of NEXTAUTH_URL not being set. Nothing is derived from it: see `redirect` and `cookies`.
      warn: () => {},
      debug: () => {},
    },
  };
}

/** Whom another service has vouched for: signed in, asked for a code, or sent back with the reason. */
async function admitVouched(deps: NextAuthDeps, vouched: Vouched, client: Client): Promise<true | string> {
  try {
    const outcome = await signInByProvider(deps, vouched.identity, client);
    if (outcome.kind === "code") return `/sign-in?${new URLSearchParams({ proof: outcome.proof })}`;
    vouched.claims = outcome.claims;
    return true;
  } catch (thrown) {
    const { metadata, code } = refusalOf(deps, thrown);
    return `/sign-in?${new URLSearchParams({ refused: String(metadata.reason ?? code) })}`;
  }
}

/**
 * next-auth carries a refusal to the browser as the text of an Error; ours is the JSON of what may be shown.
 * Written as the object that next-auth's own helper would return.
 */
function credentials(
  id: string,
  deps: NextAuthDeps,
  prove: (input: unknown) => Promise<SessionClaims>,
): CredentialsConfig {
  return {
    id,
    name: id,
    type: "credentials",
    credentials: {},
    async authorize(input) {
      const { csrfToken: _, callbackUrl: __, json: ___, redirect: ____, ...fields } = input ?? {};
      try {
        const claims = await prove(fields);
        return { id: claims.userId, claims } satisfies Authorized;
      } catch (thrown) {
        throw new Error(JSON.stringify(refusalOf(deps, thrown)));
      }
    },
  };
}

/** The same fields that a procedure's error shows, so that forms have one kind of error. */
function refusalOf(deps: NextAuthDeps, thrown: unknown) {
  const known =
    thrown instanceof z.core.$ZodError
      ? new AppError("invalid_request", { message: "Some fields are missing or not valid." })
      : toAppError(thrown);
  if (known.status >= 500) deps.log.error({ code: known.code, internal: known.internal }, "sign-in failed");
  const { code, message, metadata, retryAfterSeconds = null } = known;
  return { code, message, metadata, retryAfterSeconds };
}

function refuse(error: AppError): Response {
  return Response.json({ code: error.code, message: error.message }, { status: error.status });
}
