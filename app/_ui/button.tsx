"use client";

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

export function Button(props: ButtonProps) {
  return props.type === "submit" ? <SubmitButton {...props} /> : <Shape {...props} isDeaf={false} />;
}

function SubmitButton(props: ButtonProps) {
  // Before the page listens, a browser would send the form by itself: to the page's own address, with what was typed in it.
  const isDeaf = !useInBrowser();
  return <Shape {...props} isDeaf={isDeaf} />;
}

function Shape({
  variant,
  size,
  loading = false,
  disabled = false,
  isDeaf,
  type = "button",
  className,
  children,
  onClick,
  ...rest
}: ButtonProps & { readonly isDeaf: boolean }) {
  return (
    <button
      {...rest}
      type={type}
      // An element that is disabled loses the focus; one that is busy only does nothing, not even send its form.
      disabled={(disabled || isDeaf) && !loading}
      aria-disabled={loading || undefined}
      aria-busy={loading || undefined}
      data-disabled={disabled || loading || isDeaf ? "" : undefined}
      onClick={loading ? (event) => event.preventDefault() : onClick}
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
    </button>
  );
}
