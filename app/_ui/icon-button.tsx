import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn";

interface IconButtonProps extends Omit<ComponentProps<"button">, "aria-label"> {
  /** What it does; its only name for people who do not see the icon. */
  readonly label: string;
  readonly icon: ReactNode;
}

export function IconButton({ label, icon, type = "button", className, ...rest }: IconButtonProps) {
  return (
    <button
      title={label}
      {...rest}
      type={type}
      aria-label={label}
      className={cn(
        "inline-grid size-8 shrink-0 place-items-center rounded-md text-ink-2 transition-colors hover:bg-hover hover:text-ink disabled:opacity-55 [&_svg]:size-4",
        className,
      )}
    >
      {icon}
    </button>
  );
}
