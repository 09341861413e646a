"use client";

import { useQueryClient } from "@tanstack/react-query";
import { parseAsString, useQueryState } from "nuqs";
import { type FormEvent, useState } from "react";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { Checkbox } from "@/app/_ui/checkbox";
import { Field, Input } from "@/app/_ui/field";
import { formatMoney } from "@/app/_ui/format-money";
import { Money } from "@/app/_ui/money";
import { RadioCards } from "@/app/_ui/radio-cards";
import { CUSTOM_PACK, MAX_SELF_SERVE_NANO_USD, MIN_ORDER_NANO_USD } from "@/server/billing/packs";
import { type Choice, choiceFrom, judge, ORDERABLE_PACKS } from "./choice";
import { useTopUp } from "./use-top-up";
import { WaitingNotice } from "./waiting-notice";

const OFFERS = [
  ...ORDERABLE_PACKS.map((pack) => ({
    value: pack.slug,
    title: pack.name,
    description: pack.purpose,
    figure: `${formatMoney(pack.amountNanoUsd ?? 0n, "whole").text}${pack.isOpenEnded ? "+" : ""}`,
    badge: pack.isDefault ? (
      <Badge tone="accent">Default</Badge>
    ) : pack.path === "review" ? (
      <Badge tone="neutral">Invoice</Badge>
    ) : undefined,
  })),
  { value: CUSTOM_PACK, title: "Custom amount", description: "Any amount in whole cents.", figure: "$ …" },
];

interface TopUpProps {
  readonly sandboxPayments: boolean;
  readonly cardPayments: boolean;
}

/** Two clicks: a pack (Builder is chosen already), then the button that names the amount. */
export function TopUp({ sandboxPayments, cardPayments }: TopUpProps) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [pack] = useQueryState("pack", parseAsString);
  const [amount] = useQueryState("amount", parseAsString);
  const [choice, setChoice] = useState<Choice>(() => choiceFrom(pack, amount));
  const [isTouched, setTouched] = useState(false);
  const [waitingId, setWaitingId] = useState<string | null>(null);
  const [savesCard, setSavesCard] = useState(false);
  const topUp = useTopUp((orderId) => {
    setWaitingId(orderId);
    void cache.invalidateQueries({ queryKey: trpc.billing.awaiting.queryKey() });
    void cache.invalidateQueries({ queryKey: trpc.billing.orders.pathKey() });
  });
  const judged = judge(choice);
  const isCustom = choice.pack === CUSTOM_PACK;
  const error = topUp.error ? toApiError(topUp.error) : null;
  const choose = (next: Choice) => {
    setChoice(next);
    setWaitingId(null);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTouched(true);
    if (judged.amountNanoUsd === null) return;
    const what = isCustom
      ? { pack: CUSTOM_PACK, amountUsd: choice.amountText.trim() }
      : { pack: choice.pack };
    void topUp.order(savesCard ? { ...what, savesCard } : what);
  };
  return (
    <Card className="p-5 sm:p-6">
      <form onSubmit={submit} className="grid gap-5" noValidate>
        <h2 className="font-medium text-lg">Top up</h2>
        <RadioCards
          label="Top up"
          name="pack"
          value={choice.pack}
          onValueChange={(slug) => choose({ ...choice, pack: slug })}
          options={OFFERS}
          className="xl:grid-cols-3"
        />
        {isCustom && (
          <Field
            label="Amount in US dollars"
            hint={
              <>
                <Money nanoUsd={MIN_ORDER_NANO_USD} precision="whole" /> to{" "}
                <Money nanoUsd={MAX_SELF_SERVE_NANO_USD} precision="whole" /> is paid at once. Larger amounts
                are reviewed and invoiced.
              </>
            }
            error={isTouched ? (judged.problem ?? undefined) : undefined}
          >
            <Input
              inputMode="decimal"
              autoComplete="off"
              placeholder="25.00"
              value={choice.amountText}
              onChange={(event) => choose({ ...choice, amountText: event.target.value })}
              onBlur={() => choice.amountText !== "" && setTouched(true)}
              className="max-w-52"
            />
          </Field>
        )}
        {error && (
          <p role="alert" className="text-negative">
            {error.message}
          </p>
        )}
        <WaitingNotice orderId={waitingId} />
        {cardPayments && !judged.needsReview && (
          <Checkbox
            label="Save the card for auto-recharge. Nothing is charged to it until you turn that on."
            checked={savesCard}
            onCheckedChange={setSavesCard}
          />
        )}
        <div className="flex flex-wrap items-center gap-4">
          <Button type="submit" size="lg" loading={topUp.isPending}>
            <span>
              {judged.needsReview ? "Request an invoice" : "Top up"}
              {judged.amountNanoUsd !== null && (
                <>
                  {judged.needsReview && " for"} <Money nanoUsd={judged.amountNanoUsd} precision="cents" />
                </>
              )}
            </span>
          </Button>
          <p className="max-w-prose text-ink-2 text-sm">
            {judged.needsReview
              ? "We review the order and send an invoice. Nothing is charged now."
              : sandboxPayments
                ? "Leads to the sandbox checkout: no real money moves in this environment."
                : cardPayments && "Leads to Stripe's checkout. A tax id can be added there."}
          </p>
        </div>
      </form>
    </Card>
  );
}
