import { cva } from "class-variance-authority";
import type { ReactNode } from "react";
import { cn } from "./cn";

const styles = cva(
  "inline-flex h-5.5 w-fit shrink-0 items-center gap-1.5 whitespace-nowrap rounded-full px-2 font-medium text-xs",
  {
    variants: {
      tone: {
        neutral: "bg-hover text-ink-2",
        accent: "bg-accent-soft text-link ring-1 ring-accent/25 ring-inset",
        positive: "bg-positive-soft text-positive",
        warning: "bg-warning-soft text-warning",
        negative: "bg-negative-soft text-negative",
      },
    },
    defaultVariants: { tone: "neutral" },
  },
);

export type Tone = "neutral" | "accent" | "positive" | "warning" | "negative";

interface BadgeProps {
  readonly tone?: Tone;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A word about something. The word says it; the colour only repeats it. */
export function Badge({ tone = "neutral", className, children }: BadgeProps) {
  return <span className={cn(styles({ tone }), className)}>{children}</span>;
}
