"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Checkbox } from "@/app/_ui/checkbox";
import { Field, Input } from "@/app/_ui/field";
import { consentText, type RechargeTerms } from "@/server/billing/auto-recharge/terms";
import { parseUsd, toDecimalUsd } from "@/server/platform/money";

interface FormProps {
  readonly settings: RechargeTerms | null;
  readonly onDone: () => void;
}

const FIELDS = [
  { name: "thresholdUsd", label: "When the balance falls below", start: "10.00" },
  { name: "amountUsd", label: "Add", start: "50.00" },
  { name: "monthlyCapUsd", label: "At most in a month", start: "200.00" },
] as const;
type Name = (typeof FIELDS)[number]["name"];

/** The terms of automatic top-ups. The consent names the amounts, is never ticked beforehand, and ends with every change. */
export function AutoRechargeForm({ settings, onDone }: FormProps) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [values, setValues] = useState<Readonly<Record<Name, string>>>(() => startFrom(settings));
  const [agreedTo, setAgreedTo] = useState<string | null>(null);
  const save = useMutation(
    trpc.billing.enableAutoRecharge.mutationOptions({
      onSuccess: async () => {
        await cache.invalidateQueries({ queryKey: trpc.billing.autoRecharge.queryKey() });
        onDone();
      },
    }),
  );
  const terms = toTerms(values);
  const consent = terms && consentText(terms);
  const error = save.error ? toApiError(save.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (consent && agreedTo === consent) save.mutate({ ...values, consent });
  };
  return (
    <form onSubmit={submit} className="grid gap-4" noValidate>
      <div className="grid gap-4 sm:grid-cols-3">
        {FIELDS.map(({ name, label }) => (
          <Field
            key={name}
            label={`${label} (USD)`}
            error={parseUsd(values[name]) === null ? "Enter dollars and cents, such as 25.00." : undefined}
          >
            <Input
              inputMode="decimal"
              autoComplete="off"
              value={values[name]}
              onChange={(event) => setValues({ ...values, [name]: event.target.value })}
            />
          </Field>
        ))}
      </div>
      {consent && (
        <Checkbox
          label={<span className="text-ink-2 text-sm">{consent}</span>}
          checked={agreedTo === consent}
          onCheckedChange={(isTicked) => setAgreedTo(isTicked ? consent : null)}
        />
      )}
      {error && (
        <p role="alert" className="text-negative">
          {error.message}
        </p>
      )}
      <div className="flex flex-wrap gap-3">
        <Button type="submit" disabled={!consent || agreedTo !== consent} loading={save.isPending}>
          Turn on auto-recharge
        </Button>
        <Button variant="ghost" onClick={onDone}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

function startFrom(settings: RechargeTerms | null): Record<Name, string> {
  const [threshold, amount, cap] = FIELDS;
  return {
    thresholdUsd: settings ? toDecimalUsd(settings.thresholdNanoUsd) : threshold.start,
    amountUsd: settings ? toDecimalUsd(settings.amountNanoUsd) : amount.start,
    monthlyCapUsd: settings ? toDecimalUsd(settings.monthlyCapNanoUsd) : cap.start,
  };
}

function toTerms(values: Readonly<Record<Name, string>>): RechargeTerms | null {
  const thresholdNanoUsd = parseUsd(values.thresholdUsd);
  const amountNanoUsd = parseUsd(values.amountUsd);
  const monthlyCapNanoUsd = parseUsd(values.monthlyCapUsd);
  if (thresholdNanoUsd === null || amountNanoUsd === null || monthlyCapNanoUsd === null) return null;
  return { thresholdNanoUsd, amountNanoUsd, monthlyCapNanoUsd };
}
