"use client";

import { Select as BaseSelect } from "@base-ui/react/select";
import { Check, ChevronDown } from "lucide-react";
import { cn } from "./cn";
import { controlStyles } from "./control-styles";

export interface SelectOption {
  readonly value: string;
  readonly label: string;
}

export interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly SelectOption[];
  readonly onValueChange: (value: string) => void;
  /** Keep the label for screen readers only, where the place says it already. */
  readonly hideLabel?: boolean;
  readonly name?: string;
  readonly disabled?: boolean;
  readonly className?: string;
}

/** One of a list. */
export function Select({
  label,
  value,
  options,
  onValueChange,
  hideLabel = false,
  name,
  disabled,
  className,
}: SelectProps) {
  return (
    <BaseSelect.Root
      items={options}
      value={value}
      onValueChange={(next) => onValueChange(next ?? "")}
      name={name}
      disabled={disabled}
    >
      <div className={cn("grid min-w-0 gap-1.5 sm:min-w-40", className)}>
        <BaseSelect.Label className={hideLabel ? "sr-only" : "w-fit font-medium text-sm"}>
          {label}
        </BaseSelect.Label>
        <BaseSelect.Trigger
          className={cn(controlStyles, "flex select-none items-center justify-between gap-2 text-left")}
        >
          <BaseSelect.Value className="truncate" />
          <BaseSelect.Icon>
            <ChevronDown aria-hidden="true" className="size-4 text-ink-2" />
          </BaseSelect.Icon>
        </BaseSelect.Trigger>
      </div>
      <BaseSelect.Portal>
        <BaseSelect.Positioner alignItemWithTrigger={false} sideOffset={4} className="z-50 outline-none">
          <BaseSelect.Popup className="max-h-[min(var(--available-height),22rem)] min-w-(--anchor-width) max-w-(--available-width) overflow-y-auto rounded-lg border border-line-strong bg-raised p-1 shadow-pop outline-none transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0">
            <BaseSelect.List>
              {options.map((option) => (
                <BaseSelect.Item
                  key={option.value}
                  value={option.value}
                  className="grid min-h-8 cursor-default select-none grid-cols-[1rem_1fr] items-center gap-2 rounded-md py-1 pr-3 pl-2 text-sm outline-none data-highlighted:bg-hover"
                >
                  <BaseSelect.ItemIndicator className="col-start-1">
                    <Check aria-hidden="true" className="size-4 text-accent" />
                  </BaseSelect.ItemIndicator>
                  <BaseSelect.ItemText className="col-start-2 min-w-0 break-words">
                    {option.label}
                  </BaseSelect.ItemText>
                </BaseSelect.Item>
              ))}
            </BaseSelect.List>
          </BaseSelect.Popup>
        </BaseSelect.Positioner>
      </BaseSelect.Portal>
    </BaseSelect.Root>
  );
}
