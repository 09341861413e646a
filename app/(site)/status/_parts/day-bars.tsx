import { cn } from "@/app/_ui/cn";

interface DayBarsProps {
  readonly name: string;
  /** `YYYY-MM-DD`, oldest first. */
  readonly days: readonly string[];
  /** Successful share by day; absent without traffic. */
  readonly shares: Readonly<Record<string, number>>;
}

const PERCENT = 100;
/** On phones the older days are left out, so that a bar stays wide enough to see. */
const PHONE_DAYS = 30;

/** A bar a day, and the same in words for who cannot see it. */
export function DayBars({ name, days, shares }: DayBarsProps) {
  const known = days.flatMap((day) => shares[day] ?? []);
  const average = known.length === 0 ? null : known.reduce((sum, share) => sum + share, 0) / known.length;
  const words = average === null ? "no traffic" : `${percent(average)} on average`;
  return (
    <div className="grid gap-1.5">
      <div
        className="flex h-8 gap-px"
        role="img"
        aria-label={`${name}, last ${days.length} days with traffic: ${words}`}
      >
        {days.map((day, at) => {
          const share = shares[day];
          return (
            <span
              key={day}
              title={`${day}: ${share === undefined ? "no traffic" : percent(share)}`}
              className={cn(
                "h-full min-w-0 flex-1 rounded-xs",
                at < days.length - PHONE_DAYS && "hidden sm:block",
                colourOf(share),
              )}
            />
          );
        })}
      </div>
      <p className="flex justify-between gap-2 whitespace-nowrap text-ink-2 text-xs">
        <span className="hidden sm:inline">{days.length} days ago</span>
        <span className="sm:hidden">{PHONE_DAYS} days ago</span>
        <span className="tabular-nums">{words}</span>
        <span>Today</span>
      </p>
    </div>
  );
}

function colourOf(share: number | undefined): string {
  if (share === undefined) return "bg-hover";
  if (share >= 0.99) return "bg-positive";
  return share >= 0.9 ? "bg-warning" : "bg-negative";
}

function percent(share: number): string {
  // Rounded down: what failed is not rounded away.
  return `${(Math.floor(share * PERCENT * PERCENT) / PERCENT).toFixed(2)} %`;
}
