// Harm prevented: a customer charged another amount than units × price, or a hold that is smaller than the bill.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dearest, PriceMissing, priceUsage } from "./price-usage";
import type { Price, PriceVersion } from "./types";
import { ANSWER_UNITS, PROMPT_UNITS, type Units, USAGE_UNITS, type UsageUnit } from "./units";

function versionOf(...rows: [UsageUnit, bigint, number?][]): PriceVersion {
  const prices: Price[] = rows.map(([unit, platform, aboveContextTokens = 0]) => ({
    unit,
    aboveContextTokens,
    platformNanoUsdPerMillion: platform,
    supplierNanoUsdPerMillion: platform / 2n,
  }));
  return { id: "prc_test", effectiveFrom: new Date(0), prices };
}

const mini = versionOf(["input", 400_000_000n], ["cached_input", 100_000_000n], ["output", 1_600_000_000n]);
const tiered = versionOf(
  ["input", 3_000_000_000n],
  ["input", 6_000_000_000n, 200_000],
  ["output", 15_000_000_000n],
  ["output", 22_500_000_000n, 200_000],
);

const price = fc.bigInt({ min: 0n, max: 1_000_000_000_000n });
const quantity = fc.bigInt({ min: 0n, max: 10_000_000n });
const unitsOf = (list: readonly UsageUnit[]) =>
  fc.record(Object.fromEntries(list.map((unit) => [unit, quantity]))) as fc.Arbitrary<Units>;
const fullVersion = fc
  .tuple(fc.array(price, { minLength: USAGE_UNITS.length, maxLength: USAGE_UNITS.length }), price)
  .map(([prices, tier]) =>
    versionOf(
      ...USAGE_UNITS.map((unit, index): [UsageUnit, bigint] => [unit, prices[index] ?? 0n]),
      ["input", tier, 1_000],
      ["output", tier, 1_000],
    ),
  );

