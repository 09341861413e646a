import { cn } from "./cn";

interface MeterProps {
  readonly label: string;
  /** Share that is used, 0 to 1; more than 1 is drawn as full. */
  readonly share: number;
  /** The same in words: "$12.00 of $50.00". */
  readonly text: string;
  readonly tone?: "accent" | "warning" | "negative";
}

const BARS = { accent: "bg-accent", warning: "bg-warning", negative: "bg-negative" } as const;

/** How much of something is used. */
export function Meter({ label, share, text, tone = "accent" }: MeterProps) {
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <div className="grid gap-1.5 text-sm">
      <div className="flex flex-wrap justify-between gap-x-4">
        <span>{label}</span>
        <span className="text-ink-2 tabular-nums">{text}</span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: browsers do not let a native meter be styled */}
      <div
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={text}
        className="h-1.5 overflow-hidden rounded-full bg-hover"
      >
        <div className={cn("h-full rounded-full", BARS[tone])} style={{ width: `${percent}%` }} />
      </div>
    </div>
  );
}
