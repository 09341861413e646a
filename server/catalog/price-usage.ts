import type { PriceLine } from "@/db/schema/records";
import { AppError } from "@/server/platform/errors";
import { type NanoUsd, roundPriceSum } from "@/server/platform/money";
import type { Price, PriceVersion } from "./types";
import { fallbackUnit, type Units, USAGE_UNITS, type UsageUnit } from "./units";

/** Something was used that the price version has no price for. No price → no call; so this is our fault, never the caller's. */
export class PriceMissing extends AppError {
  readonly unit: UsageUnit;

  constructor(priceVersionId: string, unit: UsageUnit) {
    super("internal_error", {
      message: "This model cannot be priced right now.",
      internal: `price version ${priceVersionId} has no price for ${unit}`,
    });
    this.unit = unit;
  }
}

export interface PricedUsage {
  /** One line per unit that was used, in the order of USAGE_UNITS. */
  readonly lines: PriceLine[];
  /** What the customer pays. */
  readonly costNanoUsd: NanoUsd;
  /** What the supplier charges us for the same units. */
  readonly supplierCostNanoUsd: NanoUsd;
}

/**
 * The price arithmetic of the whole product: quote, hold, settlement and receipt call this and nothing else.
 * cost = ⌈Σ quantity × price ÷ 10⁶⌉, rounded once after the sum.
 * @param promptTokens all tokens of the prompt, cached or not: they choose the context tier ("more than the threshold")
 * @throws PriceMissing when a unit with a quantity has no price, not even by fallback
 * @throws RangeError on a negative quantity or a count that is no whole number: a bug in the caller, never a discount
 */
export function priceUsage(prices: PriceVersion, units: Units, promptTokens: number): PricedUsage {
  if (!Number.isSafeInteger(promptTokens) || promptTokens < 0) {
    throw new RangeError(`promptTokens must be a whole number, got ${promptTokens}`);
  }
  const lines: PriceLine[] = [];
  let sum = 0n;
  let supplierSum = 0n;
  for (const unit of USAGE_UNITS) {
    const quantity = units[unit] ?? 0n;
    if (quantity < 0n) throw new RangeError(`negative quantity of ${unit}`);
    if (quantity === 0n) continue;
    const price = applicablePrice(prices, unit, promptTokens);
    sum += quantity * price.platformNanoUsdPerMillion;
    supplierSum += quantity * price.supplierNanoUsdPerMillion;
    lines.push({
      unit,
      pricedAs: price.unit,
      quantity: quantity.toString(),
      priceNanoUsdPerMillion: price.platformNanoUsdPerMillion.toString(),
      aboveContextTokens: price.aboveContextTokens,
    });
  }
  return { lines, costNanoUsd: roundPriceSum(sum), supplierCostNanoUsd: roundPriceSum(supplierSum) };
}

/**
 * The highest platform price, over all context tiers, of the units named: what a hold has to reckon with.
 * `dearest(prices, ...PROMPT_UNITS)` for a prompt token that may be billed as any of them.
 * @returns nano-USD per million units
 * @throws PriceMissing when one of the units has no price, not even by fallback
 */
export function dearest(prices: PriceVersion, ...units: readonly UsageUnit[]): NanoUsd {
  let highest = 0n;
  for (const unit of units) {
    const price = dearestOfUnit(prices, unit);
    if (price > highest) highest = price;
  }
  return highest;
}

/** Has the unit a price for every size of prompt, of its own or by fallback? */
export function isPriced(prices: PriceVersion, unit: UsageUnit): boolean {
  for (let named: UsageUnit | undefined = unit; named !== undefined; named = fallbackUnit(named)) {
    if (prices.prices.some((price) => price.unit === named && price.aboveContextTokens === 0)) return true;
  }
  return false;
}

function dearestOfUnit(prices: PriceVersion, unit: UsageUnit): NanoUsd {
  let highest: NanoUsd | null = null;
  let hasBasePrice = false;
  for (const price of prices.prices) {
    if (price.unit !== unit) continue;
    hasBasePrice ||= price.aboveContextTokens === 0;
    if (highest === null || price.platformNanoUsdPerMillion > highest)
      highest = price.platformNanoUsdPerMillion;
  }
  if (highest !== null && hasBasePrice) return highest;
  // Below its lowest tier the unit is priced by its fallback, which may be the dearer one.
  const fallback = fallbackUnit(unit);
  if (fallback === undefined) throw new PriceMissing(prices.id, unit);
  const fallbackPrice = dearestOfUnit(prices, fallback);
  return highest !== null && highest > fallbackPrice ? highest : fallbackPrice;
}

function applicablePrice(prices: PriceVersion, unit: UsageUnit, promptTokens: number): Price {
  for (
    let candidate: UsageUnit | undefined = unit;
    candidate !== undefined;
    candidate = fallbackUnit(candidate)
  ) {
    const price = tierOf(prices.prices, candidate, promptTokens);
    if (price !== null) return price;
  }
  throw new PriceMissing(prices.id, unit);
}

/** The row of the unit with the greatest threshold that the prompt exceeds. */
function tierOf(prices: readonly Price[], unit: UsageUnit, promptTokens: number): Price | null {
  let best: Price | null = null;
  for (const price of prices) {
    if (price.unit !== unit) continue;
    if (price.aboveContextTokens > 0 && promptTokens <= price.aboveContextTokens) continue;
    if (best === null || price.aboveContextTokens > best.aboveContextTokens) best = price;
  }
  return best;
}
