"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { toApiError } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { SignInAgain } from "./sign-in-again";
import { StatePanel } from "./state-panel";

interface QueryViewProps<Data> {
  readonly query: UseQueryResult<Data, unknown>;
  /** Drawn while the first answer is awaited; of the size of what follows. */
  readonly skeleton: ReactNode;
  readonly children: (data: Data) => ReactNode;
}

/** The states of every screen in one place: waiting, refused, failed, there. Old data stays when a refresh fails. */
export function QueryView<Data>({ query, skeleton, children }: QueryViewProps<Data>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isError) return <QueryError error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <div aria-busy="true">
      <span className="sr-only" role="status">
        Loading
      </span>
      {skeleton}
    </div>
  );
}

/** What went wrong in words of the server, with the request id, and a way on. */
export function QueryError({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const known = toApiError(error);
  if (known.code === "permission_denied") {
    return <StatePanel icon="lock" title="You cannot see this" text={known.message} />;
  }
  if (known.code === "not_found") {
    return <StatePanel icon="search" title="Not found" text={known.message} />;
  }
  if (known.code === "unauthenticated") {
    return (
      <StatePanel icon="lock" title="You are signed out" text={known.message} action={<SignInAgain />} />
    );
  }
  if (known.metadata.reason === "organization_switched") {
    return (
      <StatePanel
        icon="alert"
        title="You went over to another organization"
        text={known.message}
        action={
          <Button variant="secondary" onClick={() => window.location.reload()}>
            Reload the page
          </Button>
        }
      />
    );
  }
  return (
    <StatePanel
      icon="alert"
      title="This could not be loaded"
      text={known.message}
      detail={known.requestId ? `Request id ${known.requestId}` : undefined}
      action={
        <Button variant="secondary" onClick={onRetry}>
          Try again
        </Button>
      }
    />
  );
}
