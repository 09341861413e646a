import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { calcPrice, findProvider } from "@pydantic/genai-prices";
import { z } from "zod";

/**
 * The models beside conversations, from `media.json`: embeddings, images, speech and the rest. Prices are the price
 * package's where it knows them (`prices` names its provider), and else examples, and called so wherever they are seen;
 * see README.md.
 */
const mediaSchema = z.strictObject({
  providers: z.array(
    z.strictObject({ slug: z.string(), name: z.string(), kind: z.string(), baseUrl: z.string() }),
  ),
  models: z.array(
    z.strictObject({
      slug: z.string(),
      name: z.string(),
      description: z.string(),
      contextLength: z.int(),
      inputModalities: z.array(z.string()),
      outputModalities: z.array(z.string()),
      supportedParameters: z.array(z.string()),
      releasedOn: z.string(),
      endpoints: z.array(
        z.strictObject({
          provider: z.string(),
          upstreamModel: z.string(),
          prices: z.union([z.string(), z.record(z.string(), z.string())]),
          source: z.string().optional(),
          sourceDate: z.string().optional(),
        }),
      ),
    }),
  ),
});
type Media = z.output<typeof mediaSchema>;
type MediaModel = Media["models"][number];
type MediaEndpoint = MediaModel["endpoints"][number];

const SECONDS_PER_HOUR = 3_600;
const UNITS_PER_PRICE = 1_000_000;
/** The package has a price of each direction of a transcript; we bill the audio once. */
const NOT_METERED = new Set(["input_audio_hours", "cache_image_read_mtok"]);

const EXAMPLE = "The price is an example and no provider's list price.";

export function readMedia(): Media {
  const file = fileURLToPath(new URL("media.json", import.meta.url));
  return mediaSchema.parse(JSON.parse(readFileSync(file, "utf8")));
}

interface PackageFacts {
  readonly name: string;
  readonly readOn: string;
  readonly pricedAt: Date;
}

export function generateMedia(facts: PackageFacts) {
  return readMedia().models.map((model) => ({
    ...model,
    description: model.endpoints.some(({ prices }) => typeof prices !== "string")
      ? `${model.description} ${EXAMPLE}`
      : model.description,
    maxOutputTokens: null,
    endpoints: model.endpoints.map((endpoint) => generateEndpoint(model, endpoint, facts)),
  }));
}

function generateEndpoint(model: MediaModel, endpoint: MediaEndpoint, facts: PackageFacts) {
  const { provider, upstreamModel, prices } = endpoint;
  const common = { provider, upstreamModel, contextLength: model.contextLength, maxOutputTokens: null };
  if (typeof prices !== "string") {
    if (!endpoint.source || !endpoint.sourceDate)
      throw new Error(`${model.slug} has prices without a source`);
    return {
      ...common,
      source: `${endpoint.source} (example price)`,
      sourceDate: endpoint.sourceDate,
      prices: Object.entries(prices).map(([unit, usdPerMillion]) => ({ unit, usdPerMillion })),
    };
  }
  const [pricingUrl] = findProvider({ providerId: prices })?.pricing_urls ?? [];
  return {
    ...common,
    source: `${pricingUrl ?? prices} (${facts.name})`,
    sourceDate: facts.readOn,
    prices: packagePrices(model, upstreamModel, prices, facts.pricedAt),
  };
}

function packagePrices(model: MediaModel, upstreamModel: string, providerId: string, pricedAt: Date) {
  const found = calcPrice({ input_tokens: 1 }, upstreamModel, { providerId, timestamp: pricedAt });
  if (!found) throw new Error(`no price for ${upstreamModel} at ${providerId}`);
  // Known, and free.
  if (Object.keys(found.model_price).length === 0) return [{ unit: "request", usdPerMillion: "0" }];
  const isSpeech = model.outputModalities.includes("speech");
  const units: Readonly<Record<string, string | undefined>> = {
    input_mtok: "input",
    cache_read_mtok: "cached_input",
    input_image_mtok: "image_input",
    input_audio_mtok: "audio_input",
    output_mtok: model.outputModalities.includes("embeddings")
      ? undefined
      : isSpeech
        ? "audio_output"
        : "output",
    audio_hours: "audio_second",
  };
  return Object.entries(found.model_price).flatMap(([key, price]) => {
    if (NOT_METERED.has(key) || typeof price !== "number") return [];
    const unit = units[key];
    if (unit === undefined) return [];
    const usd = unit === "audio_second" ? (price / SECONDS_PER_HOUR) * UNITS_PER_PRICE : price;
    return [{ unit, usdPerMillion: usd.toFixed(9).replace(/(\.\d\d\d*?)0+$/, "$1") }];
  });
}
