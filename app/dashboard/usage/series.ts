import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@/server/trpc";

export type Usage = inferRouterOutputs<AppRouter>["usage"]["read"];
export type UsageRow = Usage["totals"][number];
export const MEASURES = ["spend", "tokens", "requests", "latency"] as const;
export type Measure = (typeof MEASURES)[number];

/** Shown on their own; the rest is one bar. */
export const TOP = 8;
export const OTHER = "Other";

export interface Series {
  readonly id: string;
  readonly name: string;
}

export interface Bar {
  readonly day: string;
  readonly [seriesId: string]: string | number;
}

/** For heights of bars only; amounts that are read come from the exact figures. Spend in USD, latency in ms of all rows. */
function measureOf(row: UsageRow, measure: Measure): number {
  if (measure === "spend") return Number(row.costNanoUsd) / 1e9;
  if (measure === "tokens") return row.inputTokens + row.outputTokens;
  return measure === "latency" ? row.latency.sumMs : row.requests;
}

/** Sums are stacked; means of latency stand beside each other, since their sum would be nobody's. */
export function isStacked(measure: Measure): boolean {
  return measure !== "latency";
}

/** What is largest: for latency the groups with the most requests, not those with the slowest one. */
function weightOf(row: UsageRow, measure: Measure): number {
  return measureOf(row, measure === "latency" ? "requests" : measure);
}

/** The group of a row: its id, or '' for requests that belong to none. */
export function groupOf(row: UsageRow): string {
  return Object.values(row.groups)[0] ?? "";
}

export function nameOf(id: string, names: Usage["names"]): string {
  return names[id] ?? (id === "" ? "None" : id);
}

/** The largest groups by the measure, then one for all others if there are any. */
export function seriesOf(usage: Usage, measure: Measure): Series[] {
  const sorted = [...usage.totals].sort((a, b) => weightOf(b, measure) - weightOf(a, measure));
  const top = sorted.slice(0, TOP).map((row) => {
    const id = groupOf(row);
    return { id: `g:${id}`, name: nameOf(id, usage.names) };
  });
  return sorted.length > TOP ? [...top, { id: OTHER, name: OTHER }] : top;
}

/** One bar per day of the span, also for days without any use. @param days `YYYY-MM-DD`, in order */
export function barsOf(usage: Usage, measure: Measure, days: readonly string[]): Bar[] {
  const own = new Set(seriesOf(usage, measure).map(({ id }) => id));
  const bars = new Map<string, Record<string, string | number>>(days.map((day) => [day, { day }]));
  const counts = new Map<string, number>();
  for (const row of usage.days) {
    const bar = bars.get(row.day ?? "");
    if (!bar) continue;
    const id = `g:${groupOf(row)}`;
    const series = own.has(id) ? id : OTHER;
    bar[series] = Number(bar[series] ?? 0) + measureOf(row, measure);
    const at = `${row.day} ${series}`;
    counts.set(at, (counts.get(at) ?? 0) + row.latency.count);
  }
  if (measure === "latency") for (const bar of bars.values()) toMeans(bar, counts);
  return [...bars.values()] as unknown as Bar[];
}

function toMeans(bar: Record<string, string | number>, counts: ReadonlyMap<string, number>): void {
  for (const [series, sum] of Object.entries(bar)) {
    if (series === "day") continue;
    const count = counts.get(`${bar.day} ${series}`) ?? 0;
    bar[series] = count === 0 ? 0 : Math.round(Number(sum) / count);
  }
}

const DAY_MS = 86_400_000;

/** Every UTC day from the first to the last, both included. */
export function daysBetween(from: string, to: string): string[] {
  const count = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1);
  return Array.from({ length: count }, (_, index) =>
    new Date(Date.parse(from) + index * DAY_MS).toISOString().slice(0, 10),
  );
}
