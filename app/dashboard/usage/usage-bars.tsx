"use client";

import { Bar, BarChart, CartesianGrid, Legend, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { toAxisUsd, toDuration } from "../_format/numbers";
import { type Bar as DayBar, isStacked, type Measure, type Series } from "./series";

/** Steps of the accent and of grey: neighbours differ in lightness too, not by hue alone. */
const COLORS = [
  "var(--color-accent)",
  "color-mix(in oklab, var(--color-accent) 45%, var(--color-canvas))",
  "var(--color-positive)",
  "color-mix(in oklab, var(--color-positive) 45%, var(--color-canvas))",
  "var(--color-warning)",
  "color-mix(in oklab, var(--color-warning) 45%, var(--color-canvas))",
  "var(--color-negative)",
  "color-mix(in oklab, var(--color-negative) 45%, var(--color-canvas))",
  "var(--color-ink-3)",
];

const dayName = new Intl.DateTimeFormat("en-US", { month: "short", day: "numeric", timeZone: "UTC" });
const toDayName = (day: string) => dayName.format(new Date(`${day}T00:00:00Z`));

/** Room for the longest label that the formats below make; measured by the chart itself it comes out cut. */
const AXIS_PX = 72;

interface UsageBarsProps {
  readonly bars: readonly DayBar[];
  readonly series: readonly Series[];
  readonly measure: Measure;
}

/** Bars per UTC day, stacked where they are sums. The table under it says the same in numbers. */
export function UsageBars({ bars, series, measure }: UsageBarsProps) {
  const format = (value: number) =>
    measure === "spend"
      ? `$${value.toLocaleString("en-US", { maximumSignificantDigits: 4 })}`
      : measure === "latency"
        ? toDuration(value)
        : value.toLocaleString("en-US", { notation: "compact" });
  const tick = { fill: "var(--color-ink-2)", fontSize: 12 };
  return (
    <ResponsiveContainer width="100%" height="100%">
      <BarChart data={[...bars]} margin={{ top: 8, right: 0, bottom: 0, left: 0 }} barCategoryGap="22%">
        <CartesianGrid vertical={false} stroke="var(--color-line)" />
        <XAxis
          dataKey="day"
          tickFormatter={toDayName}
          tickLine={false}
          axisLine={false}
          minTickGap={28}
          tick={tick}
        />
        <YAxis
          width={AXIS_PX}
          tickLine={false}
          axisLine={false}
          tickCount={4}
          tickFormatter={measure === "spend" ? toAxisUsd : format}
          tick={tick}
        />
        <Tooltip
          cursor={{ fill: "var(--color-hover)" }}
          isAnimationActive={false}
          labelFormatter={(day) => `${toDayName(String(day))} UTC`}
          formatter={(value) => format(Number(value))}
          contentStyle={{
            background: "var(--color-raised)",
            border: "1px solid var(--color-line)",
            borderRadius: 6,
          }}
          labelStyle={{ color: "var(--color-ink-2)" }}
          itemStyle={{ color: "var(--color-ink)" }}
        />
        <Legend
          iconType="square"
          formatter={(name) => <span style={{ color: "var(--color-ink-2)", fontSize: 12 }}>{name}</span>}
        />
        {series.map(({ id, name }, index) => (
          <Bar
            key={id}
            dataKey={(bar: DayBar) => bar[id]}
            name={name}
            stackId={isStacked(measure) ? "usage" : undefined}
            fill={COLORS[index % COLORS.length]}
            stroke="var(--color-raised)"
            isAnimationActive={false}
          />
        ))}
      </BarChart>
    </ResponsiveContainer>
  );
}
