"use client";

import { Field as BaseField } from "@base-ui/react/field";
import { CircleAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn";

export { Input } from "./input";
export { PasswordInput } from "./password-input";

interface FieldProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  /** What is wrong with the value, in words that say what to do. */
  readonly error?: ReactNode;
  /** What is odd about the value, although it may be kept. */
  readonly warning?: ReactNode;
  readonly className?: string;
  /** The control: `Input`, `PasswordInput` or `Textarea`. */
  readonly children: ReactNode;
}

/** A control with its label, its hint and its error, tied together for screen readers. */
export function Field({ label, hint, error, warning, className, children }: FieldProps) {
  return (
    <BaseField.Root invalid={Boolean(error)} className={cn("grid content-start gap-1.5", className)}>
      <BaseField.Label className="w-fit font-medium text-sm">{label}</BaseField.Label>
      {children}
      {error && (
        <BaseField.Error match className="flex gap-1.5 text-negative text-sm">
          <CircleAlert aria-hidden="true" className="mt-1 size-3.5 shrink-0" />
          <span>{error}</span>
        </BaseField.Error>
      )}
      {warning && (
        <BaseField.Description className="flex gap-1.5 text-sm text-warning">
          <TriangleAlert aria-hidden="true" className="mt-1 size-3.5 shrink-0" />
          <span className="min-w-0 break-words">{warning}</span>
        </BaseField.Description>
      )}
      {hint && <BaseField.Description className="text-ink-2 text-sm">{hint}</BaseField.Description>}
    </BaseField.Root>
  );
}
