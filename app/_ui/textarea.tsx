"use client";

import { Field } from "@base-ui/react/field";
import type { ComponentProps } from "react";
import { cn } from "./cn";
import { controlStyles } from "./control-styles";

/** Several lines of text. Inside a `Field` its label, hint and error are tied to it. */
export function Textarea({ className, rows = 4, ...rest }: ComponentProps<"textarea">) {
  return (
    <Field.Control
      render={<textarea {...rest} rows={rows} />}
      className={cn(controlStyles, "h-auto resize-y py-2 leading-6", className)}
    />
  );
}
