/**
 * Money is a `bigint` count of nano-US-dollars (1 USD = 1,000,000,000 nano-USD) everywhere in the server.
 * This file owns the scale, the only rounding rule, and the only conversions to and from text and numbers.
 */
export type NanoUsd = bigint;

export const NANO_USD_PER_USD = 1_000_000_000n;
const NANO_USD_PER_CENT = 10_000_000n;
/** Prices are quoted in nano-USD per this many units, so that $0.000001 per token is still an integer. */
const UNITS_PER_PRICE = 1_000_000n;

/** Quotient rounded towards plus infinity. Both arguments must not be negative; the divisor must be positive. */
function ceilDivide(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}

/**
 * The one place where a fraction of a nano-dollar is rounded: up, once, after everything has been summed.
 * @param sumOfUnitsTimesPrice Σ quantity × price, with prices in nano-USD per million units
 */
export function roundPriceSum(sumOfUnitsTimesPrice: bigint): NanoUsd {
  return ceilDivide(sumOfUnitsTimesPrice, UNITS_PER_PRICE);
}

/** Whole cents in nano-USD. */
export function fromCents(cents: bigint): NanoUsd {
  return cents * NANO_USD_PER_CENT;
}

/** Cents, when the amount is a whole number of them; null otherwise. Payment providers count in cents. */
export function toWholeCents(amount: NanoUsd): bigint | null {
  return amount % NANO_USD_PER_CENT === 0n ? amount / NANO_USD_PER_CENT : null;
}

/**
 * Reads a plain decimal amount of USD ("10", "0.25", "5000.00"), exactly. Null when it is not one:
 * signs, exponents, thousands separators and more than nine decimals are refused, not guessed at.
 */
export function parseUsd(text: string): NanoUsd | null {
  const match = /^(\d{1,12})(?:\.(\d{1,9}))?$/.exec(text.trim());
  if (!match?.[1]) return null;
  return BigInt(match[1]) * NANO_USD_PER_USD + BigInt((match[2] ?? "").padEnd(9, "0"));
}

/** Exact decimal text without a currency sign, trailing zeros cut down to `minimumPlaces`: 1600000n → "0.0016". */
export function toDecimalUsd(amount: NanoUsd, minimumPlaces = 2): string {
  const sign = amount < 0n ? "-" : "";
  const absolute = amount < 0n ? -amount : amount;
  const whole = absolute / NANO_USD_PER_USD;
  const fraction = (absolute % NANO_USD_PER_USD).toString().padStart(9, "0");
  let end = 9;
  while (end > minimumPlaces && fraction[end - 1] === "0") end -= 1;
  return end === 0 ? `${sign}${whole}` : `${sign}${whole}.${fraction.slice(0, end)}`;
}

/** USD as a JavaScript number, for wire formats that demand one (`usage.cost`). Never used to calculate. */
export function toUsdNumber(amount: NanoUsd): number {
  return Number(toDecimalUsd(amount));
}
