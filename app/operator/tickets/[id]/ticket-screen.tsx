"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { type FormEvent, useState } from "react";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { Field } from "@/app/_ui/field";
import { Money } from "@/app/_ui/money";
import { PageHeader } from "@/app/_ui/page-header";
import { Textarea } from "@/app/_ui/textarea";
import { Instant } from "@/app/dashboard/_parts/instant";
import { MutationError } from "@/app/dashboard/_parts/mutation-error";
import { QueryView } from "@/app/dashboard/_parts/query-view";
import { RowsSkeleton } from "@/app/dashboard/_parts/skeletons";
import type { Outputs } from "../../_parts/outputs";
import { useAct } from "../../_parts/use-act";
import { TICKET_STATUS } from "../tickets-screen";

type Thread = Outputs["support"]["ticket"];

/** One ticket with its messages, and our answer. */
export function TicketScreen({ ticketId }: { readonly ticketId: string }) {
  const trpc = useTRPC();
  const after = useAct();
  const found = useQuery(trpc.operator.support.ticket.queryOptions({ ticketId }));
  const close = useMutation(trpc.operator.support.close.mutationOptions(after()));
  const thread = found.data;
  return (
    <>
      <PageHeader
        title={thread?.subject ?? "Ticket"}
        description={thread && <From thread={thread} />}
        actions={
          thread &&
          thread.status !== "closed" && (
            <Button variant="secondary" loading={close.isPending} onClick={() => close.mutate({ ticketId })}>
              Close
            </Button>
          )
        }
      />
      <MutationError error={close.error} />
      <QueryView
        query={found}
        skeleton={
          <Card className="p-0">
            <RowsSkeleton rows={3} />
          </Card>
        }
      >
        {(shown) => (
          <>
            <Messages thread={shown} />
            {shown.status === "closed" ? (
              <p className="text-ink-2">The ticket is closed. Its customer can open it again by writing.</p>
            ) : (
              <Answer ticketId={ticketId} />
            )}
          </>
        )}
      </QueryView>
    </>
  );
}

function From({ thread }: { readonly thread: Thread }) {
  const { tone, label } = TICKET_STATUS[thread.status];
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <Badge tone={tone}>{label}</Badge>
      <span className="break-all">
        {thread.name} ({thread.email})
      </span>
      <span>{thread.topic}</span>
      {thread.company && <span>{thread.company}</span>}
      {thread.yearlyAmountNanoUsd !== null && (
        <span>
          <Money nanoUsd={thread.yearlyAmountNanoUsd} precision="cents" /> a year
        </span>
      )}
      {thread.organizationId && (
        <Link
          href={`/operator/organizations/${thread.organizationId}`}
          className="underline underline-offset-4"
        >
          Organization
        </Link>
      )}
      {thread.topic === "commitment" && thread.organizationId && (
        <Link
          href={`/operator/commitments?quote=${thread.organizationId}`}
          className="underline underline-offset-4"
        >
          Write a quote
        </Link>
      )}
    </span>
  );
}

function Messages({ thread }: { readonly thread: Thread }) {
  return (
    <ol className="grid gap-3" aria-label="Messages, oldest first">
      {thread.messages.map((message) => (
        <li key={message.id}>
          <Card className="grid gap-2 p-4 sm:p-5">
            <p className="flex flex-wrap items-center gap-2 text-ink-2 text-sm">
              <span className="font-medium text-ink">{message.authorName}</span>
              {message.author === "operator" && <Badge tone="accent">Us</Badge>}
              <Instant value={message.createdAt} isExact />
            </p>
            <p className="whitespace-pre-wrap wrap-anywhere">{message.body}</p>
          </Card>
        </li>
      ))}
    </ol>
  );
}

function Answer({ ticketId }: { readonly ticketId: string }) {
  const trpc = useTRPC();
  const after = useAct();
  const [body, setBody] = useState("");
  const answer = useMutation(trpc.operator.support.answer.mutationOptions(after(() => setBody(""))));
  const error = answer.error ? toApiError(answer.error) : null;
  const send = (event: FormEvent) => {
    event.preventDefault();
    answer.mutate({ ticketId, body });
  };
  return (
    <form onSubmit={send} className="grid gap-4" noValidate>
      <Field
        label="Your answer"
        hint="The customer gets it by mail, under your name."
        error={error?.fields.body ?? error?.message}
      >
        <Textarea rows={6} value={body} onChange={(event) => setBody(event.target.value)} />
      </Field>
      <div>
        <Button type="submit" loading={answer.isPending}>
          Send the answer
        </Button>
      </div>
    </form>
  );
}
