"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { LifeBuoy } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { EmptyState } from "@/app/_ui/empty-state";
import { PageHeader } from "@/app/_ui/page-header";
import { StatusBadge } from "@/app/_ui/status-badge";
import { Instant } from "../_parts/instant";
import { QueryView } from "../_parts/query-view";
import { RowsSkeleton } from "../_parts/skeletons";
import { NewTicketDialog } from "./new-ticket-dialog";
import { STATUS_WORDS, type TicketItem, topicName } from "./words";

/** The organization's tickets, and the way to a new one. */
export function SupportScreen() {
  const trpc = useTRPC();
  const [isWriting, setWriting] = useState(false);
  const tickets = useInfiniteQuery(
    trpc.support.tickets.infiniteQueryOptions({}, { getNextPageParam: ({ cursor }) => cursor }),
  );
  const write = <Button onClick={() => setWriting(true)}>Write to us</Button>;
  return (
    <>
      <PageHeader
        title="Support"
        description="Tickets of everybody in this organization. Answers come by mail to whoever wrote, and stay here."
        actions={write}
      />
      <Card className="overflow-hidden p-0">
        <QueryView query={tickets} skeleton={<RowsSkeleton rows={3} />}>
          {({ pages }) => {
            const list = pages.flatMap((page) => page.tickets);
            if (list.length === 0)
              return (
                <EmptyState
                  icon={<LifeBuoy aria-hidden="true" />}
                  title="Nobody has written to us yet"
                  description="A question about a request, a charge or the account? A request id finds it in our logs."
                  action={write}
                />
              );
            return (
              <ul className="divide-y divide-line" aria-label="Tickets">
                {list.map((ticket) => (
                  <TicketRow key={ticket.id} ticket={ticket} />
                ))}
              </ul>
            );
          }}
        </QueryView>
      </Card>
      {tickets.hasNextPage && (
        <Button
          variant="secondary"
          className="justify-self-center"
          loading={tickets.isFetchingNextPage}
          onClick={() => void tickets.fetchNextPage()}
        >
          Older tickets
        </Button>
      )}
      <NewTicketDialog open={isWriting} onClose={() => setWriting(false)} />
    </>
  );
}

function TicketRow({ ticket }: { readonly ticket: TicketItem }) {
  const word = STATUS_WORDS[ticket.status];
  return (
    <li>
      <Link
        href={`/dashboard/support/${ticket.id}`}
        className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 p-4 transition-colors hover:bg-hover/50"
      >
        <span className="wrap-anywhere grid min-w-0 gap-1">
          <span className="font-medium">{ticket.subject}</span>
          <span className="text-ink-2 text-sm">
            {topicName(ticket.topic)} · {ticket.name} · <Instant value={ticket.updatedAt} />
          </span>
        </span>
        <span className="flex flex-wrap gap-2">
          {ticket.priority === "high" && <Badge tone="accent">High priority</Badge>}
          <StatusBadge tone={word.tone}>{word.label}</StatusBadge>
        </span>
      </Link>
    </li>
  );
}
