"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Banner } from "@/app/_ui/banner";
import { Button } from "@/app/_ui/button";
import { EmptyState } from "@/app/_ui/empty-state";
import { Instant } from "@/app/dashboard/_parts/instant";
import { MutationError } from "@/app/dashboard/_parts/mutation-error";
import { ListCard } from "../_parts/list-card";
import { useAct } from "../_parts/use-act";

/** Events of Stripe that did not fit our books. Once the order is put right, they are handled again from here. */
export function RejectedEvents() {
  const trpc = useTRPC();
  const after = useAct();
  const events = useQuery(trpc.operator.money.rejectedEvents.queryOptions());
  const replay = useMutation(trpc.operator.money.replay.mutationOptions(after()));
  const [tried, setTried] = useState<string | null>(null);
  const rows = events.data ?? [];
  return (
    <section className="grid gap-3" aria-labelledby="rejected">
      <h2 id="rejected" className="font-semibold text-lg">
        Rejected Stripe events
      </h2>
      {replay.data && (
        <Banner tone={replay.data.outcome === "rejected" ? "warning" : "info"}>
          {tried} was handled again: {replay.data.outcome}
          {replay.data.detail && ` (${replay.data.detail})`}.
        </Banner>
      )}
      <MutationError error={replay.error} />
      <ListCard
        list={events}
        isEmpty={rows.length === 0}
        empty={
          <EmptyState
            title="Nothing was rejected"
            description="Every event that Stripe sent fits our books. One that does not is listed here and credits nothing."
          />
        }
        skeletonRows={2}
      >
        <ul className="divide-y divide-line">
          {rows.map((event) => (
            <li key={event.id} className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 p-4">
              <div className="grid min-w-0 gap-1">
                <p className="font-medium">{event.type}</p>
                <p className="wrap-anywhere text-negative text-sm">{event.detail}</p>
                <p className="flex flex-wrap gap-x-4 text-ink-2 text-sm">
                  <code className="break-all font-mono text-xs">{event.id}</code>
                  <Instant value={event.receivedAt} />
                  {event.orderId && (
                    <Link
                      href={`/operator/orders?q=${event.orderId}`}
                      className="underline underline-offset-4"
                    >
                      Its order
                    </Link>
                  )}
                </p>
              </div>
              <Button
                variant="secondary"
                size="sm"
                loading={replay.isPending && tried === event.id}
                onClick={() => {
                  setTried(event.id);
                  replay.mutate({ eventId: event.id });
                }}
                aria-label={`Handle ${event.id} again`}
              >
                Handle again
              </Button>
            </li>
          ))}
        </ul>
      </ListCard>
    </section>
  );
}
