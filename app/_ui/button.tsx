"use client";

import { Button as BaseButton } from "@base-ui/react/button";
import type { ComponentProps } from "react";
import { type ButtonStyleProps, buttonStyles } from "./button-styles";
import { cn } from "./cn";
import { Spinner } from "./spinner";
import { useInBrowser } from "./use-in-browser";

export interface ButtonProps extends Omit<ComponentProps<"button">, "disabled">, ButtonStyleProps {
  /** Busy with what it was pressed for: keeps its size and its focus, cannot be pressed again. */
  readonly loading?: boolean;
  readonly disabled?: boolean;
}

export function Button({
  variant,
  size,
  loading = false,
  disabled = false,
  type = "button",
  className,
  children,
  ...rest
}: ButtonProps) {
  // Before the page listens, a browser would send the form by itself: to the page's own address, with what was typed in it.
  const isDeaf = !useInBrowser() && type === "submit";
  return (
    <BaseButton
      {...rest}
      type={type}
      disabled={disabled || loading || isDeaf}
      focusableWhenDisabled={loading}
      aria-busy={loading || undefined}
      className={cn(
        buttonStyles({ variant, size }),
        "relative",
        isDeaf && !disabled && "opacity-100!",
        className,
      )}
    >
      {loading && (
        <span className="absolute inset-0 grid place-items-center">
          <Spinner />
        </span>
      )}
      <span className={cn("inline-flex items-center gap-2", loading && "opacity-0")}>{children}</span>
    </BaseButton>
  );
}
