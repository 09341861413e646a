/**
 * USD text of millionths of a nano-USD (10⁻¹⁵ USD), exact: 196800000000n → "0.0001968".
 * @param minimumPlaces zeros at the end are cut down to so many decimals; more than two align a column of amounts
 */
export function toExactUsd(millionthNanoUsd: bigint, minimumPlaces = 2): string {
  const sign = millionthNanoUsd < 0n ? "−" : "";
  const digits = millionthNanoUsd.toString().replace("-", "").padStart(16, "0");
  const fraction = digits.slice(-15).replace(/0+$/, "").padEnd(minimumPlaces, "0");
  return `${sign}${digits.slice(0, -15)}.${fraction}`;
}

/** Decimals that the longest of these amounts needs. */
export function placesOf(amounts: readonly bigint[]): number {
  return Math.max(2, ...amounts.map((amount) => toExactUsd(amount).split(".")[1]?.length ?? 0));
}
