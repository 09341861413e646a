"use client";

import { Switch as BaseSwitch } from "@base-ui/react/switch";
import type { ReactNode } from "react";
import { cn } from "./cn";

interface SwitchProps {
  readonly label: ReactNode;
  readonly checked: boolean;
  readonly onCheckedChange: (checked: boolean) => void;
  readonly disabled?: boolean;
  readonly className?: string;
}

/** On or off, at once. */
export function Switch({ label, className, ...rest }: SwitchProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the Base UI switch inside
    <label className={cn("flex h-9 cursor-pointer items-center gap-2 text-sm", className)}>
      <BaseSwitch.Root
        {...rest}
        className="flex h-5 w-9 shrink-0 items-center rounded-full border border-control bg-sunken p-0.5 transition-colors data-checked:border-accent data-checked:bg-accent data-disabled:opacity-55"
      >
        <BaseSwitch.Thumb className="size-3.5 rounded-full bg-ink-2 transition-transform motion-reduce:transition-none data-checked:translate-x-4 data-checked:bg-accent-ink" />
      </BaseSwitch.Root>
      {label}
    </label>
  );
}
