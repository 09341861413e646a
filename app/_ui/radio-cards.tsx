"use client";

import { type ReactNode, useId } from "react";
import { cn } from "./cn";

export interface RadioCardOption {
  readonly value: string;
  readonly title: ReactNode;
  readonly description?: ReactNode;
  /** The number or name that the choice is about, set large. */
  readonly figure?: ReactNode;
  /** What stands under the figure. */
  readonly figureNote?: ReactNode;
  readonly badge?: ReactNode;
  readonly disabled?: boolean;
}

interface RadioCardsProps {
  /** Name of the group for screen readers. */
  readonly label: string;
  readonly name?: string;
  readonly value: string;
  readonly onValueChange: (value: string) => void;
  readonly options: readonly RadioCardOption[];
  /** Columns and gaps of the grid. */
  readonly className?: string;
}

/** One of a few offers, each as large as what it says. Arrow keys move between them. */
export function RadioCards({ label, name, value, onValueChange, options, className }: RadioCardsProps) {
  const ownName = useId();
  return (
    <div
      role="radiogroup"
      aria-label={label}
      className={cn("grid gap-3 sm:grid-cols-2 lg:grid-cols-3", className)}
    >
      {options.map((option) => (
        <label
          key={option.value}
          className="group relative flex cursor-pointer flex-col rounded-xl border border-line bg-raised p-5 transition-colors hover:border-line-strong has-checked:border-accent has-checked:bg-accent-soft has-disabled:cursor-not-allowed has-disabled:opacity-60 has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2"
        >
          <span className="flex min-h-6 items-center gap-2.5">
            <input
              type="radio"
              name={name ?? ownName}
              value={option.value}
              checked={option.value === value}
              onChange={() => onValueChange(option.value)}
              disabled={option.disabled}
              className="grid size-4.5 shrink-0 appearance-none place-items-center rounded-full border border-control bg-raised outline-none before:size-1.5 before:rounded-full before:bg-accent-ink checked:border-accent checked:bg-accent not-checked:before:hidden"
            />
            <span className="font-medium">{option.title}</span>
            {option.badge && <span className="ml-auto">{option.badge}</span>}
          </span>
          {option.description && (
            <span className={cn("mt-2 text-ink-2 text-sm leading-6", option.figure && "mb-5")}>
              {option.description}
            </span>
          )}
          {option.figure && (
            <span className="mt-auto flex flex-wrap items-baseline gap-x-2">
              <span className="font-medium text-2xl tabular-nums tracking-tight">{option.figure}</span>
              {option.figureNote && <span className="text-ink-2 text-sm">{option.figureNote}</span>}
            </span>
          )}
        </label>
      ))}
    </div>
  );
}
