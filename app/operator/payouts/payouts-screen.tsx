"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { Checkbox } from "@/app/_ui/checkbox";
import { EmptyState } from "@/app/_ui/empty-state";
import { Money } from "@/app/_ui/money";
import { PageHeader } from "@/app/_ui/page-header";
import { Instant } from "@/app/dashboard/_parts/instant";
import { MutationError } from "@/app/dashboard/_parts/mutation-error";
import { FormDialog } from "../_parts/form-dialog";
import { ListCard } from "../_parts/list-card";
import type { Outputs } from "../_parts/outputs";
import { useAct } from "../_parts/use-act";

type PayoutItem = Outputs["payouts"]["list"][number];
type Act = "markPaid" | "fail";

/** Commission that partners asked for. */
export function PayoutsScreen() {
  const trpc = useTRPC();
  const after = useAct();
  const [isAll, setAll] = useState(false);
  const [asked, setAsked] = useState<{ readonly payout: PayoutItem; readonly act: Act } | null>(null);
  const close = () => setAsked(null);
  const list = useQuery(trpc.operator.payouts.list.queryOptions({ isAll }));
  const approve = useMutation(trpc.operator.payouts.approve.mutationOptions(after()));
  const send = useMutation(trpc.operator.payouts.send.mutationOptions(after()));
  const markPaid = useMutation(trpc.operator.payouts.markPaid.mutationOptions(after(close)));
  const fail = useMutation(trpc.operator.payouts.fail.mutationOptions(after(close)));
  const payoutId = asked?.payout.id ?? "";
  const rows = list.data ?? [];
  return (
    <>
      <PageHeader
        title="Payouts"
        description="Commission that partners asked for. Approve it, then send it through Stripe or record it as paid."
      />
      <Checkbox label="Also those that have ended" checked={isAll} onCheckedChange={setAll} />
      <MutationError error={approve.error ?? send.error} />
      <ListCard
        list={list}
        isEmpty={rows.length === 0}
        empty={<EmptyState title="No payout waits" description="A partner's request comes in by itself." />}
      >
        <ul className="divide-y divide-line">
          {rows.map((payout) => (
            <PayoutRow
              key={payout.id}
              payout={payout}
              onApprove={() => approve.mutate({ payoutId: payout.id })}
              onSend={() => send.mutate({ payoutId: payout.id })}
              onAsk={(act) => setAsked({ payout, act })}
            />
          ))}
        </ul>
      </ListCard>
      <FormDialog
        open={asked?.act === "markPaid"}
        onClose={close}
        title={`Record the payout of ${asked?.payout.organizationName ?? ""} as paid`}
        fields={[
          {
            name: "reference",
            label: "Reference",
            hint: "Where it was paid, such as the number of the transfer.",
          },
        ]}
        submit="Record as paid"
        isPending={markPaid.isPending}
        error={markPaid.error}
        onSubmit={({ reference = "" }) => markPaid.mutate({ payoutId, reference })}
      >
        <p>For a payout that was paid past Stripe. This cannot be undone.</p>
      </FormDialog>
      <FormDialog
        open={asked?.act === "fail"}
        onClose={close}
        title={`End the payout of ${asked?.payout.organizationName ?? ""}?`}
        fields={[{ name: "reason", label: "Reason", kind: "long", hint: "The partner is told." }]}
        submit="End it"
        tone="danger"
        isPending={fail.isPending}
        error={fail.error}
        onSubmit={({ reason = "" }) => fail.mutate({ payoutId, reason })}
      >
        <p>It will not happen. Its commission is available to the partner again.</p>
      </FormDialog>
    </>
  );
}

interface PayoutRowProps {
  readonly payout: PayoutItem;
  readonly onApprove: () => void;
  readonly onSend: () => void;
  readonly onAsk: (act: Act) => void;
}

function PayoutRow({ payout, onApprove, onSend, onAsk }: PayoutRowProps) {
  const isOpen = payout.status === "requested" || payout.status === "approved";
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 p-4">
      <div className="grid min-w-0 gap-1">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-medium">
            <Money nanoUsd={payout.amountNanoUsd} precision="cents" />
          </span>
          <Badge tone={isOpen ? "warning" : payout.status === "failed" ? "negative" : "positive"}>
            {payout.status}
          </Badge>
          <Link
            href={`/operator/organizations/${payout.organizationId}`}
            className="underline underline-offset-4"
          >
            {payout.organizationName}
          </Link>
        </p>
        <p className="flex flex-wrap gap-x-4 text-ink-2 text-sm">
          <Instant value={payout.createdAt} />
          <code className="break-all font-mono text-xs">{payout.id}</code>
          {payout.reason && <span>{payout.reason}</span>}
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
        {isOpen && (
          <Button variant="secondary" size="sm" onClick={() => onAsk("fail")} aria-label={`End ${payout.id}`}>
            End it
          </Button>
        )}
        {payout.status === "requested" && (
          <Button size="sm" onClick={onApprove} aria-label={`Approve ${payout.id}`}>
            Approve
          </Button>
        )}
        {payout.status === "approved" && (
          <>
            <Button
              variant="secondary"
              size="sm"
              onClick={() => onAsk("markPaid")}
              aria-label={`Record ${payout.id} as paid`}
            >
              Record as paid
            </Button>
            <Button size="sm" onClick={onSend} aria-label={`Send ${payout.id}`}>
              Send
            </Button>
          </>
        )}
      </div>
    </li>
  );
}
