import { formatMoney } from "@/app/_ui/format-money";
import { Money } from "@/app/_ui/money";
import type { PublicPrice } from "../../_data/catalog";
import { frameOf, type PriceLine, stepPath } from "./price-steps";
import { readablePrice } from "./readable-price";

const BOX = { width: 600, height: 150 };
/** Told apart by dashes too, not by colour alone. */
const STYLES = [
  { stroke: "var(--color-accent)", dash: undefined },
  { stroke: "var(--color-positive)", dash: "7 4" },
  { stroke: "var(--color-warning)", dash: "2 4" },
  { stroke: "var(--color-negative)", dash: "10 3 2 3" },
  { stroke: "var(--color-ink-2)", dash: "4 2" },
] as const;
const MOST_LINES = STYLES.length;

const day = new Intl.DateTimeFormat("en-US", {
  year: "numeric",
  month: "short",
  day: "numeric",
  timeZone: "UTC",
});

interface PriceChartProps {
  readonly title: string;
  readonly unit: PublicPrice["unit"];
  /** The first five are drawn; the table beside it has all of them. */
  readonly lines: readonly PriceLine[];
  readonly nowMs: number;
}

/** The price of one unit over time, a line per provider. The table below says the same in numbers. */
export function PriceChart({ title, unit, lines, nowMs }: PriceChartProps) {
  const drawn = lines.slice(0, MOST_LINES);
  const frame = frameOf(drawn, unit, nowMs);
  const top = readablePrice({ unit, platformNanoUsdPerMillion: frame.topNanoUsd });
  const nowX = ((nowMs - frame.fromMs) / (frame.toMs - frame.fromMs)) * BOX.width;
  return (
    <figure className="surface grid gap-3 p-4">
      <figcaption className="flex flex-wrap items-baseline justify-between gap-2 text-sm">
        <span className="font-medium">{title}</span>
        <span className="text-ink-2 text-xs">
          per {top.per}, top line <Money nanoUsd={top.nanoUsd} />
        </span>
      </figcaption>
      <svg
        role="img"
        aria-label={`${title} over time: highest ${formatMoney(top.nanoUsd).text} per ${top.per}. The table below has every version.`}
        viewBox={`-4 -6 ${BOX.width + 8} ${BOX.height + 10}`}
        className="h-40 w-full"
        preserveAspectRatio="none"
      >
        {[0, 0.5, 1].map((share) => (
          <line
            key={share}
            x1="0"
            x2={BOX.width}
            y1={BOX.height * share}
            y2={BOX.height * share}
            stroke="var(--color-line)"
            vectorEffect="non-scaling-stroke"
          />
        ))}
        {nowX < BOX.width - 1 && (
          <line
            x1={nowX}
            x2={nowX}
            y1="0"
            y2={BOX.height}
            stroke="var(--color-line-strong)"
            strokeDasharray="3 3"
            vectorEffect="non-scaling-stroke"
          />
        )}
        {drawn.map((line, index) => (
          <path
            key={line.provider}
            d={stepPath(line, unit, frame, BOX)}
            fill="none"
            stroke={STYLES[index]?.stroke}
            strokeDasharray={STYLES[index]?.dash}
            strokeWidth="2"
            vectorEffect="non-scaling-stroke"
          />
        ))}
      </svg>
      <p className="flex justify-between text-ink-2 text-xs">
        <span>{day.format(frame.fromMs)}</span>
        <span>{frame.toMs > nowMs ? `${day.format(frame.toMs)}, announced` : "today"}</span>
      </p>
      <ul className="flex flex-wrap gap-x-5 gap-y-1 text-ink-2 text-xs">
        {drawn.map((line, index) => (
          <li key={line.provider} className="flex items-center gap-2">
            <svg aria-hidden="true" width="24" height="4">
              <line
                x1="0"
                x2="24"
                y1="2"
                y2="2"
                stroke={STYLES[index]?.stroke}
                strokeDasharray={STYLES[index]?.dash}
                strokeWidth="2"
              />
            </svg>
            {line.provider}
          </li>
        ))}
      </ul>
    </figure>
  );
}
