"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTRPC } from "@/app/_trpc/client";

const POLL_MS = 2_000;

/**
 * Watches for the organization's first request. Asks every two seconds while the page is in sight and stops for good when
 * it has come; then the overview is read again, so that its numbers agree with the news.
 * @param known the first request's id as the page knows it already
 */
export function useFirstRequest(known: string | null): string | null {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const { data } = useQuery(
    trpc.overview.firstRequest.queryOptions(undefined, {
      enabled: known === null,
      staleTime: 0,
      refetchInterval: (query) => (query.state.data?.requestId ? false : POLL_MS),
    }),
  );
  const requestId = known ?? data?.requestId ?? null;
  const hasNews = known === null && requestId !== null;
  useEffect(() => {
    if (hasNews) void cache.invalidateQueries({ queryKey: trpc.overview.summary.queryKey() });
  }, [hasNews, cache, trpc]);
  return requestId;
}
