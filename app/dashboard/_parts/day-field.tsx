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
        max="9999-12-31"
        value={value?.toISOString().slice(0, 10) ?? ""}
        onChange={(event) => {
          const text = event.target.value;
          const day = new Date(`${text}T00:00:00Z`);
          if (text === "") onChange(null);
          // A year of five digits is a day to the browser and none to us.
          else if (!Number.isNaN(day.getTime())) onChange(day);
        }}
      />
    </Field>
  );
}
