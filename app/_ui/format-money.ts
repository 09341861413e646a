import { NANO_USD_PER_USD, toDecimalUsd } from "@/server/platform/money";

/**
 * short: 2 places from one dollar on, up to 4 below. fine: up to 4, where a small spend has to show in a large amount.
 * cents: always 2. whole: none. full: every place that counts.
 */
export type MoneyPrecision = "short" | "fine" | "cents" | "whole" | "full";

const PLACES = { short: 4, fine: 4, cents: 2, whole: 0, full: 9 } as const;

export interface FormattedMoney {
  /** With the currency sign: `$1,234.50`. */
  readonly text: string;
  /** Every place that counts, with the currency's name. */
  readonly exact: string;
  /** Does `text` stand for exactly the amount? */
  readonly isExact: boolean;
}

/** Money for people. Half is rounded away from zero, for the eye only: nothing is calculated with it. */
export function formatMoney(nanoUsd: bigint, precision: MoneyPrecision = "short"): FormattedMoney {
  const absolute = nanoUsd < 0n ? -nanoUsd : nanoUsd;
  const exact = `${sign(nanoUsd)}${group(toDecimalUsd(absolute))} USD`;
  const places = precision === "short" && absolute >= NANO_USD_PER_USD ? 2 : PLACES[precision];
  const step = 10n ** BigInt(9 - places);
  const rounded = ((absolute + step / 2n) / step) * step;
  if (rounded === 0n && absolute > 0n) {
    const least = group(toDecimalUsd(step, Math.min(places, 2)));
    return { text: `${nanoUsd < 0n ? "−" : ""}<$${least}`, exact, isExact: false };
  }
  const minimumPlaces = Math.min(places, 2);
  return {
    text: `${sign(nanoUsd)}$${group(toDecimalUsd(rounded, minimumPlaces))}`,
    exact,
    isExact: rounded === absolute,
  };
}

function sign(amount: bigint): string {
  return amount < 0n ? "−" : "";
}

/** "1234567.5" → "1,234,567.5". */
function group(decimal: string): string {
  const [whole = "", fraction] = decimal.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
