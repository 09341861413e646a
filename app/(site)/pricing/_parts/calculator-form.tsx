"use client";

import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useRef, useState, useTransition } from "react";
import { Button } from "@/app/_ui/button";
import { Field, Input } from "@/app/_ui/field";
import { NativeSelect } from "@/app/_ui/native-select";
import { Spinner } from "@/app/_ui/spinner";
import { type Calculation, calculationPath, PRESETS, toQuantity, type Unit } from "./calculation";

const TYPING_PAUSE_MS = 300;

interface CalculatorFormProps {
  readonly calculation: Calculation;
  readonly models: readonly { readonly slug: string; readonly name: string }[];
  readonly fields: readonly { readonly unit: Unit; readonly label: string }[];
  readonly hasPresets: boolean;
}

type Part = Unit | "requests";

/** What a person has written into the fields of one model; a field that nobody has touched shows what the address says. */
type Written = Readonly<Partial<Record<Part, string>>>;

/**
 * Changes the address; the server calculates, with the code that bills. What is written stays as it was written: the answer
 * to an earlier state of the fields comes while somebody goes on, and takes nothing of it back.
 */
export function CalculatorForm({ calculation, models, fields, hasPresets }: CalculatorFormProps) {
  const router = useRouter();
  const [isPending, startTransition] = useTransition();
  const [slug, setSlug] = useState(calculation.slug);
  const [written, setWritten] = useState<Written>({});
  const asked = useRef(new Set<string>());
  const go = (next: Calculation) => {
    asked.current.add(identityOf(next));
    startTransition(() => router.replace(calculationPath(next), { scroll: false }));
  };
  const identity = identityOf(calculation);
  useEffect(() => {
    if (asked.current.delete(identity)) return;
    // Another model's numbers, or a link to this page: what was written was about something else.
    setSlug(calculation.slug);
    setWritten({});
  }, [identity, calculation.slug]);
  const calculate = useEffectEvent((texts: Written) => go(overlaid(calculation, texts)));
  useEffect(() => {
    if (Object.keys(written).length === 0) return;
    const timer = setTimeout(() => calculate(written), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [written]);
  const changeModel = (next: string) => {
    setSlug(next);
    setWritten({});
    go({ slug: next, requests: overlaid(calculation, written).requests, units: {} });
  };
  const field = (part: Part, label: string, quantity: bigint) => (
    <Quantity
      key={part}
      label={label}
      text={written[part] ?? String(quantity)}
      isDisabled={slug !== calculation.slug}
      onChange={(text) => setWritten((before) => ({ ...before, [part]: text }))}
    />
  );
  return (
    <div className="grid content-start gap-5">
      <NativeSelect
        label="Model"
        value={slug}
        options={models.map((model) => ({ value: model.slug, label: model.name }))}
        onValueChange={changeModel}
      />
      {hasPresets && (
        <div className="flex flex-wrap gap-2">
          {PRESETS.map((preset) => (
            <Button
              key={preset.name}
              variant="secondary"
              size="sm"
              onClick={() => setWritten((before) => ({ ...before, ...textsOf(preset.units, fields) }))}
            >
              {preset.name}
            </Button>
          ))}
        </div>
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        {fields.map(({ unit, label }) => field(unit, label, calculation.units[unit] ?? 0n))}
        {field("requests", "Requests a month", calculation.requests)}
      </div>
      <p aria-live="polite" className="flex h-5 items-center gap-2 text-ink-2 text-sm">
        {isPending && (
          <>
            <Spinner /> Calculating
          </>
        )}
      </p>
    </div>
  );
}

/** The same text for the same calculation, whatever the order of its units. */
function identityOf({ slug, requests, units }: Calculation): string {
  return [
    slug,
    requests,
    ...Object.entries(units)
      .map((unit) => unit.join())
      .sort(),
  ].join(" ");
}

/** The calculation with everything written that is a number. */
function overlaid(calculation: Calculation, { requests, ...units }: Written): Calculation {
  const numbers = Object.entries(units).flatMap(([unit, text]) => {
    const quantity = toQuantity(text);
    return quantity === null ? [] : [[unit, quantity] as const];
  });
  return {
    slug: calculation.slug,
    requests: toQuantity(requests) ?? calculation.requests,
    units: { ...calculation.units, ...Object.fromEntries(numbers) },
  };
}

/** The texts that fill every field with an example; units it does not name are zero. */
function textsOf(units: Calculation["units"], fields: CalculatorFormProps["fields"]): Written {
  return Object.fromEntries(fields.map(({ unit }) => [unit, String(units[unit] ?? 0n)]));
}

interface QuantityProps {
  readonly label: string;
  readonly text: string;
  readonly isDisabled: boolean;
  readonly onChange: (text: string) => void;
}

function Quantity({ label, text, isDisabled, onChange }: QuantityProps) {
  return (
    <Field
      label={label}
      error={toQuantity(text) === null ? "Enter a whole number up to 1,000,000,000." : undefined}
    >
      <Input
        inputMode="numeric"
        autoComplete="off"
        value={text}
        disabled={isDisabled}
        onChange={(event) => onChange(event.target.value)}
        className="tabular-nums"
      />
    </Field>
  );
}
