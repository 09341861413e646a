// Harm prevented: a calculator that promises another sum than the ledger charges.
import { describe, expect, it } from "vitest";
import { type CatalogEndpoint, priceUsage } from "@/server/catalog";
import { estimate, estimateInput } from "./catalog-estimate";

const price = (unit: string, platform: bigint, aboveContextTokens = 0) => ({
  unit,
  aboveContextTokens,
  platformNanoUsdPerMillion: platform,
  supplierNanoUsdPerMillion: platform / 2n,
});
const endpoint = (id: string, ...prices: object[]) =>
  ({
    id,
    priceVersion: { id: `prc_${id}`, effectiveFrom: new Date(0), prices },
  }) as unknown as CatalogEndpoint;

const dear = endpoint(
  "dear",
  price("input", 3_000_000_001n),
  price("input", 6_000_000_000n, 200_000),
  price("cached_input", 300_000_000n),
  price("output", 15_000_000_000n),
);
const cheap = endpoint("cheap", price("input", 400_000_000n), price("output", 1_600_000_000n));
const images = endpoint("images", price("image", 40_000_000_000_000n));
const unpriced = { id: "unpriced", priceVersion: null } as CatalogEndpoint;

describe("estimate", () => {
  it("is what billing charges, request by request, cheapest first", () => {
    const units = { input: 1_501n, cached_input: 6_000n, output: 420n };
    const all = estimate([unpriced, dear, images, cheap], { slug: "x", units, requests: 30n });
    expect(all.map((one) => [one.endpoint.id, one.cost?.oneNanoUsd ?? null])).toEqual([
      ["cheap", priceUsage(cheap.priceVersion as never, units, 7_501).costNanoUsd],
      ["dear", priceUsage(dear.priceVersion as never, units, 7_501).costNanoUsd],
      ["images", null],
    ]);
    const own = all[1]?.cost;
    // 1,501 × 3.000000001 µ$ + 6,000 × 0.3 µ$ + 420 × 15 µ$, rounded up once.
    expect(own).toMatchObject({ oneNanoUsd: 12_603_001n, allNanoUsd: 378_090_030n });
    expect(own?.lines.map(({ unit }) => unit)).toEqual(["input", "cached_input", "output"]);
  });

  it("takes the price of long prompts from the whole prompt", () => {
    const units = { input: 150_000n, cached_input: 50_001n };
    const [own] = estimate([dear], { slug: "x", units, requests: 1n });
    expect(own?.cost?.lines[0]?.priceNanoUsdPerMillion).toBe(6_000_000_000n);
  });

  it("reads no negative and no boundless quantities", () => {
    const read = (units: object) => estimateInput.safeParse({ slug: "x", units, requests: 1n }).success;
    expect([
      read({ input: 1n }),
      read({ input: -1n }),
      read({ input: 10n ** 12n }),
      read({ love: 1n }),
    ]).toEqual([true, false, false, false]);
  });
});
