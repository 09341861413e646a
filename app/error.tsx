"use client";

import { ErrorState } from "./_ui/error-state";

/** A page outside the dashboard that broke while it was drawn. */
export default function PageError({
  error,
  reset,
}: {
  readonly error: Error & { digest?: string };
  readonly reset: () => void;
}) {
  return (
    <main id="main" className="grid min-h-dvh content-center">
      <h1 className="sr-only">Something went wrong</h1>
      <ErrorState
        title="This page could not be shown"
        description={`Something went wrong on our side. Try again${
          error.digest ? `; if it keeps failing, name the code ${error.digest}.` : "."
        }`}
        onRetry={reset}
      />
    </main>
  );
}
