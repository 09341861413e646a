"use client";

const short = new Intl.DateTimeFormat("en-US", {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const exact = new Intl.DateTimeFormat("en-US", {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** A moment in the reader's own time zone, with UTC on hover. Drawn in the browser only, where that zone is known. */
export function Instant({ value, isExact = false }: { readonly value: Date; readonly isExact?: boolean }) {
  return (
    <time dateTime={value.toISOString()} title={`${value.toISOString().replace("T", " ").slice(0, 19)} UTC`}>
      {(isExact ? exact : short).format(value)}
    </time>
  );
}
