"use client";

/** The frame of all pages itself broke: nothing of ours can be relied on here, not even styles. */
export default function GlobalError({ reset }: { readonly reset: () => void }) {
  return (
    <html lang="en">
      <body style={{ fontFamily: "sans-serif", padding: "4rem 1.5rem", textAlign: "center" }}>
        <h1>This page could not be shown</h1>
        <p>Something went wrong on our side. Nothing was changed or charged.</p>
        <button type="button" onClick={reset}>
          Try again
        </button>
      </body>
    </html>
  );
}
