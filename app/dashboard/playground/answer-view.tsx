"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTRPC } from "@/app/_trpc/client";
import { CopyButton } from "@/app/_ui/copy-button";
import { Money } from "@/app/_ui/money";
import { toCount, toDuration } from "../_format/numbers";
import type { Answer } from "./conversation";

const RECEIPT_MS = 700;

const STATUS = {
  running: "Answering…",
  done: "",
  stopped: "Stopped. What was generated until then is paid.",
  failed: "",
} as const;

/** What a model said, as text and nothing else, and what it cost by its receipt. */
export function AnswerView({ answer }: { readonly answer: Answer }) {
  return (
    <div className="grid min-w-0 gap-2">
      {answer.reasoning && (
        <details className="text-ink-2 text-sm">
          <summary className="cursor-pointer">Reasoning</summary>
          <p className="mt-1 whitespace-pre-wrap wrap-anywhere">{answer.reasoning}</p>
        </details>
      )}
      {answer.text && (
        <div className="flex items-start gap-1">
          <p className="min-w-0 flex-1 whitespace-pre-wrap wrap-anywhere">
            <span className="sr-only">Answer: </span>
            {answer.text}
          </p>
          {answer.status !== "running" && <CopyButton value={answer.text} label="Copy the answer" />}
        </div>
      )}
      {answer.error && (
        <div role="alert" className="grid gap-1 text-negative text-sm">
          <p>{answer.error.message}</p>
          <p className="font-mono text-xs">
            {answer.error.code}
            {answer.error.requestId && ` · ${answer.error.requestId}`}
          </p>
        </div>
      )}
      <p role="status" className="text-ink-2 text-sm empty:hidden">
        {STATUS[answer.status]}
        {answer.status === "stopped" && !answer.generationId && (
          <>
            {" "}
            What it cost is listed under{" "}
            <Link href="/dashboard/requests" className="underline underline-offset-4">
              Requests
            </Link>
            .
          </>
        )}
      </p>
      {answer.status !== "running" && answer.generationId && <Cost id={answer.generationId} />}
    </div>
  );
}

/** From the receipt, which is written when the answer has ended. */
function Cost({ id }: { readonly id: string }) {
  const trpc = useTRPC();
  const request = useQuery(
    trpc.requests.get.queryOptions(
      { id },
      {
        staleTime: Number.POSITIVE_INFINITY,
        refetchInterval: ({ state }) =>
          state.data === undefined || state.data.outcome === "pending" ? RECEIPT_MS : false,
      },
    ),
  );
  const { data } = request;
  if (!data || data.outcome === "pending")
    return <p className="text-ink-2 text-sm">Waiting for the receipt…</p>;
  const tokens = toCount((data.inputTokens ?? 0) + (data.outputTokens ?? 0));
  return (
    <p className="flex flex-wrap items-center gap-x-3 text-ink-2 text-sm tabular-nums">
      <Money nanoUsd={data.receipt?.costNanoUsd ?? 0n} precision="fine" />
      <span>{tokens} tokens</span>
      {data.latencyMs !== null && <span>{toDuration(data.latencyMs)}</span>}
      <Link href={`/dashboard/requests/${id}`} className="underline underline-offset-4">
        Receipt
      </Link>
    </p>
  );
}
