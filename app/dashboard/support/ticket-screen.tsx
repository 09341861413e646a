"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { CopyButton } from "@/app/_ui/copy-button";
import { PageHeader } from "@/app/_ui/page-header";
import { StatusBadge } from "@/app/_ui/status-badge";
import { Instant } from "../_parts/instant";
import { MutationError } from "../_parts/mutation-error";
import { QueryView } from "../_parts/query-view";
import { RowsSkeleton } from "../_parts/skeletons";
import { ReplyForm } from "./reply-form";
import { STATUS_WORDS, type TicketThread, topicName } from "./words";

/** One ticket: what was written and answered, oldest first, and the next message. */
export function TicketScreen({ ticketId }: { readonly ticketId: string }) {
  const trpc = useTRPC();
  const ticket = useQuery(trpc.support.ticket.queryOptions({ ticketId }));
  return (
    <>
      <p className="text-sm">
        <Link href="/dashboard/support" className="text-link underline underline-offset-4">
          Support
        </Link>
      </p>
      {!ticket.data && <PageHeader title="Ticket" />}
      <QueryView
        query={ticket}
        skeleton={
          <Card className="p-0">
            <RowsSkeleton rows={4} />
          </Card>
        }
      >
        {(thread) => <Thread thread={thread} />}
      </QueryView>
    </>
  );
}

function Thread({ thread }: { readonly thread: TicketThread }) {
  const word = STATUS_WORDS[thread.status];
  return (
    <div className="grid gap-6">
      <PageHeader
        title={thread.subject}
        description={topicName(thread.topic)}
        actions={<Close thread={thread} />}
      />
      <p className="-mt-3 flex flex-wrap items-center gap-x-3 gap-y-2 text-ink-2 text-sm">
        <StatusBadge tone={word.tone}>{word.label}</StatusBadge>
        {thread.priority === "high" && <Badge tone="accent">High priority</Badge>}
        <span className="flex min-w-0 items-center gap-0.5">
          <code className="break-all font-mono text-xs">{thread.id}</code>
          <CopyButton value={thread.id} label="Copy the ticket's number" />
        </span>
      </p>
      <ol className="grid gap-3" aria-label="Messages">
        {thread.messages.map((message) => (
          <li key={message.id}>
            <Card
              className={`grid gap-2 p-4 sm:p-5 ${message.author === "operator" ? "border-accent/40" : ""}`}
            >
              <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-ink-2 text-sm">
                <span className="font-medium text-ink">{message.authorName}</span>
                {message.author === "operator" && <Badge tone="accent">DeepTokenInference</Badge>}
                <Instant value={message.createdAt} />
              </p>
              <p className="max-w-[75ch] whitespace-pre-wrap wrap-anywhere">{message.body}</p>
            </Card>
          </li>
        ))}
      </ol>
      <ReplyForm ticketId={thread.id} isClosed={thread.status === "closed"} />
    </div>
  );
}

function Close({ thread }: { readonly thread: TicketThread }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const close = useMutation(
    trpc.support.close.mutationOptions({
      onSuccess: () => void cache.invalidateQueries({ queryKey: trpc.support.pathKey() }),
    }),
  );
  if (thread.status === "closed") return null;
  return (
    <div className="grid justify-items-end gap-2">
      <Button
        variant="secondary"
        loading={close.isPending}
        onClick={() => close.mutate({ ticketId: thread.id })}
      >
        Close ticket
      </Button>
      <MutationError error={close.error} />
    </div>
  );
}
