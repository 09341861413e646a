import { createTRPCClient, httpBatchLink } from "@trpc/client";
import superjson from "superjson";
import type { AppRouter } from "@/server/trpc";

/** What our own doors are told with each call: which organization the page shows. They refuse when the session has gone on. */
export function namedOrganization(organizationId: string): Readonly<Record<string, string>> {
  return { "x-deeptoken-org": organizationId };
}

/**
 * The dashboard's procedures, called as the person who is signed in.
 * @param organizationId the one that the page shows, where it shows one
 */
export function createSessionClient(organizationId?: string) {
  return createTRPCClient<AppRouter>({
    links: [
      httpBatchLink({
        url: "/api/trpc",
        transformer: superjson,
        maxURLLength: 4_000,
        headers: organizationId === undefined ? {} : namedOrganization(organizationId),
      }),
    ],
  });
}
