"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { MutationError } from "@/app/dashboard/_parts/mutation-error";
import { toDecimalUsd } from "@/server/platform/money";
import { ImpactPanel } from "../_parts/impact-panel";
import { PriceTable } from "../_parts/price-table";
import { useAct } from "../_parts/use-act";
import type { ProposalItem } from "./prices-screen";

interface ProposalDialogProps {
  readonly proposal: ProposalItem | null;
  readonly selfId: string;
  readonly onClose: () => void;
}

/** A price list with its margin and impact, to be published or withdrawn. */
export function ProposalDialog({ proposal, selfId, onClose }: ProposalDialogProps) {
  return (
    <Dialog
      open={proposal !== null}
      onOpenChange={(open) => !open && onClose()}
      title={proposal ? `${proposal.model} at ${proposal.provider}` : ""}
      description={proposal?.note}
      className="max-w-3xl"
    >
      {proposal && <Proposal proposal={proposal} selfId={selfId} onClose={onClose} />}
    </Dialog>
  );
}

const plain = (amount: bigint) => toDecimalUsd(amount);

function Proposal({ proposal, selfId, onClose }: ProposalDialogProps & { readonly proposal: ProposalItem }) {
  const trpc = useTRPC();
  const after = useAct();
  const isOpen = proposal.status === "proposed";
  const isOwn = proposal.proposedByUserId === selfId;
  const prices = proposal.prices.map((row) => ({
    unit: row.unit,
    aboveContextTokens: row.aboveContextTokens,
    usdPerMillion: plain(row.platformNanoUsdPerMillion),
    supplierUsdPerMillion: plain(row.supplierNanoUsdPerMillion),
  }));
  const impact = useQuery(
    trpc.operator.prices.impact.queryOptions(
      { endpointId: proposal.endpointId, prices },
      { enabled: isOpen },
    ),
  );
  const publish = useMutation(trpc.operator.prices.publish.mutationOptions(after(onClose)));
  const withdraw = useMutation(trpc.operator.prices.withdraw.mutationOptions(after(onClose)));
  const named = { proposalId: proposal.id };
  return (
    <div className="grid gap-5">
      <div className="overflow-hidden rounded-lg border border-line">
        <PriceTable caption="Proposed prices" rows={proposal.prices} />
      </div>
      <p className="break-all text-ink-2 text-sm">
        Read at {proposal.source} on {proposal.sourceDate}.
      </p>
      {isOpen && <ImpactPanel impact={impact} />}
      {isOpen && isOwn && <p className="text-ink-2">You proposed it: another operator has to publish it.</p>}
      <MutationError error={publish.error ?? withdraw.error} />
      {isOpen && (
        <div className="flex flex-wrap justify-end gap-2">
          <Button variant="secondary" loading={withdraw.isPending} onClick={() => withdraw.mutate(named)}>
            Withdraw
          </Button>
          <Button disabled={isOwn} loading={publish.isPending} onClick={() => publish.mutate(named)}>
            Publish
          </Button>
        </div>
      )}
    </div>
  );
}
