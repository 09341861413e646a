"use client";

import type { FieldErrors, UseFormRegisterReturn } from "react-hook-form";
import { Field, Input } from "@/app/_ui/field";

/** Whom the answer goes to, as far as the session knows. */
export interface KnownSender {
  readonly name: string;
  readonly email: string;
  readonly organizationName: string;
}

interface SenderFieldsProps {
  /** Null for visitors, who have to say it. */
  readonly known: KnownSender | null;
  readonly name: UseFormRegisterReturn;
  readonly email: UseFormRegisterReturn;
  readonly errors: FieldErrors<{ name: string; email: string }>;
  readonly refused: Readonly<Record<string, string>>;
}

/** Name and address; of whom is signed in both are known and only shown. */
export function SenderFields({ known, name, email, errors, refused }: SenderFieldsProps) {
  if (known) {
    return (
      <p className="rounded-lg bg-sunken px-3 py-2.5 text-ink-2 text-sm">
        You write as <span className="break-all font-medium text-ink">{known.email}</span> for{" "}
        <span className="font-medium text-ink">{known.organizationName}</span>. Everybody in it can read the
        ticket on the dashboard.
      </p>
    );
  }
  return (
    <div className="grid gap-5 sm:grid-cols-2">
      <Field label="Name" error={errors.name?.message ?? refused.name}>
        <Input autoComplete="name" {...name} />
      </Field>
      <Field label="E-mail address" error={errors.email?.message ?? refused.email}>
        <Input type="email" autoComplete="email" inputMode="email" {...email} />
      </Field>
    </div>
  );
}
