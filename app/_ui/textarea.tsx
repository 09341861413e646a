"use client";

import type { ComponentProps } from "react";
import { cn } from "./cn";
import { controlStyles } from "./control-styles";
import { useFieldProps } from "./field-context";

/** Several lines of text. Inside a `Field` its label, hint and error are tied to it. */
export function Textarea({ className, rows = 4, ...rest }: ComponentProps<"textarea">) {
  return (
    <textarea
      {...useFieldProps()}
      {...rest}
      rows={rows}
      className={cn(controlStyles, "h-auto resize-y py-2 leading-6", className)}
    />
  );
}
