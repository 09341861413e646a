import { basePrice, cheapestEndpoint, type PublicModel } from "../../_data/catalog";

/** What the list shows of a model. Prices are nano-USD per million of the cheapest provider, null where it has none. */
export interface ListedModel {
  readonly slug: string;
  readonly name: string;
  readonly reads: string;
  readonly contextTokens: number;
  readonly input: bigint | null;
  readonly cachedInput: bigint | null;
  readonly output: bigint | null;
  readonly provider: string | null;
  readonly otherProviders: number;
}

/** The rest of a model stays on the server: a hundred of them travel to the page. */
export function toListedModel(model: PublicModel): ListedModel {
  const endpoint = cheapestEndpoint(model);
  return {
    slug: model.slug,
    name: model.name,
    reads: model.inputModalities.join(", "),
    contextTokens: model.contextLength,
    input: endpoint && basePrice(endpoint, "input"),
    cachedInput: endpoint && basePrice(endpoint, "cached_input"),
    output: endpoint && basePrice(endpoint, "output"),
    provider: endpoint?.provider.name ?? null,
    otherProviders: model.endpoints.length - 1,
  };
}
