"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { EmptyState } from "@/app/_ui/empty-state";
import { PageHeader } from "@/app/_ui/page-header";
import { Instant } from "../_parts/instant";
import { QueryView } from "../_parts/query-view";
import { RowsSkeleton } from "../_parts/skeletons";
import { EndpointDialog } from "./endpoint-dialog";
import { type EndpointItem, endpointWord, filterWords } from "./words";

/** Endpoints that are told of events. */
export function WebhooksScreen({ eventTypes }: { readonly eventTypes: readonly string[] }) {
  const trpc = useTRPC();
  const endpoints = useQuery(trpc.webhooks.list.queryOptions());
  const [isCreating, setCreating] = useState(false);
  const add = <Button onClick={() => setCreating(true)}>Add endpoint</Button>;
  return (
    <>
      <PageHeader
        title="Webhooks"
        description={
          <>
            Your server is told what happens here: orders, budgets, keys, members, prices. Every message is
            signed.{" "}
            <Link href="/docs/webhooks" className="underline underline-offset-4">
              How to verify one
            </Link>
          </>
        }
        actions={add}
      />
      <Card className="overflow-hidden p-0">
        <QueryView query={endpoints} skeleton={<RowsSkeleton rows={2} />}>
          {(list) =>
            list.length === 0 ? (
              <EmptyState
                title="No endpoints yet"
                description="Add the URL of your server, choose events, and send a test event to it."
                action={add}
              />
            ) : (
              <ul className="divide-y divide-line">
                {list.map((endpoint) => (
                  <EndpointRow key={endpoint.id} endpoint={endpoint} />
                ))}
              </ul>
            )
          }
        </QueryView>
      </Card>
      <EndpointDialog
        open={isCreating}
        onClose={() => setCreating(false)}
        eventTypes={eventTypes}
        endpoint={null}
      />
    </>
  );
}

function EndpointRow({ endpoint }: { readonly endpoint: EndpointItem }) {
  const word = endpointWord(endpoint);
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 p-4">
      <div className="grid min-w-0 gap-1">
        <p className="flex min-w-0 flex-wrap items-center gap-2">
          <Link
            href={`/dashboard/webhooks/${endpoint.id}`}
            className="min-w-0 break-all font-medium underline-offset-4 hover:underline"
          >
            {endpoint.url}
          </Link>
          <Badge tone={word.tone}>{word.label}</Badge>
        </p>
        <p className="flex flex-wrap gap-x-4 text-ink-2 text-sm">
          {endpoint.description && <span className="wrap-anywhere">{endpoint.description}</span>}
          <span>{filterWords(endpoint.eventTypes)}</span>
          <span>
            Added <Instant value={endpoint.createdAt} />
          </span>
        </p>
      </div>
      <Link
        href={`/dashboard/webhooks/${endpoint.id}`}
        className="py-1 text-sm underline underline-offset-4"
        aria-label={`Deliveries to ${endpoint.url}`}
      >
        Deliveries
      </Link>
    </li>
  );
}
