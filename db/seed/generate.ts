import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { calcPrice, findProvider, type TieredPrices } from "@pydantic/genai-prices";
import { z } from "zod";
import { generateMedia, readMedia } from "./media";

/**
 * Makes `catalogue.json` from `models.json` (what a model is and who serves it, kept by hand) and from the list prices
 * of `@pydantic/genai-prices`. Run `npx tsx db/seed/generate.ts` after a change to either; see README.md.
 */
const PRICE_PACKAGE = "@pydantic/genai-prices 0.1.8";
/** The day that release was published: its prices are the suppliers' lists as of then. */
export const PRICES_READ_ON = "2026-09-23";
/** Prices that depend on the time of day are taken at their peak: DeepSeek's is 01:00–04:00 and 06:00–10:00 UTC. */
export const PRICED_AT = new Date(`${PRICES_READ_ON}T02:00:00Z`);

const sourceSchema = z.strictObject({
  parameterSets: z.record(z.string(), z.array(z.string())),
  providers: z.array(
    z.strictObject({
      slug: z.string(),
      name: z.string(),
      baseUrl: z.string(),
      /** The provider's name in the price package. */
      prices: z.string(),
      /** It makes the models it serves, so the model's own limits are its limits. */
      isAuthor: z.boolean(),
    }),
  ),
  models: z.array(
    z.strictObject({
      slug: z.string(),
      name: z.string(),
      description: z.string(),
      contextLength: z.int(),
      maxOutputTokens: z.int().nullable(),
      inputModalities: z.array(z.string()),
      parameters: z.string(),
      releasedOn: z.string().nullable(),
      endpoints: z.array(
        z.strictObject({
          provider: z.string(),
          upstreamModel: z.string(),
          maxOutputTokens: z.int().optional(),
          /** The model's name in the price package, when it is not the upstream one. */
          priceId: z.string().optional(),
        }),
      ),
    }),
  ),
});
type Source = z.output<typeof sourceSchema>;
type SourceModel = Source["models"][number];
type SourceEndpoint = SourceModel["endpoints"][number];

/** Providers that are called in a protocol of their own. */
const KINDS: Readonly<Record<string, string>> = {
  anthropic: "anthropic",
  google: "google",
  cohere: "cohere",
};

const UNIT_OF: Readonly<Record<string, string>> = {
  input_mtok: "input",
  cache_read_mtok: "cached_input",
  cache_write_mtok: "cache_write",
  cache_write_1h_mtok: "cache_write_1h",
  output_mtok: "output",
  output_reasoning_mtok: "reasoning",
  input_audio_mtok: "audio_input",
  output_audio_mtok: "audio_output",
};
/** Providers whose answers say how many searches they ran; the price package states them per thousand. */
const METERS_SEARCHES = new Set(["anthropic"]);
/** Fees of tools that no other answer states, and cached audio, for which there is no usage unit. */
const NOT_METERED = new Set(["web_searches_kcount", "storage_searches_kcount", "cache_audio_read_mtok"]);

export function readSource(): Source {
  return sourceSchema.parse(JSON.parse(readFileSync(seedFile("models.json"), "utf8")));
}

/** Where the price package knows an endpoint: its provider and model there. */
export function priceKeyOf(
  source: Source,
  endpoint: SourceEndpoint,
): { providerId: string; modelId: string } {
  const { prices: providerId } = providerOf(source, endpoint);
  return { providerId, modelId: endpoint.priceId ?? endpoint.upstreamModel };
}

function providerOf(source: Source, endpoint: SourceEndpoint): Source["providers"][number] {
  const provider = source.providers.find((entry) => entry.slug === endpoint.provider);
  if (!provider) throw new Error(`unknown provider ${endpoint.provider}`);
  return provider;
}

export function generateCatalogue() {
  const source = readSource();
  return {
    version: 1,
    providers: [
      ...source.providers.map(({ slug, name, baseUrl }) => ({
        slug,
        name,
        kind: KINDS[slug] ?? "openai-compatible",
        baseUrl,
      })),
      ...readMedia().providers,
    ],
    models: [...generateConversations(source), ...generateMedia(MEDIA_FACTS)],
  };
}

const MEDIA_FACTS = { name: PRICE_PACKAGE, readOn: PRICES_READ_ON, pricedAt: PRICED_AT };

function generateConversations(source: Source) {
  return source.models.map(({ parameters, endpoints, ...model }) => {
    const supportedParameters = source.parameterSets[parameters];
    if (!supportedParameters) throw new Error(`${model.slug} names no parameter set: ${parameters}`);
    return {
      ...model,
      outputModalities: ["text"],
      supportedParameters,
      endpoints: endpoints.map((endpoint) => generateEndpoint(source, model, endpoint)),
    };
  });
}

function generateEndpoint(
  source: Source,
  model: Omit<SourceModel, "parameters" | "endpoints">,
  endpoint: SourceEndpoint,
) {
  const { providerId, modelId } = priceKeyOf(source, endpoint);
  const found = calcPrice({ input_tokens: 1, output_tokens: 1 }, modelId, {
    providerId,
    timestamp: PRICED_AT,
  });
  if (!found) throw new Error(`no price for ${modelId} at ${providerId}`);
  const { isAuthor } = providerOf(source, endpoint);
  const contextLength = isAuthor
    ? model.contextLength
    : Math.min(model.contextLength, found.model.context_window ?? model.contextLength);
  const [pricingUrl] = findProvider({ providerId })?.pricing_urls ?? [];
  return {
    provider: endpoint.provider,
    upstreamModel: endpoint.upstreamModel,
    contextLength,
    // A host that does not publish a limit of its own answers until the context is full.
    maxOutputTokens: endpoint.maxOutputTokens ?? (isAuthor ? model.maxOutputTokens : null),
    source: `${pricingUrl ?? providerId} (${PRICE_PACKAGE})`,
    sourceDate: PRICES_READ_ON,
    prices: Object.entries(found.model_price).flatMap(([key, price]) => {
      if (key === "web_searches_kcount" && METERS_SEARCHES.has(providerId) && typeof price === "number")
        return [{ unit: "search", usdPerMillion: toDecimal(price * 1_000) }];
      if (NOT_METERED.has(key) || price === undefined) return [];
      const unit = UNIT_OF[key];
      if (!unit) throw new Error(`${modelId} at ${providerId} has a price that we cannot meter: ${key}`);
      return pricesOf(unit, price, contextLength);
    }),
  };
}

/** One row per tier. A tier that begins beyond the context window can never apply, and would only inflate holds. */
function pricesOf(unit: string, price: number | TieredPrices, contextLength: number) {
  if (typeof price === "number") return [{ unit, usdPerMillion: toDecimal(price) }];
  return [
    { unit, usdPerMillion: toDecimal(price.base) },
    ...price.tiers
      .filter((tier) => tier.start < contextLength)
      .map((tier) => ({ unit, aboveContextTokens: tier.start, usdPerMillion: toDecimal(tier.price) })),
  ];
}

/** Nine decimals are a nano-dollar; binary noise (0.18000000000000002) lies far below. */
function toDecimal(usd: number): string {
  return usd.toFixed(9).replace(/(\.\d\d\d*?)0+$/, "$1");
}

function seedFile(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(seedFile("catalogue.json"), `${JSON.stringify(generateCatalogue(), null, 1)}\n`);
}
