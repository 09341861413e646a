"use client";

import { useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import type { ReactNode } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Card } from "@/app/_ui/card";
import { cn } from "@/app/_ui/cn";
import { CopyButton } from "@/app/_ui/copy-button";
import { Money } from "@/app/_ui/money";
import type { AppRouter } from "@/server/trpc";
import { Instant } from "../../_parts/instant";
import { Outcome } from "../../_parts/outcome";
import { QueryView } from "../../_parts/query-view";
import { PanelsSkeleton } from "../../_parts/skeletons";
import { Attempts } from "./attempts";
import { toCurl } from "./curl";
import { KeptPrompt } from "./kept-prompt";
import { ReceiptPanel } from "./receipt-panel";
import { Timings } from "./timings";

export type RequestDetail = inferRouterOutputs<AppRouter>["requests"]["get"];

const REFRESH_MS = 1_500;

interface RequestViewProps {
  readonly id: string;
  /** In the drawer: one column, however wide the window is. */
  readonly isNarrow?: boolean;
}

/** One request: what it cost and why, how it went, and the ids to talk about it with. */
export function RequestView({ id, isNarrow = false }: RequestViewProps) {
  const trpc = useTRPC();
  const query = useQuery(
    trpc.requests.get.queryOptions(
      { id },
      { refetchInterval: ({ state }) => (state.data?.outcome === "pending" ? REFRESH_MS : false) },
    ),
  );
  return (
    <QueryView query={query} skeleton={<PanelsSkeleton />}>
      {(request) => <Detail request={request} isNarrow={isNarrow} />}
    </QueryView>
  );
}

function Detail({ request, isNarrow }: { readonly request: RequestDetail; readonly isNarrow: boolean }) {
  return (
    <div className={cn("grid items-start gap-6", !isNarrow && "lg:grid-cols-[minmax(0,1fr)_22rem]")}>
      <div className="grid min-w-0 gap-6">
        <ReceiptPanel request={request} />
        {request.kept && <KeptPrompt kept={request.kept} />}
        <Attempts attempts={request.attempts} isPending={request.outcome === "pending"} />
      </div>
      <div className={cn("grid min-w-0 gap-6", isNarrow && "order-first")}>
        <Card className="grid gap-4 p-5">
          <Facts request={request} />
          <Curl request={request} />
        </Card>
        <Timings request={request} />
      </div>
    </div>
  );
}

function Curl({ request }: { readonly request: RequestDetail }) {
  const prompt = request.kept && !request.kept.isCut ? request.kept.prompt : null;
  const command = toCurl({ ...request, prompt }, `${globalThis.location?.origin ?? ""}/v1`);
  if (command === null) return null;
  return (
    <div className="flex items-center justify-between gap-2 border-line border-t pt-3 text-sm">
      <span className="text-ink-2">
        {prompt === null ? "As curl, without its input, which was not kept" : "As curl"}
      </span>
      <CopyButton value={command} label="Copy as curl" />
    </div>
  );
}

function Facts({ request }: { readonly request: RequestDetail }) {
  return (
    <dl className="grid gap-3 text-sm">
      <Fact name="Outcome">
        <Outcome outcome={request.outcome} />
      </Fact>
      <Fact name="Time">
        <Instant value={request.createdAt} isExact />
      </Fact>
      <Fact name="Model">{request.modelSlug}</Fact>
      {request.requestedModel !== request.modelSlug && <Fact name="Asked for">{request.requestedModel}</Fact>}
      <Fact name="Key">{request.keyName}</Fact>
      <Fact name="Project">{request.projectName}</Fact>
      <Fact name="API">
        {request.api}
        {request.streamed ? ", streamed" : ""}
      </Fact>
      {request.httpStatus !== null && <Fact name="HTTP status">{request.httpStatus}</Fact>}
      {request.finishReason && <Fact name="Finish reason">{request.finishReason}</Fact>}
      {request.errorCode && <Fact name="Error code">{request.errorCode}</Fact>}
      {request.reservedNanoUsd > 0n && (
        <Fact name="Reserved">
          <Money nanoUsd={request.reservedNanoUsd} />
        </Fact>
      )}
      <IdFact name="Generation id" value={request.id} />
      <IdFact name="Request id" value={request.requestId} />
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-4">
      <dt className="shrink-0 text-ink-2">{name}</dt>
      <dd className="wrap-anywhere min-w-0 text-right">{children}</dd>
    </div>
  );
}

function IdFact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div className="grid gap-1">
      <dt className="text-ink-2">{name}</dt>
      <dd className="flex items-center gap-2">
        <code className="min-w-0 flex-1 truncate font-mono text-xs">{value}</code>
        <CopyButton value={value} label={`Copy ${name.toLowerCase()}`} />
      </dd>
    </div>
  );
}
