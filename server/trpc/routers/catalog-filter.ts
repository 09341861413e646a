import { z } from "zod";
import type { CatalogEndpoint, CatalogModel } from "@/server/catalog";

/** What can be asked of the list of models. Everything named has to hold. */
export const modelFilter = z.strictObject({
  /** Every word must occur in the model's name, slug or author. */
  search: z.string().trim().max(200).optional(),
  /** Slug of a provider that serves the model. */
  provider: z.string().max(64).optional(),
  /** Something that the model can read. */
  modality: z.enum(["text", "image", "audio", "video", "file"]).optional(),
  /** Something that the model gives. */
  output: z.string().max(32).optional(),
  /** A parameter that it is known to take: `tools`, `structured_outputs`, `reasoning_effort`. */
  parameter: z.string().max(64).optional(),
  minContextTokens: z.int().positive().optional(),
  /** The most that a million input tokens cost at one of its providers, nano-USD. */
  maxInputNanoUsd: z.bigint().nonnegative().optional(),
});
type ModelFilter = z.output<typeof modelFilter>;

export function matches(model: CatalogModel, filter: ModelFilter): boolean {
  const { modality, output, parameter, minContextTokens = 0 } = filter;
  if (modality !== undefined && !model.inputModalities.includes(modality)) return false;
  if (output !== undefined && !model.outputModalities.includes(output)) return false;
  if (parameter !== undefined && !model.supportedParameters.includes(parameter)) return false;
  if (model.contextLength < minContextTokens) return false;
  return servedAsAsked(model, filter) && hasWords(model, filter.search ?? "");
}

/** One and the same endpoint has to be of the provider and within the price. */
function servedAsAsked(model: CatalogModel, { provider, maxInputNanoUsd }: ModelFilter): boolean {
  return model.endpoints.some(
    (endpoint) =>
      hasPrice(endpoint) &&
      (provider === undefined || endpoint.provider.slug === provider) &&
      (maxInputNanoUsd === undefined || inputPriceWithin(endpoint, maxInputNanoUsd)),
  );
}

/** False for what is not priced by input tokens: an image costs more than a token, whatever the numbers say. */
function inputPriceWithin({ priceVersion }: CatalogEndpoint, most: bigint): boolean {
  const price = priceVersion?.prices.find((one) => one.unit === "input" && one.aboveContextTokens === 0);
  return price !== undefined && price.platformNanoUsdPerMillion <= most;
}

function hasWords({ slug, name }: CatalogModel, search: string): boolean {
  const text = `${slug} ${name}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export function hasPrice(endpoint: CatalogEndpoint): boolean {
  return endpoint.priceVersion !== null;
}
