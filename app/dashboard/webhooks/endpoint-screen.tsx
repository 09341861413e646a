"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Banner } from "@/app/_ui/banner";
import { Card } from "@/app/_ui/card";
import { PageHeader } from "@/app/_ui/page-header";
import { Instant } from "../_parts/instant";
import { QueryView } from "../_parts/query-view";
import { PanelsSkeleton } from "../_parts/skeletons";
import { StatePanel } from "../_parts/state-panel";
import { Deliveries } from "./deliveries";
import { EndpointActions } from "./endpoint-actions";
import { type EndpointItem, endpointWord } from "./words";

const TITLE = "Webhook endpoint";

interface EndpointScreenProps {
  readonly id: string;
  readonly eventTypes: readonly string[];
}

/** One endpoint: what it is told of, what was sent to it, and everything that can be done with it. */
export function EndpointScreen({ id, eventTypes }: EndpointScreenProps) {
  const trpc = useTRPC();
  const endpoints = useQuery(trpc.webhooks.list.queryOptions());
  return (
    <>
      <p>
        <Link href="/dashboard/webhooks" className="text-ink-2 text-sm underline underline-offset-4">
          All webhooks
        </Link>
      </p>
      <QueryView query={endpoints} skeleton={<Loading />}>
        {(list) => {
          const endpoint = list.find((each) => each.id === id);
          return endpoint ? (
            <Endpoint endpoint={endpoint} eventTypes={eventTypes} />
          ) : (
            <>
              <PageHeader title={TITLE} />
              <StatePanel
                icon="search"
                title="Not found"
                text="There is no such webhook endpoint in this organization."
              />
            </>
          );
        }}
      </QueryView>
    </>
  );
}

function Loading() {
  return (
    <div className="grid gap-6">
      <PageHeader title={TITLE} />
      <PanelsSkeleton />
    </div>
  );
}

interface EndpointProps {
  readonly endpoint: EndpointItem;
  readonly eventTypes: readonly string[];
}

function Endpoint({ endpoint, eventTypes }: EndpointProps) {
  const word = endpointWord(endpoint);
  return (
    <>
      <PageHeader
        title={TITLE}
        description={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <code className="break-all font-mono text-ink text-sm">{endpoint.url}</code>
            <Badge tone={word.tone}>{word.label}</Badge>
            {endpoint.description && <span className="wrap-anywhere">{endpoint.description}</span>}
          </span>
        }
        actions={<EndpointActions endpoint={endpoint} eventTypes={eventTypes} />}
      />
      <EndpointNotice endpoint={endpoint} />
      <Card className="p-4 sm:p-5">
        <h2 className="font-medium">Events</h2>
        {endpoint.eventTypes.length === 0 ? (
          <p className="mt-1 text-ink-2">All events, also those that come later.</p>
        ) : (
          <ul className="mt-2 flex flex-wrap gap-2">
            {endpoint.eventTypes.map((type) => (
              <li key={type}>
                <Badge>
                  <code className="font-mono">{type}</code>
                </Badge>
              </li>
            ))}
          </ul>
        )}
      </Card>
      <Deliveries endpointId={endpoint.id} isActive={endpoint.status === "active"} />
    </>
  );
}

function EndpointNotice({ endpoint }: { readonly endpoint: EndpointItem }) {
  if (endpoint.status === "disabled" && endpoint.disabledReason !== "manual") {
    const why =
      endpoint.disabledReason === "gone" ? "It answered 410 Gone" : "It did nothing but fail for five days";
    return (
      <Banner tone="negative">
        {why}, so it was switched off{" "}
        {endpoint.disabledAt && (
          <>
            on <Instant value={endpoint.disabledAt} />
          </>
        )}
        . Repair it and switch it on; what it missed can be sent again from the log.
      </Banner>
    );
  }
  if (endpoint.status === "active" && endpoint.failingSince)
    return (
      <Banner tone="warning">
        Every attempt since <Instant value={endpoint.failingSince} /> has failed. After five days it is
        switched off.
      </Banner>
    );
  return null;
}
