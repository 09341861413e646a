import { expect, type Locator } from "playwright/test";

/**
 * The exact amount, nano-USD, of a money element: from its text when that is exact, else from the hint that tells the
 * exact value to keyboard and mouse. Reading it here proves that no screen hides a digit.
 */
export async function exactNanoUsd(amount: Locator): Promise<bigint> {
  const exact = await amount.evaluate((element) => {
    const hint = element.querySelector("[aria-label*='exactly']")?.getAttribute("aria-label");
    return hint ?? element.querySelector("[title$='USD']")?.getAttribute("title") ?? "";
  });
  const match = /(−?)([\d,]+)(?:\.(\d{1,9}))? USD$/.exec(exact);
  expect(match, `an exact amount in “${exact}”`).not.toBeNull();
  const [, sign = "", whole = "", fraction = ""] = match ?? [];
  const nano = BigInt(whole.replaceAll(",", "")) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0"));
  return sign === "" ? nano : -nano;
}

/** "$0.0001968" or "0.000000196800012" → millionths of a nano-USD, exact. */
export function millionths(usd: string): bigint {
  const [whole = "", fraction = ""] = usd.replace(/[$,\s]/g, "").split(".");
  return BigInt(whole) * 10n ** 15n + BigInt(fraction.padEnd(15, "0"));
}
