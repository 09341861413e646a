// Harm prevented: a price that is wrong by a digit, or of another model, charged to everybody until somebody notices.
import { readFileSync } from "node:fs";
import { calcPrice } from "@pydantic/genai-prices";
import { describe, expect, it } from "vitest";
import {
  type CatalogFile,
  type PriceVersion,
  parseCatalogFile,
  priceUsage,
  type Units,
} from "@/server/catalog";
import { generateCatalogue, PRICED_AT, PRICES_READ_ON, priceKeyOf, readSource } from "./generate";

const content: unknown = JSON.parse(readFileSync(new URL("catalogue.json", import.meta.url), "utf8"));
const file = parseCatalogFile(content);
const source = readSource();

type FileEndpoint = CatalogFile["models"][number]["endpoints"][number];
const all = file.models.flatMap((model) =>
  model.endpoints.map((endpoint) => ({ model, endpoint, name: `${model.slug} at ${endpoint.provider}` })),
);
const endpoints = all.filter(({ model }) => model.outputModalities.includes("text"));
const media = all.filter(({ model }) => !model.outputModalities.includes("text"));
const versionOf = (endpoint: FileEndpoint): PriceVersion => ({
  id: "prc_seed",
  effectiveFrom: PRICED_AT,
  prices: endpoint.prices,
});
const basePrices = (slug: string) =>
  Object.fromEntries(
    (file.models.find((model) => model.slug === slug)?.endpoints[0]?.prices ?? []).map((price) => [
      price.unit,
      Number(price.platformNanoUsdPerMillion) / 1e9,
    ]),
  );

