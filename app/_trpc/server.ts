import "server-only";
import { headers } from "next/headers";
import { after } from "next/server";
import { cache } from "react";
import { runtime } from "@/server/runtime";
import { createCaller, createContext } from "@/server/trpc";

/** One context, and so one look at the session, per request. */
const context = cache(async () => {
  // Asked for first: it tells Next that the page depends on its request, so that a build does not try to draw it.
  const requestHeaders = new Headers(await headers());
  return createContext(runtime().trpc, { headers: requestHeaders, responseHeaders: null, defer: after });
});

/**
 * The procedures with the session of the current request, for server components. Queries only: a page that is being
 * drawn changes nothing, so mutations are refused.
 */
export async function serverApi() {
  return createCaller(await context());
}

/** The signed-in person, or null. */
export async function sessionActor() {
  return (await context()).actor;
}

/** The sign-in page, which leads back to the page that is being drawn. @param fallback where that is not known */
export async function signInPath(fallback: string): Promise<string> {
  const path = (await headers()).get("x-own-path") ?? fallback;
  return `/sign-in?next=${encodeURIComponent(path)}`;
}
