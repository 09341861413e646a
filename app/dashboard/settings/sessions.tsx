"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { Instant } from "../_parts/instant";
import { MutationError } from "../_parts/mutation-error";
import { QueryView } from "../_parts/query-view";
import { RowsSkeleton } from "../_parts/skeletons";
import { toBrowserName } from "./browser-name";

/** Where the person is signed in, and the way out of one place or of all. */
export function Sessions() {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const sessions = useQuery(trpc.account.sessions.queryOptions());
  const end = useMutation(
    trpc.account.endSession.mutationOptions({
      onSuccess: () => void cache.invalidateQueries({ queryKey: trpc.account.sessions.queryKey() }),
    }),
  );
  const endAll = useMutation(
    trpc.account.endSessions.mutationOptions({ onSuccess: () => window.location.assign("/sign-in") }),
  );
  return (
    <section className="grid gap-3" aria-labelledby="sessions">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 id="sessions" className="font-medium text-lg">
          Sessions
        </h2>
        <Button
          variant="secondary"
          loading={endAll.isPending}
          onClick={() => endAll.mutate({ everywhere: true })}
        >
          Sign out everywhere
        </Button>
      </div>
      <MutationError error={end.error ?? endAll.error} />
      <Card className="overflow-hidden p-0">
        <QueryView query={sessions} skeleton={<RowsSkeleton rows={2} />}>
          {(list) => (
            <ul className="divide-y divide-line" aria-label="Sessions">
              {list.map((session) => (
                <li
                  key={session.id}
                  className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 p-4"
                >
                  <div className="grid min-w-0 gap-1">
                    <p className="flex flex-wrap items-center gap-2 font-medium">
                      {toBrowserName(session.userAgent)}
                      {session.isCurrent && <Badge tone="accent">This browser</Badge>}
                    </p>
                    <p className="flex flex-wrap gap-x-4 text-ink-2 text-sm">
                      <span>
                        Signed in <Instant value={session.createdAt} />
                      </span>
                      {session.lastSeenAt && (
                        <span>
                          Last seen <Instant value={session.lastSeenAt} />
                        </span>
                      )}
                    </p>
                  </div>
                  {!session.isCurrent && (
                    <Button
                      variant="secondary"
                      size="sm"
                      loading={end.isPending && end.variables.session === session.id}
                      onClick={() => end.mutate({ session: session.id })}
                      aria-label={`End the session of ${toBrowserName(session.userAgent)}`}
                    >
                      End
                    </Button>
                  )}
                </li>
              ))}
            </ul>
          )}
        </QueryView>
      </Card>
    </section>
  );
}
