"use client";

import { useState } from "react";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { ButtonLink } from "@/app/_ui/button-link";
import { Card } from "@/app/_ui/card";
import { Field, Input } from "@/app/_ui/field";
import { formatMoney } from "@/app/_ui/format-money";
import { RadioCards } from "@/app/_ui/radio-cards";
import { type Choice, choiceFrom, judge } from "@/app/dashboard/billing/choice";
import {
  CUSTOM_PACK,
  MAX_SELF_SERVE_NANO_USD,
  MIN_ORDER_NANO_USD,
  PACKS,
  type Pack,
} from "@/server/billing/packs";

const least = formatMoney(MIN_ORDER_NANO_USD, "whole").text;
const most = formatMoney(MAX_SELF_SERVE_NANO_USD, "whole").text;

/** The six packs and an amount of one's own. Builder is chosen already; the button leads into the top-up. */
export function PackChooser() {
  const [choice, setChoice] = useState<Choice>(() => choiceFrom(null, null));
  const isCustom = choice.pack === CUSTOM_PACK;
  return (
    <div className="grid gap-4">
      <RadioCards
        label="Pack"
        name="pack"
        value={choice.pack}
        onValueChange={(pack) => setChoice({ ...choice, pack })}
        options={PACKS.map(toOption)}
      />
      <Card className="grid gap-x-8 gap-y-5 p-5 md:grid-cols-[minmax(0,1fr)_auto] md:items-start">
        <CustomAmount
          amountText={choice.amountText}
          isChosen={isCustom}
          onChange={(amountText) => setChoice({ pack: CUSTOM_PACK, amountText })}
        />
        <NextStep choice={choice} />
      </Card>
    </div>
  );
}

function toOption(pack: Pack) {
  return {
    value: pack.slug,
    title: pack.name,
    description: pack.purpose,
    figure: pack.amountNanoUsd
      ? `${formatMoney(pack.amountNanoUsd, "whole").text}${pack.isOpenEnded ? "+" : ""}`
      : "Custom",
    figureNote: "prepaid balance",
    badge: pack.isDefault ? <Badge tone="accent">Default</Badge> : undefined,
  };
}

interface CustomAmountProps {
  readonly amountText: string;
  readonly isChosen: boolean;
  readonly onChange: (amountText: string) => void;
}

function CustomAmount({ amountText, isChosen, onChange }: CustomAmountProps) {
  const { problem } = judge({ pack: CUSTOM_PACK, amountText });
  return (
    <Field
      label="Or a custom amount in US dollars"
      error={isChosen && amountText !== "" ? (problem ?? undefined) : undefined}
      hint={`${least} is the self-serve minimum. Whole cents up to ${most} are self-serve; above that the order goes to enterprise review and is paid by invoice.`}
    >
      <span className="relative block max-w-56">
        <span
          aria-hidden="true"
          className="pointer-events-none absolute inset-y-0 left-3 grid place-items-center text-ink-2"
        >
          $
        </span>
        <Input
          inputMode="decimal"
          autoComplete="off"
          placeholder="25.00"
          value={amountText}
          onChange={(event) => onChange(event.target.value)}
          className="pl-7"
        />
      </span>
    </Field>
  );
}

/** Where the choice leads: checkout, review, or nowhere yet. */
function NextStep({ choice }: { readonly choice: Choice }) {
  const pack = PACKS.find(({ slug }) => slug === choice.pack);
  const judged = judge(choice);
  if (pack?.path === "contact") {
    return (
      <div className="grid gap-2 md:max-w-72">
        <p className="text-ink-2 text-sm">
          A commitment begins with a conversation. Nothing is charged before you have accepted its terms.
        </p>
        <ButtonLink href="/enterprise" variant="secondary" size="lg">
          Ask for terms
        </ButtonLink>
      </div>
    );
  }
  if (judged.amountNanoUsd === null) {
    return (
      <div className="grid gap-2 md:max-w-72">
        <Button size="lg" disabled>
          Continue
        </Button>
        <p className="text-ink-2 text-sm">Enter an amount, or choose a pack.</p>
      </div>
    );
  }
  const href =
    choice.pack === CUSTOM_PACK
      ? `/dashboard/billing?amount=${encodeURIComponent(choice.amountText.trim())}`
      : `/dashboard/billing?pack=${choice.pack}`;
  const amount = formatMoney(
    judged.amountNanoUsd,
    judged.amountNanoUsd % 1_000_000_000n === 0n ? "whole" : "cents",
  );
  return (
    <div className="grid gap-2 md:max-w-72">
      <ButtonLink href={href} size="lg">
        {judged.needsReview ? "Request an invoice for" : "Add"} {amount.text}
        {pack?.isOpenEnded && "+"}
      </ButtonLink>
      <p className="text-ink-2 text-sm">
        {judged.needsReview
          ? "The order goes to enterprise review. Nothing is charged now."
          : "You sign in first, then confirm the amount."}
      </p>
    </div>
  );
}
