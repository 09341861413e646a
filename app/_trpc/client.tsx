"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { TRPCClientError } from "@trpc/client";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import { type ReactNode, useState } from "react";
import type { AppRouter, FieldError, PublicError } from "@/server/trpc";
import { createSessionClient } from "./session-client";

const { TRPCProvider, useTRPC } = createTRPCContext<AppRouter>();

export { useTRPC };

const STALE_AFTER_MS = 15_000;
const MAX_RETRIES = 2;

interface ApiProviderProps {
  /** The organization that the pages show; left out where they show none. */
  readonly organizationId?: string;
  readonly children: ReactNode;
}

/** Gives the pages below it `useTRPC()` and one query cache. */
export function ApiProvider({ organizationId, children }: ApiProviderProps) {
  const [queryClient] = useState(createQueryClient);
  const [client] = useState(() => createSessionClient(organizationId));
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={client} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}

function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_AFTER_MS,
        // What we refused once, we refuse again; only what broke is worth another try.
        retry: (failures, error) => failures < MAX_RETRIES && toApiError(error).isRetryable,
      },
    },
  });
}

export interface ApiError extends PublicError {
  readonly isRetryable: boolean;
  /** Messages by field name, for forms. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Any error of a query or mutation in the words of the server, or in our own when it could not be reached. */
export function toApiError(error: unknown): ApiError {
  const data =
    error instanceof TRPCClientError ? (error.data as (PublicError & { httpStatus: number }) | null) : null;
  if (!data) {
    return {
      code: "service_unavailable",
      message: "The server could not be reached. Check your connection and try again.",
      requestId: null,
      metadata: {},
      param: null,
      retryAfterSeconds: null,
      isRetryable: true,
      fields: {},
    };
  }
  const listed = (data.metadata.fields ?? []) as readonly FieldError[];
  const fields = Object.fromEntries(listed.map((field) => [field.path, field.message]));
  const message = error instanceof Error ? error.message : data.message;
  if (data.param && !(data.param in fields)) fields[data.param] = message;
  return { ...data, message, isRetryable: data.httpStatus >= 500, fields };
}
