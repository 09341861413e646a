"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef, useState, useTransition } from "react";
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

/** Changes the address; the server calculates, with the code that bills. */
export function CalculatorForm({ calculation, models, fields, hasPresets }: CalculatorFormProps) {
  const router = useRouter();
  const [isPending, startTransition] = useTransition();
  // What was asked for last. Two fields may change before the first answer is there: neither may undo the other.
  const wanted = useRef(calculation);
  useEffect(() => {
    if (!isPending) wanted.current = calculation;
  }, [calculation, isPending]);
  const go = (next: Calculation) => {
    wanted.current = next;
    startTransition(() => router.replace(calculationPath(next), { scroll: false }));
  };
  const { units, requests, slug } = calculation;
  return (
    <div className="grid content-start gap-5">
      <NativeSelect
        label="Model"
        value={slug}
        options={models.map((model) => ({ value: model.slug, label: model.name }))}
        onValueChange={(next) => go({ slug: next, requests, units: {} })}
      />
      {hasPresets && (
        <div className="flex flex-wrap gap-2">
          {PRESETS.map((preset) => (
            <Button
              key={preset.name}
              variant="secondary"
              size="sm"
              onClick={() => go({ slug, requests, units: preset.units })}
            >
              {preset.name}
            </Button>
          ))}
        </div>
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        {fields.map(({ unit, label }) => (
          <Quantity
            key={`${slug}-${unit}`}
            label={label}
            value={units[unit] ?? 0n}
            onChange={(quantity) =>
              go({ ...wanted.current, units: { ...wanted.current.units, [unit]: quantity } })
            }
          />
        ))}
        <Quantity
          label="Requests a month"
          value={requests}
          onChange={(quantity) => go({ ...wanted.current, requests: quantity })}
        />
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

interface QuantityProps {
  readonly label: string;
  readonly value: bigint;
  readonly onChange: (value: bigint) => void;
}

function Quantity({ label, value, onChange }: QuantityProps) {
  const [text, setText] = useState(String(value));
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // The address can change without this field: by a preset, or by going back.
  useEffect(() => setText(String(value)), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    const quantity = toQuantity(next);
    if (quantity !== null) timer.current = setTimeout(() => onChange(quantity), TYPING_PAUSE_MS);
  };
  return (
    <Field
      label={label}
      error={toQuantity(text) === null ? "Enter a whole number up to 1,000,000,000." : undefined}
    >
      <Input
        inputMode="numeric"
        autoComplete="off"
        value={text}
        onChange={(event) => change(event.target.value)}
        className="tabular-nums"
      />
    </Field>
  );
}
