"use client";

import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "./button";
import { State } from "./state";

interface ErrorStateProps {
  readonly title?: string;
  readonly description: ReactNode;
  readonly requestId?: string | null | undefined;
  readonly onRetry?: () => void;
}

/** It did not work: what happened, the id that finds it in our logs, and a way to try again. */
export function ErrorState({
  title = "This could not be loaded",
  description,
  requestId,
  onRetry,
}: ErrorStateProps) {
  return (
    <State
      role="alert"
      icon={<CircleAlert aria-hidden="true" />}
      title={title}
      description={description}
      detail={requestId ? `Request ${requestId}` : null}
      action={
        onRetry && (
          <Button variant="secondary" onClick={onRetry}>
            Try again
          </Button>
        )
      }
    />
  );
}
