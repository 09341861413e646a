import { Button as BaseButton } from "@base-ui/react/button";
import type { ComponentProps } from "react";
import { type ButtonStyleProps, buttonStyles } from "./button-styles";
import { cn } from "./cn";
import { Spinner } from "./spinner";

export { buttonStyles } from "./button-styles";

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
  return (
    <BaseButton
      {...rest}
      type={type}
      disabled={disabled || loading}
      focusableWhenDisabled={loading}
      aria-busy={loading || undefined}
      className={cn(buttonStyles({ variant, size }), "relative", className)}
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
