"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Banner } from "@/app/_ui/banner";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { formatMoney } from "@/app/_ui/format-money";
import { Meter } from "@/app/_ui/meter";
import { Money } from "@/app/_ui/money";
import { Skeleton } from "@/app/_ui/skeleton";
import { SCHEDULES, SLA_TIERS } from "@/server/billing/commitments/terms";
import type { AppRouter } from "@/server/trpc";
import { ConfirmDialog } from "../_parts/confirm-dialog";
import { Instant } from "../_parts/instant";
import { QueryView } from "../_parts/query-view";
import { CommitmentQuote } from "./commitment-quote";

type View = inferRouterOutputs<AppRouter>["commitments"]["view"];
type Current = NonNullable<View["current"]>;

const STATUS = {
  accepted: { tone: "accent", label: "Awaiting first payment" },
  active: { tone: "positive", label: "Active" },
  past_due: { tone: "warning", label: "Past due" },
  canceled: { tone: "neutral", label: "Ended" },
} as const;

/** The yearly commitment: the quote to accept, how the running year goes, and its end. */
export function Commitment() {
  const trpc = useTRPC();
  const query = useQuery(trpc.commitments.view.queryOptions(undefined, { staleTime: 0 }));
  return (
    <Card className="grid gap-5 p-5 sm:p-6">
      <QueryView query={query} skeleton={<Skeleton className="h-24" />}>
        {(view) => (
          <>
            <Head current={view.current} />
            {view.quote && <CommitmentQuote quote={view.quote} canPay={view.cardPayments} />}
            {view.current && <Running view={view} current={view.current} />}
            {!view.quote && !view.current && (
              <p className="max-w-prose text-ink-2">
                A yearly amount with a discount and a service level, paid monthly, quarterly or once. We write
                the quote; it appears here to be accepted.{" "}
                <Link href="/enterprise" className="underline underline-offset-4">
                  Ask for terms
                </Link>
              </p>
            )}
          </>
        )}
      </QueryView>
    </Card>
  );
}

function Head({ current }: Pick<View, "current">) {
  const status = current && current.status in STATUS ? STATUS[current.status as keyof typeof STATUS] : null;
  return (
    <h2 className="flex items-center gap-3 font-medium text-lg">
      Annual commitment
      {status && <Badge tone={status.tone}>{status.label}</Badge>}
    </h2>
  );
}

function Running({ view, current }: { readonly view: View; readonly current: Current }) {
  const { period, standing } = view;
  return (
    <>
      {current.status === "past_due" && (
        <Banner tone="warning" action={<InvoiceLink url={current.invoiceUrl} label="Pay the invoice" />}>
          A payment is late. The next period is credited when it is paid.
        </Banner>
      )}
      {current.status === "accepted" && (
        <Banner tone="info" action={<InvoiceLink url={current.invoiceUrl} label="Pay the first invoice" />}>
          It begins, and its first period is credited, when the first invoice is paid.
        </Banner>
      )}
      <p className="max-w-prose text-ink-2">
        <Money nanoUsd={current.yearlyNanoUsd} precision="cents" /> a year, {SLA_TIERS[current.slaTier].label}{" "}
        service level: {SLA_TIERS[current.slaTier].promise}.
        {period && (
          <>
            {" "}
            You pay <Money nanoUsd={period.priceNanoUsd} precision="cents" />{" "}
            {SCHEDULES[current.schedule].label} and get{" "}
            <Money nanoUsd={period.creditNanoUsd} precision="cents" />.
          </>
        )}
      </p>
      {standing && <Standing standing={standing} />}
      <Dates current={current} />
      {view.periods.length > 0 && <Periods periods={view.periods} />}
      {current.status !== "canceled" && !current.endsAt && <Cancel current={current} />}
    </>
  );
}

function Standing({ standing }: { readonly standing: NonNullable<View["standing"]> }) {
  const { yearlyNanoUsd, usedNanoUsd, creditedNanoUsd, shortfallNanoUsd } = standing;
  const share = (part: bigint) => Number((part * 10_000n) / yearlyNanoUsd) / 10_000;
  const text = (part: bigint) =>
    `${formatMoney(part, "cents").text} of ${formatMoney(yearlyNanoUsd, "cents").text}`;
  return (
    <div className="grid gap-4">
      <Meter label="Credited this year" share={share(creditedNanoUsd)} text={text(creditedNanoUsd)} />
      <Meter
        label="Used this year"
        share={share(usedNanoUsd)}
        text={text(usedNanoUsd)}
        tone={shortfallNanoUsd > 0n ? "warning" : "accent"}
      />
      <p className="text-ink-2 text-sm">
        {shortfallNanoUsd > 0n ? (
          <>
            Shortfall: spending is <Money nanoUsd={shortfallNanoUsd} precision="cents" /> behind an even pace
            over the year. What is credited stays yours.
          </>
        ) : (
          "No shortfall: spending keeps pace with the year."
        )}
      </p>
    </div>
  );
}

function Dates({ current }: { readonly current: Current }) {
  if (current.status === "canceled")
    return current.endedAt ? (
      <p className="text-ink-2 text-sm">
        Ended <Instant value={current.endedAt} isExact />. What was credited stays.
      </p>
    ) : null;
  return (
    <p className="text-ink-2 text-sm">
      {current.endsAt ? (
        <>
          Canceled: it ends <Instant value={current.endsAt} isExact />.
        </>
      ) : (
        current.periodEnd && (
          <>
            {current.status === "past_due" ? "Paid until" : "Next period:"}{" "}
            <Instant value={current.periodEnd} isExact />.
          </>
        )
      )}
    </p>
  );
}

function Periods({ periods }: Pick<View, "periods">) {
  return (
    <ul className="grid gap-1 text-ink-2 text-sm" aria-label="Paid periods">
      {periods.map((one) => (
        <li key={one.orderId} className="flex flex-wrap gap-x-2">
          <span>
            <Money nanoUsd={one.creditNanoUsd} precision="cents" /> credited for{" "}
            <Money nanoUsd={one.priceNanoUsd} precision="cents" />,
          </span>
          {one.paidAt && <Instant value={one.paidAt} />}
        </li>
      ))}
    </ul>
  );
}

function Cancel({ current }: { readonly current: Current }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const cancel = useMutation(
    trpc.commitments.cancel.mutationOptions({
      onSuccess: async () => {
        await cache.invalidateQueries({ queryKey: trpc.commitments.view.queryKey() });
        setAsking(false);
      },
    }),
  );
  return (
    <>
      <Button variant="secondary" size="sm" className="justify-self-start" onClick={() => setAsking(true)}>
        Cancel commitment
      </Button>
      <ConfirmDialog
        open={isAsking}
        onClose={() => setAsking(false)}
        title="Cancel the commitment"
        confirm="Cancel commitment"
        cancel="Keep it"
        isPending={cancel.isPending}
        error={cancel.error}
        onConfirm={() => cancel.mutate({ commitmentId: current.id })}
      >
        {current.startedAt
          ? "It ends with its running year: the periods until then are still due, and it does not renew. The discount and the service level end with it."
          : "Its first invoice is void, and nothing was charged."}
      </ConfirmDialog>
    </>
  );
}

function InvoiceLink({ url, label }: { readonly url: string | null; readonly label: string }) {
  if (!url) return null;
  return (
    <a href={url} className="font-medium underline underline-offset-4">
      {label}
      <span className="sr-only"> (opens the payment provider's page)</span>
    </a>
  );
}
