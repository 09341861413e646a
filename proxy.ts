import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { contentSecurityPolicy } from "@/app/_security/policy";
import { SESSION_COOKIE_NAMES } from "@/server/auth/cookies";
import { env } from "@/server/platform/env";

/**
 * Before every page: its content security policy, and for visitors without a cookie the short way to the sign-in page.
 * The second is a convenience only. Whether a session is good is decided by the procedures, so skipping this file gains
 * nobody anything.
 */
export default function proxy(request: NextRequest) {
  const { pathname, search } = request.nextUrl;
  if (/^\/(dashboard|operator)(\/|$)/.test(pathname) && !hasSessionCookie(request)) {
    const signIn = request.nextUrl.clone();
    signIn.pathname = "/sign-in";
    signIn.search = `?next=${encodeURIComponent(pathname + search)}`;
    return NextResponse.redirect(signIn);
  }
  const policy = contentSecurityPolicy(randomBytes(16).toString("base64"), env.NODE_ENV === "development");
  const headers = new Headers(request.headers);
  // Next reads the nonce from here and puts it on the scripts that it writes.
  headers.set("content-security-policy", policy);
  // For the way back after a sign-in: a layout is not told which page it stands around.
  headers.set("x-own-path", pathname + search);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

function hasSessionCookie(request: NextRequest): boolean {
  return Object.values(SESSION_COOKIE_NAMES).some((name) => request.cookies.has(name));
}

/** Pages only: the API, files and Next's own assets have no scripts to allow. */
export const config = {
  matcher: ["/((?!api/|v1/|_next/|healthz|readyz|.*\\.(?:svg|png|ico|txt|xml|json)$).*)"],
};
