"use client";

import { CircleAlert, TriangleAlert } from "lucide-react";
import { type ReactNode, useId } from "react";
import { cn } from "./cn";
import { FieldContext } from "./field-context";

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
  const id = useId();
  const parts = { error: `${id}-error`, warning: `${id}-warning`, hint: `${id}-hint` };
  const describedBy = [error && parts.error, warning && parts.warning, hint && parts.hint]
    .filter(Boolean)
    .join(" ");
  return (
    <FieldContext value={{ controlId: id, describedBy: describedBy || undefined, isInvalid: Boolean(error) }}>
      <div className={cn("grid content-start gap-1.5", className)}>
        <label htmlFor={id} className="w-fit font-medium text-sm">
          {label}
        </label>
        {children}
        {error && (
          <div id={parts.error} className="flex gap-1.5 text-negative text-sm">
            <CircleAlert aria-hidden="true" className="mt-1 size-3.5 shrink-0" />
            <span>{error}</span>
          </div>
        )}
        {warning && (
          <p id={parts.warning} className="flex gap-1.5 text-sm text-warning">
            <TriangleAlert aria-hidden="true" className="mt-1 size-3.5 shrink-0" />
            <span className="min-w-0 break-words">{warning}</span>
          </p>
        )}
        {hint && (
          <p id={parts.hint} className="text-ink-2 text-sm">
            {hint}
          </p>
        )}
      </div>
    </FieldContext>
  );
}