describe("priceUsage", () => {
  it("prices the example of the pricing page to the nano-dollar", () => {
    const priced = priceUsage(mini, { input: 1_000n, cached_input: 500n, output: 200n }, 1_500);
    expect(priced.costNanoUsd).toBe(400_000n + 50_000n + 320_000n);
    expect(priced.supplierCostNanoUsd).toBe(385_000n);
    expect(priced.lines[1]).toEqual({
      unit: "cached_input",
      pricedAs: "cached_input",
      quantity: "500",
      priceNanoUsdPerMillion: "100000000",
      aboveContextTokens: 0,
    });
  });

  it("rounds once, after the sum", () => {
    const thirds = versionOf(["input", 300_000n], ["output", 300_000n], ["reasoning", 400_000n]);
    expect(priceUsage(thirds, { input: 1n, output: 1n, reasoning: 1n }, 1).costNanoUsd).toBe(1n);
  });

  it("costs nothing and shows nothing when nothing was used", () => {
    expect(priceUsage(mini, { input: 0n }, 0)).toEqual({
      lines: [],
      costNanoUsd: 0n,
      supplierCostNanoUsd: 0n,
    });
  });

  it.each([
    [199_999, 3_000_000_000n, 15_000_000_000n, 0],
    [200_000, 3_000_000_000n, 15_000_000_000n, 0],
    [200_001, 6_000_000_000n, 22_500_000_000n, 200_000],
  ])(
    "at %i prompt tokens takes the tier for more than the threshold",
    (promptTokens, input, output, tier) => {
      const units = { input: BigInt(promptTokens), output: 10n };
      const priced = priceUsage(tiered, units, promptTokens);
      expect(priced.costNanoUsd).toBe((units.input * input + 10n * output) / 1_000_000n);
      expect(priced.lines.map((line) => line.aboveContextTokens)).toEqual([tier, tier]);
    },
  );

  it.each<[UsageUnit, UsageUnit]>([
    ["cached_input", "input"],
    ["cache_write", "input"],
    ["cache_write_1h", "input"],
    ["audio_input", "input"],
    ["reasoning", "output"],
    ["audio_output", "output"],
  ])("prices %s as %s when it has no price of its own", (unit, pricedAs) => {
    const bare = versionOf(["input", 7n], ["output", 11n]);
    expect(priceUsage(bare, { [unit]: 1_000_000n }, 5).lines).toMatchObject([{ unit, pricedAs }]);
  });

  it("prices a one-hour cache write as a cache write before it falls back to input", () => {
    const written = versionOf(["input", 7n], ["cache_write", 9n]);
    expect(priceUsage(written, { cache_write_1h: 1_000_000n }, 5).costNanoUsd).toBe(9n);
  });

  it.each<UsageUnit>(["input", "output", "image", "search", "request", "video_second"])(
    "refuses to price %s without a price",
    (unit) => {
      const empty = versionOf(["character", 1n]);
      expect(() => priceUsage(empty, { [unit]: 1n }, 1)).toThrow(PriceMissing);
      expect(() => dearest(empty, unit)).toThrow(PriceMissing);
    },
  );

  it("refuses negative quantities and prompt counts that are not whole", () => {
    expect(() => priceUsage(mini, { input: -1n }, 1)).toThrow(RangeError);
    for (const count of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => priceUsage(mini, { input: 1n }, count)).toThrow(RangeError);
    }
  });

  it("always equals its own lines, summed and rounded up once", () => {
    fc.assert(
      fc.property(fullVersion, unitsOf(USAGE_UNITS), fc.nat(5_000), (prices, units, promptTokens) => {
        const priced = priceUsage(prices, units, promptTokens);
        const sum = priced.lines.reduce(
          (total, line) => total + BigInt(line.quantity) * BigInt(line.priceNanoUsdPerMillion),
          0n,
        );
        expect(priced.costNanoUsd * 1_000_000n - sum).toBeGreaterThanOrEqual(0n);
        expect(priced.costNanoUsd * 1_000_000n - sum).toBeLessThan(1_000_000n);
      }),
    );
  });

  it("never gets cheaper when more is used", () => {
    fc.assert(
      fc.property(
        fullVersion,
        unitsOf(USAGE_UNITS),
        fc.constantFrom(...USAGE_UNITS),
        quantity,
        (prices, units, unit, extra) => {
          const more = { ...units, [unit]: (units[unit] ?? 0n) + extra };
          const before = priceUsage(prices, units, 900).costNanoUsd;
          expect(priceUsage(prices, more, 900).costNanoUsd).toBeGreaterThanOrEqual(before);
        },
      ),
    );
  });

  it("never exceeds a hold made at the dearest prices, whatever the tier and the bucket", () => {
    fc.assert(
      fc.property(
        fullVersion,
        fc.subarray<UsageUnit>(USAGE_UNITS.filter((unit) => unit !== "input" && unit !== "output")),
        unitsOf([...PROMPT_UNITS, ...ANSWER_UNITS]),
        fc.nat(5_000),
        (full, dropped, units, promptTokens) => {
          const prices = { ...full, prices: full.prices.filter((row) => !dropped.includes(row.unit)) };
          const total = (list: readonly UsageUnit[]) =>
            list.reduce((sum, unit) => sum + (units[unit] ?? 0n), 0n);
          const hold =
            total(PROMPT_UNITS) * dearest(prices, ...PROMPT_UNITS) +
            total(ANSWER_UNITS) * dearest(prices, ...ANSWER_UNITS);
          const cost = priceUsage(prices, units, promptTokens).costNanoUsd;
          expect(cost).toBeLessThanOrEqual((hold + 999_999n) / 1_000_000n);
        },
      ),
    );
  });
});

describe("dearest", () => {
  it("looks at every tier", () => {
    expect(dearest(tiered, "input")).toBe(6_000_000_000n);
    expect(dearest(tiered, "reasoning")).toBe(22_500_000_000n);
  });

  it("counts the fallback where the unit's own price begins above a threshold", () => {
    const late = versionOf(["input", 9n], ["cached_input", 1n, 1_000]);
    expect(dearest(late, "cached_input")).toBe(9n);
  });
});
