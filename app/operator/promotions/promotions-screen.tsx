"use client";

import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { CopyButton } from "@/app/_ui/copy-button";
import { EmptyState } from "@/app/_ui/empty-state";
import { Money } from "@/app/_ui/money";
import { PageHeader } from "@/app/_ui/page-header";
import { Cell, HeaderCell, RowHeader, Table, TableBody, TableHead } from "@/app/_ui/table";
import { ConfirmDialog } from "@/app/dashboard/_parts/confirm-dialog";
import { Instant } from "@/app/dashboard/_parts/instant";
import { ListCard } from "../_parts/list-card";
import type { Outputs } from "../_parts/outputs";
import { useAct } from "../_parts/use-act";
import { CreateDialog } from "./create-dialog";

type PromotionItem = Outputs["promotions"]["list"]["promotions"][number];

const STATE = {
  running: { tone: "positive", label: "Running" },
  used_up: { tone: "neutral", label: "Used up" },
  lapsed: { tone: "neutral", label: "Past its last day" },
  ended: { tone: "neutral", label: "Ended" },
} as const;

/** Codes that give promotional credit. */
export function PromotionsScreen() {
  const trpc = useTRPC();
  const after = useAct();
  const [isMaking, setMaking] = useState(false);
  const [ending, setEnding] = useState<PromotionItem | null>(null);
  const list = useInfiniteQuery(
    trpc.operator.promotions.list.infiniteQueryOptions({}, { getNextPageParam: (page) => page.nextCursor }),
  );
  const end = useMutation(trpc.operator.promotions.end.mutationOptions(after(() => setEnding(null))));
  const rows = list.data?.pages.flatMap((page) => page.promotions) ?? [];
  return (
    <>
      <PageHeader
        title="Promotions"
        description="Codes that give promotional credit, once for an organization and once for a person."
        actions={<Button onClick={() => setMaking(true)}>Create a code</Button>}
      />
      <ListCard
        list={list}
        isEmpty={rows.length === 0}
        empty={
          <EmptyState
            title="No promotion yet"
            description="Create a code and give it to whom it is meant for."
          />
        }
      >
        <Table caption="Promotions" hideCaption phone="stack">
          <TableHead>
            <tr>
              <HeaderCell>Code</HeaderCell>
              <HeaderCell>State</HeaderCell>
              <HeaderCell align="right">Credit</HeaderCell>
              <HeaderCell align="right">Redeemed</HeaderCell>
              <HeaderCell>Redeemable until</HeaderCell>
              <HeaderCell>
                <span className="sr-only">Acts</span>
              </HeaderCell>
            </tr>
          </TableHead>
          <TableBody>
            {rows.map((row) => (
              <PromotionRow key={row.id} row={row} onEnd={() => setEnding(row)} />
            ))}
          </TableBody>
        </Table>
      </ListCard>
      <CreateDialog open={isMaking} onClose={() => setMaking(false)} />
      <ConfirmDialog
        open={ending !== null}
        onClose={() => {
          end.reset();
          setEnding(null);
        }}
        title={`End the promotion ${ending?.code ?? ""}?`}
        confirm="End it"
        isPending={end.isPending}
        error={end.error}
        onConfirm={() => ending && end.mutate({ code: ending.code })}
      >
        <p>Nobody can redeem the code from now on, and it cannot begin again. What was redeemed stays.</p>
      </ConfirmDialog>
    </>
  );
}

function PromotionRow({ row, onEnd }: { readonly row: PromotionItem; readonly onEnd: () => void }) {
  const { tone, label } = STATE[row.state];
  return (
    <tr>
      <RowHeader>
        <span className="flex items-center gap-1">
          <code className="break-all font-mono font-medium">{row.code}</code>
          <CopyButton value={row.code} label={`Copy ${row.code}`} />
        </span>
        {row.note && <span className="block wrap-anywhere text-ink-2">{row.note}</span>}
        {row.maxOrganizationAgeDays !== null && (
          <span className="block text-ink-2">
            For organizations younger than {row.maxOrganizationAgeDays} days
          </span>
        )}
      </RowHeader>
      <Cell label="State">
        <Badge tone={tone}>{label}</Badge>
      </Cell>
      <Cell align="right" label="Credit">
        <span className="text-right">
          <Money nanoUsd={row.amountNanoUsd} precision="cents" />
          <span className="block text-ink-2">for {row.creditDays} days</span>
        </span>
      </Cell>
      <Cell align="right" label="Redeemed">
        {row.redemptions.toLocaleString("en-US")} of {row.maxRedemptions.toLocaleString("en-US")}
      </Cell>
      <Cell label="Redeemable until">
        <Instant value={row.redeemableUntil} />
      </Cell>
      <Cell align="right">
        {row.state !== "ended" && (
          <Button variant="secondary" size="sm" onClick={onEnd} aria-label={`End ${row.code}`}>
            End
          </Button>
        )}
      </Cell>
    </tr>
  );
}
