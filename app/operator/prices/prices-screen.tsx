"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { EmptyState } from "@/app/_ui/empty-state";
import { PageHeader } from "@/app/_ui/page-header";
import { ConfirmDialog } from "@/app/dashboard/_parts/confirm-dialog";
import { Instant } from "@/app/dashboard/_parts/instant";
import { MutationError } from "@/app/dashboard/_parts/mutation-error";
import { ListCard } from "../_parts/list-card";
import type { Outputs } from "../_parts/outputs";
import { useAct } from "../_parts/use-act";
import { ProposalDialog } from "./proposal-dialog";

export type ProposalItem = Outputs["prices"]["proposals"]["proposals"][number];

const PROPOSAL_STATUS = {
  proposed: { tone: "warning", label: "Waits for another operator" },
  published: { tone: "positive", label: "Published" },
  withdrawn: { tone: "neutral", label: "Withdrawn" },
} as const;

/** Price lists that wait for a second pair of eyes, and what became of the others. */
export function PricesScreen() {
  const trpc = useTRPC();
  const after = useAct();
  const [openId, setOpenId] = useState<string | null>(null);
  const [isAll, setAll] = useState(false);
  const found = useQuery(trpc.operator.prices.proposals.queryOptions());
  const publishAll = useMutation(trpc.operator.prices.publishAll.mutationOptions(after(() => setAll(false))));
  const proposals = found.data?.proposals ?? [];
  const selfId = found.data?.selfId ?? "";
  const mine = proposals.filter(
    ({ status, proposedByUserId }) => status === "proposed" && proposedByUserId !== selfId,
  );
  return (
    <>
      <PageHeader
        title="Price proposals"
        description="One operator proposes, another one publishes. Those who used the model in the last 30 days hear of the change by webhook."
        actions={
          mine.length > 1 && (
            <Button variant="secondary" onClick={() => setAll(true)}>
              Publish all {mine.length}
            </Button>
          )
        }
      />
      <MutationError error={publishAll.error} />
      <ListCard
        list={found}
        isEmpty={proposals.length === 0}
        empty={
          <EmptyState
            title="No price was proposed yet"
            description="Open an endpoint under Models and propose its prices, or import a file."
          />
        }
      >
        <ul className="divide-y divide-line">
          {proposals.map((proposal) => (
            <ProposalRow key={proposal.id} proposal={proposal} onOpen={() => setOpenId(proposal.id)} />
          ))}
        </ul>
      </ListCard>
      <ProposalDialog
        proposal={proposals.find(({ id }) => id === openId) ?? null}
        selfId={selfId}
        onClose={() => setOpenId(null)}
      />
      <ConfirmDialog
        open={isAll}
        onClose={() => setAll(false)}
        title={`Publish ${mine.length} price lists?`}
        confirm="Publish all of them"
        isPending={publishAll.isPending}
        error={publishAll.error}
        onConfirm={() => publishAll.mutate({ proposals: mine.map(({ id }) => id) })}
      >
        <p>All of them, or none. Versions are never edited: a mistake is put right by another proposal.</p>
      </ConfirmDialog>
    </>
  );
}

function ProposalRow({ proposal, onOpen }: { readonly proposal: ProposalItem; readonly onOpen: () => void }) {
  const { tone, label } = PROPOSAL_STATUS[proposal.status];
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 p-4">
      <div className="grid min-w-0 gap-1">
        <p className="flex flex-wrap items-center gap-2">
          <Link
            href={`/operator/models/${proposal.endpointId}`}
            className="min-w-0 break-all font-medium underline-offset-4 hover:underline"
          >
            {proposal.model} at {proposal.provider}
          </Link>
          <Badge tone={tone}>{label}</Badge>
        </p>
        <p className="wrap-anywhere text-sm">{proposal.note}</p>
        <p className="flex flex-wrap gap-x-4 text-ink-2 text-sm">
          <span className="break-all">
            {proposal.proposedBy}, <Instant value={proposal.proposedAt} />
          </span>
          {proposal.decidedBy && proposal.decidedAt && (
            <span className="break-all">
              decided by {proposal.decidedBy}, <Instant value={proposal.decidedAt} />
            </span>
          )}
          {proposal.effectiveFrom && (
            <span>
              in effect from <Instant value={proposal.effectiveFrom} />
            </span>
          )}
        </p>
      </div>
      <Button
        variant="secondary"
        size="sm"
        onClick={onOpen}
        aria-label={`Look at the prices of ${proposal.model} at ${proposal.provider}`}
      >
        Look at it
      </Button>
    </li>
  );
}
