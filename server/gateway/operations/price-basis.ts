import type { PriceVersion, UsageUnit } from "@/server/catalog";

/** Does an endpoint charge for this unit? A medium may be priced by the piece, by its size or by tokens. */
export function hasPriceOf(version: PriceVersion, unit: UsageUnit): boolean {
  return version.prices.some((price) => price.unit === unit);
}
