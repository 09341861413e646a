"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { type FormEvent, useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Checkbox } from "@/app/_ui/checkbox";
import { RadioCards } from "@/app/_ui/radio-cards";
import { commitmentText, SLA_TIERS } from "@/server/billing/commitments/terms";
import type { AppRouter } from "@/server/trpc";
import { Instant } from "../_parts/instant";
import { MutationError } from "../_parts/mutation-error";

type Quote = NonNullable<inferRouterOutputs<AppRouter>["commitments"]["view"]["quote"]>;
type PayBy = "card" | "invoice";

const WAYS = [
  { value: "card", title: "Card", description: "Kept with the first payment and charged each period." },
  { value: "invoice", title: "Invoice", description: "Sent each period, due in 30 days." },
];

/** An offer of ours: agreed to in its own words, which are never ticked beforehand, then paid at Stripe. */
export function CommitmentQuote({ quote, canPay }: { readonly quote: Quote; readonly canPay: boolean }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [payBy, setPayBy] = useState<PayBy>("card");
  const [hasAgreed, setAgreed] = useState(false);
  const consent = commitmentText(quote);
  const accept = useMutation(
    trpc.commitments.accept.mutationOptions({
      onSuccess: async ({ invoiceUrl }) => {
        if (invoiceUrl) window.location.assign(invoiceUrl);
        else await cache.invalidateQueries({ queryKey: trpc.commitments.view.queryKey() });
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (hasAgreed) accept.mutate({ commitmentId: quote.id, payBy, consent });
  };
  return (
    <form onSubmit={submit} className="grid gap-4 rounded-lg border border-line-strong p-4 sm:p-5" noValidate>
      <div className="grid gap-1">
        <h3 className="font-medium">Your quote</h3>
        <p className="text-ink-2 text-sm">
          {quote.discountBasisPoints / 100} % discount, {SLA_TIERS[quote.slaTier].label} service level:{" "}
          {SLA_TIERS[quote.slaTier].promise}. Valid until <Instant value={quote.validUntil} />.
        </p>
        {quote.note && <p className="whitespace-pre-wrap text-ink-2 text-sm">{quote.note}</p>}
      </div>
      <RadioCards
        label="How it is paid"
        value={payBy}
        onValueChange={(value) => setPayBy(value === "invoice" ? "invoice" : "card")}
        options={WAYS}
        className="lg:grid-cols-2"
      />
      <Checkbox
        label={<span className="text-ink-2 text-sm">{consent}</span>}
        checked={hasAgreed}
        onCheckedChange={setAgreed}
      />
      <MutationError error={accept.error} />
      {!canPay && (
        <p className="text-ink-2 text-sm">
          Commitments are billed through Stripe, which is not configured in this environment.
        </p>
      )}
      <Button
        type="submit"
        className="justify-self-start"
        disabled={!hasAgreed || !canPay}
        loading={accept.isPending || accept.isSuccess}
      >
        Accept and pay the first period
      </Button>
    </form>
  );
}
