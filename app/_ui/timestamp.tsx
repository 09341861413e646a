"use client";

import { useInBrowser } from "./use-in-browser";

const base = {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
} as const;
const FORMATS = {
  short: base,
  exact: { ...base, year: "numeric", second: "2-digit" },
  date: { year: "numeric", month: "short", day: "numeric" },
} as const;

interface TimestampProps {
  readonly value: Date;
  readonly format?: keyof typeof FORMATS;
}

/** A moment in the reader's own time zone, with UTC on hover. The server, which does not know the zone, writes UTC. */
export function Timestamp({ value, format = "short" }: TimestampProps) {
  const isInBrowser = useInBrowser();
  const zone = isInBrowser ? undefined : "UTC";
  const text = new Intl.DateTimeFormat("en-US", { ...FORMATS[format], timeZone: zone }).format(value);
  const utc = `${value.toISOString().replace("T", " ").slice(0, 19)} UTC`;
  return (
    <time dateTime={value.toISOString()} title={utc} className="whitespace-nowrap">
      {isInBrowser ? text : `${text} UTC`}
    </time>
  );
}
