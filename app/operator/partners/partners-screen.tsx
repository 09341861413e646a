"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { EmptyState } from "@/app/_ui/empty-state";
import { Money } from "@/app/_ui/money";
import { PageHeader } from "@/app/_ui/page-header";
import { Cell, HeaderCell, RowHeader, Table, TableBody, TableHead } from "@/app/_ui/table";
import { ListCard } from "../_parts/list-card";
import type { Outputs } from "../_parts/outputs";
import { SearchField, useSearch } from "../_parts/search-field";
import { RulesDialog } from "./rules-dialog";

export type PartnerItem = Outputs["partners"]["list"]["partners"][number];

/** Organizations that refer others: their rules, and what they have earned. */
export function PartnersScreen() {
  const trpc = useTRPC();
  const [text, search] = useSearch();
  const [changing, setChanging] = useState<PartnerItem | null>(null);
  const list = useInfiniteQuery(
    trpc.operator.partners.list.infiniteQueryOptions(
      { text },
      { getNextPageParam: (page) => page.nextCursor },
    ),
  );
  const rows = list.data?.pages.flatMap((page) => page.partners) ?? [];
  return (
    <>
      <PageHeader
        title="Partners"
        description={
          <>
            Organizations that refer others, with what they earn and what they can take out.{" "}
            <Link href="/operator/payouts" className="underline underline-offset-4">
              Payouts
            </Link>
          </>
        }
      />
      <SearchField
        label="Organization or code of the link"
        value={text}
        onSearch={(next) => void search(next)}
      />
      <ListCard
        list={list}
        isEmpty={rows.length === 0}
        empty={
          <EmptyState
            title="No partner matches"
            description="An organization becomes one by agreeing to the rules on its partner page."
          />
        }
      >
        <Table caption="Partners" hideCaption phone="stack">
          <TableHead>
            <tr>
              <HeaderCell>Partner</HeaderCell>
              <HeaderCell>Rules</HeaderCell>
              <HeaderCell align="right">Referred</HeaderCell>
              <HeaderCell align="right">Earned</HeaderCell>
              <HeaderCell align="right">On hold</HeaderCell>
              <HeaderCell align="right">Available</HeaderCell>
              <HeaderCell>
                <span className="sr-only">Acts</span>
              </HeaderCell>
            </tr>
          </TableHead>
          <TableBody>
            {rows.map((row) => (
              <PartnerRow key={row.organizationId} row={row} onChange={() => setChanging(row)} />
            ))}
          </TableBody>
        </Table>
      </ListCard>
      <RulesDialog row={changing} onClose={() => setChanging(null)} />
    </>
  );
}

function PartnerRow({ row, onChange }: { readonly row: PartnerItem; readonly onChange: () => void }) {
  const { standing } = row;
  return (
    <tr>
      <RowHeader>
        <Link
          href={`/operator/organizations/${row.organizationId}`}
          className="wrap-anywhere font-medium underline-offset-4 hover:underline"
        >
          {row.organizationName}
        </Link>
        <code className="block break-all font-mono text-ink-2 text-xs">/r/{row.code}</code>
        <span className="mt-1 flex flex-wrap gap-1">
          {!row.isActive && <Badge tone="warning">Earns nothing more</Badge>}
          {row.hasStripeAccount && <Badge>Account at Stripe</Badge>}
        </span>
      </RowHeader>
      <Cell label="Rules">
        <span className="max-sm:text-right">
          {row.commissionBasisPoints / 100} % for {row.commissionMonths} months
          <span className="block text-ink-2">Held for {row.holdDays} days</span>
        </span>
      </Cell>
      <Cell align="right" label="Referred">
        {row.referrals}
      </Cell>
      <Cell align="right" label="Earned">
        <Money nanoUsd={standing?.earnedNanoUsd ?? 0n} precision="cents" />
      </Cell>
      <Cell align="right" label="On hold">
        <Money nanoUsd={standing?.heldNanoUsd ?? 0n} precision="cents" />
      </Cell>
      <Cell align="right" label="Available">
        <span className="text-right">
          <Money nanoUsd={standing?.availableNanoUsd ?? 0n} precision="cents" />
          {standing && standing.accountNanoUsd < 0n && (
            <span className="block text-warning">
              <Money nanoUsd={-standing.accountNanoUsd} precision="cents" /> to make up for
            </span>
          )}
        </span>
      </Cell>
      <Cell align="right">
        <Button
          variant="secondary"
          size="sm"
          onClick={onChange}
          aria-label={`Change the rules of ${row.organizationName}`}
        >
          Change
        </Button>
      </Cell>
    </tr>
  );
}
