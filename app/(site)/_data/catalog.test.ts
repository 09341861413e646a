// Harm prevented: a price page that names another price than the catalogue holds.
import { describe, expect, it } from "vitest";
import { basePrice, cheapestEndpoint, type PublicEndpoint, type PublicModel, toTokenCount } from "./catalog";

const endpoint = (input: bigint, output: bigint) =>
  ({
    prices: [
      { unit: "input", aboveContextTokens: 200_000, platformNanoUsdPerMillion: input * 2n },
      { unit: "input", aboveContextTokens: 0, platformNanoUsdPerMillion: input },
      { unit: "output", aboveContextTokens: 0, platformNanoUsdPerMillion: output },
    ],
  }) as unknown as PublicEndpoint;

describe("prices on pages", () => {
  it("are those of an ordinary prompt, not of a long one", () => {
    expect(basePrice(endpoint(5n, 7n), "input")).toBe(5n);
    expect(basePrice(endpoint(5n, 7n), "cached_input")).toBeNull();
  });

  it("start with the endpoint that costs least", () => {
    const [dear, cheap] = [endpoint(10n, 10n), endpoint(2n, 20n)];
    expect(cheapestEndpoint({ endpoints: [dear, cheap] } as unknown as PublicModel)).toBe(cheap);
    expect(cheapestEndpoint({ endpoints: [] as PublicEndpoint[] } as PublicModel)).toBeNull();
  });

  it("come with short token counts", () => {
    expect([1_047_576, 1_000_000, 131_072, 512].map(toTokenCount)).toEqual(["1.05M", "1M", "131K", "512"]);
  });
});
