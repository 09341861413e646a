"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { parseAsString, parseAsStringLiteral, useQueryState } from "nuqs";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { EmptyState } from "@/app/_ui/empty-state";
import { PageHeader } from "@/app/_ui/page-header";
import { Select } from "@/app/_ui/select";
import { ListCard } from "../_parts/list-card";
import type { Outputs } from "../_parts/outputs";
import { SearchField, useSearch } from "../_parts/search-field";
import { CancelDialog } from "./cancel-dialog";
import { CommitmentRow } from "./commitment-row";
import { QuoteDialog } from "./quote-dialog";

export type CommitmentItem = Outputs["commitments"]["list"]["commitments"][number];

const KINDS = ["quoted", "accepted", "active", "past_due", "over"] as const;
const OPTIONS = [
  { value: "", label: "All commitments" },
  { value: "quoted", label: "Open quotes" },
  { value: "accepted", label: "Awaiting first payment" },
  { value: "active", label: "Active" },
  { value: "past_due", label: "Past due" },
  { value: "over", label: "Ended" },
];

/** Yearly commitments of everybody: quoted here, accepted on the organization's billing page, followed and ended here. */
export function CommitmentsScreen() {
  const trpc = useTRPC();
  const [text, search] = useSearch();
  const [kind, setKind] = useQueryState(
    "status",
    parseAsStringLiteral(KINDS).withOptions({ history: "replace" }),
  );
  // The organization that a quote is written for: other pages of the console lead here with it.
  const [quoteFor, setQuoteFor] = useQueryState("quote", parseAsString);
  const [ended, setEnded] = useState<CommitmentItem | null>(null);
  const list = useInfiniteQuery(
    trpc.operator.commitments.list.infiniteQueryOptions(
      { text, kind },
      { getNextPageParam: (page) => page.nextCursor },
    ),
  );
  const rows = list.data?.pages.flatMap((page) => page.commitments) ?? [];
  return (
    <>
      <PageHeader
        title="Commitments"
        description={
          <>
            A quote appears on the organization's billing page and begins when it is accepted there and its
            first invoice is paid.{" "}
            <Link href="/operator/tickets?requests=true" className="underline underline-offset-4">
              Requests for terms
            </Link>
          </>
        }
        actions={<Button onClick={() => void setQuoteFor("")}>Write a quote</Button>}
      />
      <div className="flex flex-wrap items-end gap-3">
        <SearchField label="Organization or commitment" value={text} onSearch={(next) => void search(next)} />
        <Select
          label="Status"
          value={kind ?? ""}
          options={OPTIONS}
          onValueChange={(next) => void setKind(KINDS.find((each) => each === next) ?? null)}
          className="w-full sm:w-56"
        />
      </div>
      <ListCard
        list={list}
        isEmpty={rows.length === 0}
        empty={
          <EmptyState
            title="No commitment of this kind"
            description="Write a quote for an organization: it is listed here at once."
          />
        }
      >
        <ul className="divide-y divide-line">
          {rows.map((row) => (
            <CommitmentRow key={row.id} row={row} onEnd={() => setEnded(row)} />
          ))}
        </ul>
      </ListCard>
      <QuoteDialog organizationId={quoteFor} onClose={() => void setQuoteFor(null)} />
      <CancelDialog row={ended} onClose={() => setEnded(null)} />
    </>
  );
}
