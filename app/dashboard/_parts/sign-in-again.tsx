"use client";

/** The way in, in a tab of its own: what was typed here is still here afterwards, and can be sent again. */
export function SignInAgain() {
  return (
    <a
      href={`/sign-in?next=${encodeURIComponent(window.location.pathname + window.location.search)}`}
      target="_blank"
      rel="noopener"
      className="underline underline-offset-4"
    >
      Sign in, in a new tab
    </a>
  );
}
