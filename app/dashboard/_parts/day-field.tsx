"use client";

import { Field, Input } from "@/app/_ui/field";

interface DayFieldProps {
  readonly label: string;
  /** Midnight UTC of the day. */
  readonly value: Date | null;
  readonly onChange: (value: Date | null) => void;
}

/** One UTC day, or none. */
export function DayField({ label, value, onChange }: DayFieldProps) {
  return (
    <Field label={label}>
      <Input
        type="date"
        value={value?.toISOString().slice(0, 10) ?? ""}
        onChange={(event) => {
          const text = event.target.value;
          onChange(text === "" ? null : new Date(`${text}T00:00:00Z`));
        }}
      />
    </Field>
  );
}
