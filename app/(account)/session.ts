"use client";

import type { ErrorCode } from "@/server/platform/error-codes";

/** Why the server did not open a session. `code` is one of the error codes of the product. */
export interface SignInRefusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

const UNREACHABLE: SignInRefusal = {
  code: "service_unavailable",
  message: "The server could not be reached. Check your connection and try again.",
  metadata: {},
};

/** Signs in with a password. Null means done: the session cookie is set. */
export function signIn(fields: {
  email: string;
  password: string;
  code?: string | undefined;
}): Promise<SignInRefusal | null> {
  return openSession("password", fields);
}

/** Confirms the address behind a link and signs in. Null means done. */
export function confirmEmail(fields: { token: string; password?: string }): Promise<SignInRefusal | null> {
  return openSession("email-link", fields);
}

/** The second step of a sign-in through another service. Null means done. */
export function finishByCode(fields: { proof: string; code: string }): Promise<SignInRefusal | null> {
  return openSession("provider-code", fields);
}

/** Leaves for the page of another service. Resolves to a refusal, or not at all: the browser is on its way. */
export async function leaveFor(provider: string, next: string): Promise<SignInRefusal> {
  const response = await post(`signin/${provider}`, { callbackUrl: next }).catch(() => null);
  const body = (await response?.json().catch(() => null)) as { url?: string } | null;
  if (!response?.ok || !body?.url) return UNREACHABLE;
  window.location.assign(body.url);
  return new Promise(() => {});
}

/** Ends this browser's session on the server, then shows the sign-in page. What was loaded for the user goes with it. */
export async function signOut(goTo = "/sign-in"): Promise<void> {
  await post("signout", {}).catch(() => null);
  window.location.assign(goTo);
}

async function openSession(
  way: "password" | "email-link" | "provider-code",
  fields: Readonly<Record<string, string | undefined>>,
): Promise<SignInRefusal | null> {
  const response = await post(`callback/${way}`, fields).catch(() => null);
  if (!response) return UNREACHABLE;
  if (response.ok) return null;
  return (await readRefusal(response)) ?? UNREACHABLE;
}

/** next-auth takes a POST only with the token that it gave to this browser before. */
async function post(action: string, fields: Readonly<Record<string, string | undefined>>): Promise<Response> {
  const { csrfToken } = (await (await fetch("/api/auth/csrf")).json()) as { csrfToken: string };
  return fetch(`/api/auth/${action}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...fields, csrfToken, json: "true" }),
  });
}

/** A refusal comes as the query of the page that next-auth would have gone to; one of our own as plain JSON. */
async function readRefusal(response: Response): Promise<SignInRefusal | null> {
  try {
    const body = (await response.json()) as { url?: string } & Partial<SignInRefusal>;
    const text = body.url ? new URL(body.url, window.location.origin).searchParams.get("error") : null;
    const refusal = (text === null ? body : JSON.parse(text)) as Partial<SignInRefusal>;
    const { code, message, metadata = {} } = refusal;
    return code && message ? { code, message, metadata } : null;
  } catch {
    return null;
  }
}
