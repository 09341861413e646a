// Harm prevented: a wish in another gateway's words that is taken for none, so that a prompt goes where it should not.
import { describe, expect, it } from "vitest";
import { priceOf } from "./fixtures";
import { parsePreferences } from "./preferences";
import { cachePays } from "./score";

describe("wishes of a request", () => {
  it("are read from OpenRouter's fields", () => {
    const provider = {
      order: ["a"],
      only: ["a", "b"],
      ignore: ["c"],
      allow_fallbacks: false,
      require_parameters: true,
      data_collection: "deny",
      zdr: true,
      quantizations: ["fp8"],
      sort: { by: "latency", partition: "none" },
      max_price: { prompt: "0.5", completion: 2 },
      preferred_min_throughput: { p50: 40 },
      preferred_max_latency: 3,
    };
    expect(parsePreferences("x/one", { models: ["x/two:floor", "x/one"], provider })).toMatchObject({
      models: ["x/one", "x/two"],
      order: ["a"],
      only: ["a", "b"],
      ignore: ["c"],
      allowFallbacks: false,
      requireParameters: true,
      forbidsTraining: true,
      wantsZeroRetention: true,
      quantizations: ["fp8"],
      sort: "latency",
      mixesModels: true,
      maxPrice: { prompt: 0.5, completion: 2, request: null, image: null },
      leastThroughput: 40,
      mostLatencyMs: 3_000,
    });
  });

  it.each([
    ["cost", "price"],
    ["ttft", "latency"],
    ["tps", "throughput"],
  ])("are read from Vercel's fields; its sort %s is our %s", (sort, ours) => {
    const gateway = { order: ["a"], only: ["a"], models: ["x/two"], sort, zeroDataRetention: true };
    expect(parsePreferences("x/one", { providerOptions: { gateway } })).toMatchObject({
      models: ["x/one", "x/two"],
      order: ["a"],
      only: ["a"],
      sort: ours,
      wantsZeroRetention: true,
    });
  });

  it("are read from suffixes, and any other colon belongs to the name", () => {
    const read = (name: string) => {
      const { models, sort } = parsePreferences(name, {});
      return [models[0], sort];
    };
    expect(read("x/one:floor")).toEqual(["x/one", "price"]);
    expect(read("x/one:nitro")).toEqual(["x/one", "throughput"]);
    expect(read("x/one:exacto")).toEqual(["x/one", null]);
    expect(read("x/one:free")).toEqual(["x/one:free", null]);
  });

  it.each(["exacto", { by: "exacto" }])("keep the usual order for %j", (sort) => {
    expect(parsePreferences("x/one", { provider: { sort } })).toMatchObject({ sort: null });
  });

  it("name a session in one of three ways, the plainest first", () => {
    const session = (body: Record<string, unknown>) => parsePreferences("x/one", body).session;
    expect(session({ session_id: "s", prompt_cache_key: "p", user: "u" })).toBe("s");
    expect(session({ prompt_cache_key: "p", user: "u" })).toBe("p");
    expect(session({ user: "u" })).toBe("u");
    expect(session({})).toBeNull();
  });
});

it("a warm cache pays while reading it is no dearer than sending the prompt anew to anybody else", () => {
  const cached = (usd: number) => {
    const version = priceOf(1, 2);
    const nanoUsd = BigInt(usd * 1e9);
    const unit = { unit: "cached_input" as const, aboveContextTokens: 0 };
    const price = { ...unit, platformNanoUsdPerMillion: nanoUsd, supplierNanoUsdPerMillion: nanoUsd };
    return { ...version, prices: [...version.prices, price] };
  };
  expect(cachePays(cached(0.25), [priceOf(0.5, 2)])).toBe(true);
  expect(cachePays(cached(0.75), [priceOf(0.5, 2)])).toBe(false);
  // Without a cached price the whole one counts.
  expect(cachePays(priceOf(1, 2), [priceOf(0.5, 2)])).toBe(false);
});
