"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { Field, Input } from "@/app/_ui/field";
import { RadioCards } from "@/app/_ui/radio-cards";
import { MIN_CONVERSION_NANO_USD, MIN_PAYOUT_NANO_USD } from "@/server/billing/partners/terms";
import { parseUsd, toDecimalUsd, toWholeCents } from "@/server/platform/money";
import { MutationError } from "../_parts/mutation-error";
import type { Partner } from "./partner-screen";

const WAYS = [
  { value: "request", title: "Payout", description: "Looked at by us, then paid to you." },
  { value: "convert", title: "Balance", description: "Added to your API balance at once." },
];
type Way = "request" | "convert";

interface TakeOutProps {
  readonly partner: Partner;
  readonly stripePayouts: boolean;
}

/** Available commission, paid out or kept as balance. */
export function TakeOut({ partner, stripePayouts }: TakeOutProps) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [way, setWay] = useState<Way>("request");
  const [amount, setAmount] = useState("");
  const onSuccess = async () => {
    setAmount("");
    await Promise.all([
      cache.invalidateQueries({ queryKey: trpc.partner.view.queryKey() }),
      cache.invalidateQueries({ queryKey: trpc.billing.summary.queryKey() }),
    ]);
  };
  const request = useMutation(trpc.partner.request.mutationOptions({ onSuccess }));
  const convert = useMutation(trpc.partner.convert.mutationOptions({ onSuccess }));
  const take = way === "request" ? request : convert;
  const problem = problemOf(amount, way, partner.standing.availableNanoUsd);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (amount !== "" && !problem) take.mutate({ amountUsd: amount });
  };
  return (
    <Card className="grid gap-5 p-5 sm:p-6">
      <h2 className="font-medium text-lg">Take out</h2>
      <form onSubmit={submit} className="grid gap-4" noValidate>
        <RadioCards
          label="What becomes of it"
          value={way}
          onValueChange={(value) => setWay(value === "convert" ? "convert" : "request")}
          options={WAYS}
          className="lg:grid-cols-2"
        />
        <div className="max-w-72">
          <Field
            label="Amount in US dollars"
            hint={`$${toDecimalUsd(partner.standing.availableNanoUsd)} available`}
            error={amount === "" ? undefined : (problem ?? undefined)}
          >
            <Input
              inputMode="decimal"
              autoComplete="off"
              value={amount}
              onChange={(event) => setAmount(event.target.value)}
            />
          </Field>
        </div>
        <MutationError error={take.error} />
        {take.isSuccess && (
          <p role="status" className="text-positive">
            {way === "request"
              ? "Asked for. You see here when it is approved and paid."
              : "Added to your balance."}
          </p>
        )}
        <Button
          type="submit"
          className="justify-self-start"
          disabled={amount === "" || problem !== null}
          loading={take.isPending}
        >
          {way === "request" ? "Ask for a payout" : "Keep as balance"}
        </Button>
      </form>
      <Destination hasAccount={partner.hasStripeAccount} stripePayouts={stripePayouts} />
    </Card>
  );
}

/** Where payouts go. */
function Destination({
  hasAccount,
  stripePayouts,
}: {
  readonly hasAccount: boolean;
  readonly stripePayouts: boolean;
}) {
  const trpc = useTRPC();
  const connect = useMutation(
    trpc.partner.connect.mutationOptions({ onSuccess: ({ url }) => window.location.assign(url) }),
  );
  if (!stripePayouts)
    return (
      <p className="max-w-prose text-ink-2 text-sm">
        Payouts are made by hand: we write to your owner's address about where the money should go.
      </p>
    );
  return (
    <div className="grid gap-3">
      <p className="max-w-prose text-ink-2 text-sm">
        {hasAccount
          ? "Payouts go to your account at Stripe."
          : "Tell Stripe where payouts go. Until then we pay by hand and write to your owner's address."}
      </p>
      <MutationError error={connect.error} />
      <Button
        variant="secondary"
        size="sm"
        className="justify-self-start"
        loading={connect.isPending || connect.isSuccess}
        onClick={() => connect.mutate()}
      >
        {hasAccount ? "Change payout account" : "Set up payout account"}
      </Button>
    </div>
  );
}

/** The server decides; this says the same beforehand. */
function problemOf(text: string, way: Way, availableNanoUsd: bigint): string | null {
  const amount = parseUsd(text);
  const least = way === "request" ? MIN_PAYOUT_NANO_USD : MIN_CONVERSION_NANO_USD;
  if (amount === null || toWholeCents(amount) === null)
    return "Enter dollars and cents, such as 50 or 50.25.";
  if (amount < least) return `The smallest amount is $${toDecimalUsd(least)}.`;
  if (amount > availableNanoUsd) return `$${toDecimalUsd(availableNanoUsd)} is available.`;
  return null;
}
