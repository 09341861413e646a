"use client";

import type { ComponentProps } from "react";
import { cn } from "./cn";
import { controlStyles } from "./control-styles";
import { useFieldProps } from "./field-context";

/** One line of text. Inside a `Field` its label, hint and error are tied to it. */
export function Input({ className, type = "text", ...rest }: ComponentProps<"input">) {
  return <input {...useFieldProps()} {...rest} type={type} className={cn(controlStyles, className)} />;
}
