"use client";

import { Checkbox as BaseCheckbox } from "@base-ui/react/checkbox";
import { Check } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn";

interface CheckboxProps {
  readonly label: ReactNode;
  readonly checked?: boolean;
  readonly defaultChecked?: boolean;
  readonly onCheckedChange?: (checked: boolean) => void;
  readonly name?: string;
  readonly required?: boolean;
  readonly disabled?: boolean;
  readonly className?: string;
}

/** A box to tick, with its label as part of the target. */
export function Checkbox({ label, className, ...rest }: CheckboxProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the Base UI checkbox inside
    <label
      className={cn("flex min-h-6 w-fit cursor-pointer items-start gap-2.5 text-[0.9375rem]", className)}
    >
      <BaseCheckbox.Root
        {...rest}
        className="mt-0.5 grid size-5 shrink-0 place-items-center rounded-[5px] border border-control bg-raised transition-colors data-checked:border-accent data-checked:bg-accent data-disabled:opacity-55"
      >
        <BaseCheckbox.Indicator>
          <Check aria-hidden="true" className="size-3.5 text-accent-ink" strokeWidth={3} />
        </BaseCheckbox.Indicator>
      </BaseCheckbox.Root>
      <span className="min-w-0">{label}</span>
    </label>
  );
}
