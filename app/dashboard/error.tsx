"use client";

import { Button } from "@/app/_ui/button";
import { StatePanel } from "./_parts/state-panel";

/** A screen that broke while it was drawn. The rest of the dashboard stays usable. */
export default function DashboardError({
  error,
  reset,
}: {
  readonly error: Error & { digest?: string };
  readonly reset: () => void;
}) {
  return (
    <StatePanel
      icon="alert"
      title="This screen could not be shown"
      text="Something went wrong on our side. Try again; if it keeps failing, name the code below to support."
      detail={error.digest}
      action={
        <Button variant="secondary" onClick={reset}>
          Try again
        </Button>
      }
    />
  );
}
