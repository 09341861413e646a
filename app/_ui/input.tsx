"use client";

import { Input as BaseInput } from "@base-ui/react/input";
import type { ComponentProps } from "react";
import { cn } from "./cn";
import { controlStyles } from "./control-styles";

/** One line of text. Inside a `Field` its label, hint and error are tied to it. */
export function Input({ className, type = "text", ...rest }: ComponentProps<"input">) {
  return <BaseInput {...rest} type={type} className={cn(controlStyles, className)} />;
}
