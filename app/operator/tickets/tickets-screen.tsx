"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { parseAsBoolean, useQueryState } from "nuqs";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Checkbox } from "@/app/_ui/checkbox";
import { EmptyState } from "@/app/_ui/empty-state";
import { PageHeader } from "@/app/_ui/page-header";
import { Select } from "@/app/_ui/select";
import { Instant } from "@/app/dashboard/_parts/instant";
import { ListCard } from "../_parts/list-card";
import type { Outputs } from "../_parts/outputs";

type TicketItem = Outputs["support"]["tickets"]["tickets"][number];
type Shown = "unsolved" | "open" | "answered" | "closed";

const SHOWN: readonly { readonly value: Shown; readonly label: string }[] = [
  { value: "unsolved", label: "Open and answered" },
  { value: "open", label: "Open" },
  { value: "answered", label: "Answered" },
  { value: "closed", label: "Closed" },
];

export const TICKET_STATUS = {
  open: { tone: "warning", label: "Open" },
  answered: { tone: "accent", label: "Answered" },
  closed: { tone: "neutral", label: "Closed" },
} as const;

/** What members and visitors wrote to us; contact requests for commitments are among them. */
export function TicketsScreen() {
  const trpc = useTRPC();
  const [status, setStatus] = useState<Shown>("unsolved");
  const [isRequests, setRequests] = useQueryState(
    "requests",
    parseAsBoolean.withDefault(false).withOptions({ history: "replace" }),
  );
  const list = useInfiniteQuery(
    trpc.operator.support.tickets.infiniteQueryOptions(
      { status, topic: isRequests ? "commitment" : null },
      { getNextPageParam: (page) => page.cursor },
    ),
  );
  const tickets = list.data?.pages.flatMap((page) => page.tickets) ?? [];
  return (
    <>
      <PageHeader
        title="Tickets"
        description="What members and visitors wrote to us. Contact requests for commitments are among them."
      />
      <div className="flex flex-wrap items-end gap-x-6 gap-y-3">
        <Select
          label="Show"
          value={status}
          options={SHOWN}
          onValueChange={(next) => setStatus(SHOWN.find(({ value }) => value === next)?.value ?? "unsolved")}
          className="w-full sm:w-56"
        />
        <Checkbox
          label="Only requests for commitments"
          checked={isRequests}
          onCheckedChange={(isTicked) => void setRequests(isTicked)}
        />
      </div>
      <ListCard
        list={list}
        isEmpty={tickets.length === 0}
        empty={<EmptyState title="No ticket of this kind" description="New ones come in by themselves." />}
      >
        <ul className="divide-y divide-line">
          {tickets.map((ticket) => (
            <TicketRow key={ticket.id} ticket={ticket} />
          ))}
        </ul>
      </ListCard>
    </>
  );
}

function TicketRow({ ticket }: { readonly ticket: TicketItem }) {
  const { tone, label } = TICKET_STATUS[ticket.status];
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 p-4">
      <div className="grid min-w-0 gap-1">
        <p className="flex flex-wrap items-center gap-2">
          <Link
            href={`/operator/tickets/${ticket.id}`}
            className="min-w-0 wrap-anywhere font-medium underline-offset-4 hover:underline"
          >
            {ticket.subject}
          </Link>
          <Badge tone={tone}>{label}</Badge>
          {ticket.priority === "high" && <Badge tone="negative">High priority</Badge>}
          {ticket.organizationId === null && <Badge>Visitor</Badge>}
        </p>
        <p className="flex flex-wrap gap-x-4 text-ink-2 text-sm">
          <span className="break-all">
            {ticket.name} ({ticket.email})
          </span>
          <span>{ticket.topic}</span>
          {ticket.company && <span>{ticket.company}</span>}
        </p>
      </div>
      <span className="text-ink-2 text-sm">
        <Instant value={ticket.updatedAt} />
      </span>
    </li>
  );
}