describe("catalogue.json", () => {
  it("is what the generator makes", () => {
    expect(content).toEqual(generateCatalogue());
  });

  it("has at least 60 models of 12 providers, and models that several providers serve", () => {
    expect(file.models.length).toBeGreaterThanOrEqual(60);
    const used = new Set(all.map(({ endpoint }) => endpoint.provider));
    expect(used).toEqual(new Set(file.providers.map((provider) => provider.slug)));
    expect(used.size).toBeGreaterThanOrEqual(12);
    for (const slug of [
      "deepseek/deepseek-r1",
      "deepseek/deepseek-v3",
      "meta-llama/llama-3.3-70b-instruct",
      "openai/gpt-oss-120b",
      "qwen/qwen3-32b",
    ]) {
      const providers = file.models
        .find((model) => model.slug === slug)
        ?.endpoints.map((entry) => entry.provider);
      expect(new Set(providers).size).toBeGreaterThanOrEqual(2);
    }
  });

  it("has the prices that the pricing page promises", () => {
    expect(basePrices("openai/gpt-4.1-mini")).toEqual({ input: 0.4, cached_input: 0.1, output: 1.6 });
    expect(basePrices("anthropic/claude-sonnet-4.6")).toEqual({
      input: 3,
      cached_input: 0.3,
      output: 15,
      cache_write: 3.75,
      cache_write_1h: 6,
      search: 10_000,
    });
  });

  it.each(endpoints)("$name has sane prices with source and date", ({ model, endpoint }) => {
    const units = endpoint.prices.filter((row) => row.aboveContextTokens === 0).map((row) => row.unit);
    expect(units).toEqual(expect.arrayContaining(["input", "output"]));
    for (const price of endpoint.prices) {
      expect(price.platformNanoUsdPerMillion).toBeGreaterThan(0n);
      const dearest = price.unit === "search" ? 20_000_000_000_000n : 1_000_000_000_000n;
      expect(price.platformNanoUsdPerMillion).toBeLessThan(dearest);
      expect(price.aboveContextTokens).toBeLessThan(endpoint.contextLength ?? 0);
      // Every tier of a unit rests on a base price, so no prompt size is without one.
      expect(units).toContain(price.unit);
    }
    expect(endpoint.source).toMatch(/^https:\/\/\S+ \(@pydantic\/genai-prices [\d.]+\)$/);
    expect(endpoint.sourceDate).toBe(PRICES_READ_ON);
    expect(endpoint.maxOutputTokens ?? 1).toBeLessThanOrEqual(endpoint.contextLength ?? 0);
    expect(model.outputModalities).toEqual(["text"]);
  });

  it("has a model of every kind beside conversations", () => {
    const made = new Set(media.flatMap(({ model }) => model.outputModalities));
    expect(made).toEqual(
      new Set(["embeddings", "moderation", "rerank", "image", "speech", "transcription", "video"]),
    );
  });

  it.each(media)(
    "$name has sane prices with source and date, and says when they are examples",
    ({ model, endpoint }) => {
      expect(endpoint.source).toMatch(/^https:\/\/\S+ \((@pydantic\/genai-prices [\d.]+|example price)\)$/);
      expect(endpoint.prices.length).toBeGreaterThan(0);
      const isExample = endpoint.source.endsWith("(example price)");
      expect(endpoint.sourceDate === PRICES_READ_ON).toBe(!isExample);
      expect(model.description?.includes("The price is an example")).toBe(isExample);
      // A dollar for one image, second or character would be a typing mistake.
      for (const price of endpoint.prices)
        expect(price.platformNanoUsdPerMillion).toBeLessThan(1_000_000_000_000_000n);
    },
  );

  it("prices an hour of audio, an image and a page of speech as the lists do", () => {
    const cost = (slug: string, units: Units) => {
      const found = media.find(({ model }) => model.slug === slug);
      if (!found) throw new Error(`no ${slug}`);
      return Number(priceUsage(versionOf(found.endpoint), units, 0).costNanoUsd) / 1e9;
    };
    expect(cost("openai/whisper-1", { audio_second: 3_600n })).toBeCloseTo(0.36, 9);
    expect(cost("openai/whisper-large-v3", { audio_second: 3_600n })).toBeCloseTo(0.111, 6);
    // The list's own figure for a square image of medium quality is $0.042.
    expect(cost("openai/gpt-image-1", { output: 1_056n })).toBeCloseTo(0.042, 3);
    expect(cost("openai/tts-1", { character: 1_000n })).toBe(0.015);
    expect(cost("cohere/rerank-v3.5", { search: 1n })).toBe(0.002);
    expect(cost("openai/text-embedding-3-small", { input: 1_000_000n })).toBe(0.02);
    expect(cost("kwaivgi/kling-v2.5-turbo-pro", { video_second: 5n })).toBe(0.35);
  });

  it.each(endpoints)(
    "$name costs what the price source says, on both sides of every tier",
    ({ model, endpoint }) => {
      const wanted = source.models
        .find((entry) => entry.slug === model.slug)
        ?.endpoints.find(
          (entry) => entry.provider === endpoint.provider && entry.upstreamModel === endpoint.upstreamModel,
        );
      if (!wanted) throw new Error("not in models.json");
      const { providerId, modelId } = priceKeyOf(source, wanted);
      const has = new Set(endpoint.prices.map((price) => price.unit));
      const edges = endpoint.prices.flatMap(({ aboveContextTokens: edge }) =>
        edge > 0 ? [edge, edge + 1] : [],
      );
      for (const promptTokens of new Set([1_000, 100_003, ...edges])) {
        if (promptTokens > (endpoint.contextLength ?? 0)) continue;
        const part = (
          unit: "cached_input" | "cache_write" | "cache_write_1h" | "audio_input",
          tokens: number,
        ) => (has.has(unit) ? tokens : 0);
        const cached = part("cached_input", 137);
        const written = part("cache_write", 211);
        const writtenFor1h = part("cache_write_1h", 89);
        const audio = part("audio_input", 53);
        const answerTokens = 4_321;
        const units: Units = {
          input: BigInt(promptTokens - cached - written - writtenFor1h - audio),
          cached_input: BigInt(cached),
          cache_write: BigInt(written),
          cache_write_1h: BigInt(writtenFor1h),
          audio_input: BigInt(audio),
          output: BigInt(answerTokens),
        };
        const oracle = calcPrice(
          {
            input_tokens: promptTokens,
            output_tokens: answerTokens,
            ...(cached > 0 && { cache_read_tokens: cached }),
            // There the one-hour writes are part of all writes; here the buckets are disjoint.
            ...(written > 0 && { cache_write_tokens: written + writtenFor1h }),
            ...(writtenFor1h > 0 && { cache_write_1h_tokens: writtenFor1h }),
            ...(audio > 0 && { input_audio_tokens: audio, cache_audio_read_tokens: 0 }),
          },
          modelId,
          { providerId, timestamp: PRICED_AT },
        );
        if (!oracle) throw new Error("unknown to the price source");
        const cost = Number(priceUsage(versionOf(endpoint), units, promptTokens).costNanoUsd);
        const expected = oracle.total_price * 1e9;
        // We round up to a whole nano-dollar, once; beyond that only the oracle's floating point may differ.
        expect(Math.abs(cost - expected)).toBeLessThanOrEqual(1 + expected * 1e-9);
      }
    },
  );
});
