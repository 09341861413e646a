"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { EmptyState } from "@/app/_ui/empty-state";
import { Select } from "@/app/_ui/select";
import { Instant } from "../_parts/instant";
import { QueryError } from "../_parts/query-view";
import { RowsSkeleton } from "../_parts/skeletons";
import { DeliveryDialog } from "./delivery-dialog";
import { attemptWords, type DeliveryItem, deliveryWord } from "./words";

const REFRESH_MS = 3_000;
const STATES = [
  { value: "", label: "All deliveries" },
  { value: "pending", label: "Waiting or to be repeated" },
  { value: "succeeded", label: "Delivered" },
  { value: "failed", label: "Given up" },
] as const;
type State = DeliveryItem["state"];

interface DeliveriesProps {
  readonly endpointId: string;
  readonly isActive: boolean;
}

/** The delivery log of one endpoint, newest first. */
export function Deliveries({ endpointId, isActive }: DeliveriesProps) {
  const trpc = useTRPC();
  const [state, setState] = useState<State | "">("");
  const [openId, setOpenId] = useState<string | null>(null);
  const list = useInfiniteQuery(
    trpc.webhooks.deliveries.infiniteQueryOptions(
      { endpointId, ...(state && { state }) },
      {
        getNextPageParam: (page) => page.next,
        staleTime: 0,
        // Only while something is on its way is there news to wait for.
        refetchInterval: (query) =>
          query.state.data?.pages[0]?.deliveries.some((each) => each.state === "pending")
            ? REFRESH_MS
            : false,
      },
    ),
  );
  const deliveries = list.data?.pages.flatMap((page) => page.deliveries) ?? [];
  return (
    <section aria-labelledby="deliveries" className="grid gap-3">
      <div className="flex flex-wrap items-end justify-between gap-3">
        <h2 id="deliveries" className="font-semibold text-lg">
          Deliveries
        </h2>
        <Select
          label="Show"
          hideLabel
          value={state}
          options={STATES}
          onValueChange={(next) => setState(next as State | "")}
          className="w-full sm:w-64"
        />
      </div>
      <Card className="overflow-hidden p-0">
        {list.isPending ? (
          <RowsSkeleton rows={4} />
        ) : list.isError && deliveries.length === 0 ? (
          <QueryError error={list.error} onRetry={() => void list.refetch()} />
        ) : deliveries.length === 0 ? (
          <EmptyState
            title={state ? "No delivery of this kind" : "Nothing was sent yet"}
            description="Send a test event to see one here. Deliveries are kept for 30 days."
          />
        ) : (
          <ul className="divide-y divide-line">
            {deliveries.map((delivery) => (
              <DeliveryRow key={delivery.id} delivery={delivery} onOpen={() => setOpenId(delivery.id)} />
            ))}
          </ul>
        )}
      </Card>
      {list.hasNextPage && (
        <div className="flex justify-center">
          <Button
            variant="secondary"
            onClick={() => void list.fetchNextPage()}
            loading={list.isFetchingNextPage}
          >
            Load older deliveries
          </Button>
        </div>
      )}
      <DeliveryDialog id={openId} isActive={isActive} onClose={() => setOpenId(null)} />
    </section>
  );
}

function DeliveryRow({ delivery, onOpen }: { readonly delivery: DeliveryItem; readonly onOpen: () => void }) {
  const word = deliveryWord(delivery);
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 p-4">
      <div className="grid min-w-0 gap-1">
        <p className="flex flex-wrap items-center gap-2">
          <code className="font-medium font-mono text-sm">{delivery.eventType}</code>
          <Badge tone={word.tone}>{word.label}</Badge>
          {delivery.isTest && <Badge>Test</Badge>}
        </p>
        <p className="flex flex-wrap gap-x-4 text-ink-2 text-sm">
          <Instant value={delivery.createdAt} />
          {delivery.lastAttempt && <span>{attemptWords(delivery.lastAttempt)}</span>}
          {delivery.nextAttemptAt && delivery.attempts > 0 && (
            <span>
              Next attempt <Instant value={delivery.nextAttemptAt} />
            </span>
          )}
        </p>
      </div>
      <Button
        variant="secondary"
        size="sm"
        onClick={onOpen}
        aria-label={`Details of ${delivery.eventType}, ${delivery.eventId}`}
      >
        Details
      </Button>
    </li>
  );
}
