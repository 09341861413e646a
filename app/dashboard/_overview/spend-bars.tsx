"use client";

import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { Money } from "@/app/_ui/money";
import { toAxisUsd, toCount } from "../_format/numbers";

export interface SpendDay {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly costNanoUsd: bigint;
  readonly requests: number;
}

/** Room for the longest label, such as "$0.00018"; measured by the chart itself it comes out cut when it is drawn again. */
const AXIS_PX = 64;

const dayName = new Intl.DateTimeFormat("en-US", { month: "short", day: "numeric", timeZone: "UTC" });
const toDayName = (day: string) => dayName.format(new Date(`${day}T00:00:00Z`));

/** Bars of spend per day. Heights are drawn from numbers; every amount that is read comes from the exact value. */
export function SpendBars({ days }: { readonly days: readonly SpendDay[] }) {
  const data = days.map((day) => ({ ...day, usd: Number(day.costNanoUsd) / 1e9 }));
  return (
    <ResponsiveContainer width="100%" height="100%">
      <BarChart data={data} margin={{ top: 8, right: 0, bottom: 0, left: 0 }} barCategoryGap="22%">
        <CartesianGrid vertical={false} stroke="var(--color-line)" />
        <XAxis
          dataKey="day"
          tickFormatter={toDayName}
          tickLine={false}
          axisLine={false}
          interval="equidistantPreserveStart"
          minTickGap={28}
          tick={{ fill: "var(--color-ink-2)", fontSize: 12 }}
        />
        <YAxis
          width={AXIS_PX}
          tickLine={false}
          axisLine={false}
          tickCount={4}
          tickFormatter={(usd: number) => toAxisUsd(usd)}
          tick={{ fill: "var(--color-ink-2)", fontSize: 12 }}
        />
        <Tooltip
          cursor={{ fill: "var(--color-hover)" }}
          content={<DayTooltip days={days} />}
          isAnimationActive={false}
        />
        <Bar dataKey="usd" fill="var(--color-accent)" radius={[3, 3, 0, 0]} isAnimationActive={false} />
      </BarChart>
    </ResponsiveContainer>
  );
}

interface DayTooltipProps {
  readonly days: readonly SpendDay[];
  /** Given by recharts. */
  readonly label?: string | number;
}

function DayTooltip({ days, label }: DayTooltipProps) {
  const day = days.find((candidate) => candidate.day === label);
  if (!day) return null;
  return (
    <div className="rounded-md border border-line bg-raised px-3 py-2 text-sm shadow-lg">
      <p className="text-ink-2">{toDayName(day.day)} UTC</p>
      <p className="font-medium">
        <Money nanoUsd={day.costNanoUsd} />
      </p>
      <p className="text-ink-2">
        {toCount(day.requests)} charged {day.requests === 1 ? "request" : "requests"}
      </p>
    </div>
  );
}
