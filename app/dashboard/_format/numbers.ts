const counts = new Intl.NumberFormat("en-US");

/** 1234567 → "1,234,567". */
export function toCount(value: number | bigint): string {
  return counts.format(value);
}

/** Milliseconds for people: "85 ms", "1.24 s", "2 min 5 s". */
export function toDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(2)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}

/** "cached_input" → "Cached input". */
export function toUnitName(unit: string): string {
  const words = unit.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** As few digits as tell the ticks apart. */
export function toAxisUsd(usd: number): string {
  if (usd === 0) return "$0";
  const text = usd.toLocaleString("en-US", { maximumSignificantDigits: 3 });
  // "$0.30", as money is written.
  return `$${/\.\d$/.test(text) ? `${text}0` : text}`;
}
