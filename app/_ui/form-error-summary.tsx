"use client";

import { CircleAlert } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";

interface FormErrorSummaryProps {
  /** What went wrong as a whole; nothing is drawn while it is null. */
  readonly message: ReactNode;
  /** The fields at fault, each with the id of its control. */
  readonly fields?: readonly { readonly id: string; readonly message: string }[];
  readonly requestId?: string | null;
}

/** Stands above a form that was refused and takes the focus, so that nobody misses it. */
export function FormErrorSummary({ message, fields = [], requestId }: FormErrorSummaryProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (message) box.current?.focus();
  }, [message]);
  if (!message) return null;
  return (
    <div
      ref={box}
      role="alert"
      tabIndex={-1}
      className="flex gap-2.5 rounded-lg border border-negative/40 bg-negative-soft p-3 text-negative text-sm"
    >
      <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
      <div className="grid min-w-0 gap-1">
        <p>{message}</p>
        {fields.length > 0 && (
          <ul className="list-disc pl-4">
            {fields.map((field) => (
              <li key={field.id}>
                <a href={`#${field.id}`} className="underline underline-offset-4">
                  {field.message}
                </a>
              </li>
            ))}
          </ul>
        )}
        {requestId && <p className="break-all font-mono text-xs">Request {requestId}</p>}
      </div>
    </div>
  );
}
