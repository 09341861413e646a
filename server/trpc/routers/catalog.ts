import { z } from "zod";
import {
  type CatalogEndpoint,
  type CatalogModel,
  isCallable,
  type PriceVersion,
  readPriceHistory,
} from "@/server/catalog";
import { AppError } from "@/server/platform/errors";
import { publicProcedure, router } from "../init";
import { estimate, estimateInput } from "./catalog-estimate";
import { hasPrice, matches, modelFilter } from "./catalog-filter";

/** The public catalogue: what can be called, where, at which price. Never supplier prices, base URLs or credentials. */
export const catalogRouter = router({
  /** Models that can be called now, by slug. */
  models: publicProcedure.input(modelFilter.optional()).query(async ({ ctx, input = {} }) => {
    const { models } = await ctx.services.catalog.current();
    return models.filter((model) => isCallable(model) && matches(model, input)).map(toPublicModel);
  }),

  /** One model, also while nobody serves it. @throws AppError model_not_found with the nearest names */
  model: publicProcedure
    .input(z.strictObject({ slug: z.string().max(200) }))
    .query(async ({ ctx, input }) => {
      const catalog = await ctx.services.catalog.current();
      const model = catalog.find(input.slug);
      if (model) return toPublicModel(model);
      throw new AppError("model_not_found", {
        message: "There is no model of that name.",
        metadata: { nearest: catalog.nearest(input.slug) },
      });
    }),

  /** Every price version of the model's endpoints by rising date; announced ones, too. None for a name that is none. */
  priceHistory: publicProcedure
    .input(z.strictObject({ slug: z.string().max(200) }))
    .query(async ({ ctx, input }) => {
      const model = (await ctx.services.catalog.current()).find(input.slug);
      const endpoints = (model?.endpoints ?? []).filter(hasPrice);
      const versions = await readPriceHistory(
        ctx.services.db,
        endpoints.map(({ id }) => id),
      );
      return {
        asOf: new Date(ctx.services.clock.nowMs()),
        endpoints: endpoints.map((endpoint) => ({
          endpointId: endpoint.id,
          provider: toPublicProvider(endpoint),
          versions: (versions.get(endpoint.id) ?? []).map(toPublicVersion),
        })),
      };
    }),

  /**
   * What such requests cost at every provider of the model, cheapest first, by the arithmetic that charges them. Null
   * where the provider has no price for something that was named. Every request is rounded on its own, as on its receipt.
   */
  estimate: publicProcedure.input(estimateInput).query(async ({ ctx, input }) => {
    const model = (await ctx.services.catalog.current()).find(input.slug);
    return estimate(model?.endpoints ?? [], input).map(({ endpoint, cost }) => ({
      endpointId: endpoint.id,
      provider: toPublicProvider(endpoint),
      cost,
    }));
  }),

  /** Providers that serve a model now, by name, with how many. */
  providers: publicProcedure.query(async ({ ctx }) => {
    const { models } = await ctx.services.catalog.current();
    const modelsOf = new Map<string, { provider: PublicProvider; models: Set<string> }>();
    for (const model of models) {
      for (const endpoint of model.endpoints.filter(hasPrice)) {
        const provider = toPublicProvider(endpoint);
        const entry = modelsOf.get(provider.slug) ?? { provider, models: new Set() };
        modelsOf.set(provider.slug, entry);
        entry.models.add(model.slug);
      }
    }
    return [...modelsOf.values()]
      .map(({ provider, models: served }) => ({ ...provider, modelCount: served.size }))
      .sort((a, b) => a.name.localeCompare(b.name, "en"));
  }),
});

interface PublicProvider {
  readonly slug: string;
  readonly name: string;
  readonly isSimulated: boolean;
}

function toPublicModel(model: CatalogModel) {
  return {
    name: model.name,
    slug: model.slug,
    author: model.author,
    description: model.description,
    contextLength: model.contextLength,
    maxOutputTokens: model.maxOutputTokens,
    inputModalities: model.inputModalities,
    outputModalities: model.outputModalities,
    supportedParameters: model.supportedParameters,
    releasedOn: model.releasedOn,
    endpoints: model.endpoints.flatMap(toPublicEndpoint),
  };
}

/** None for an endpoint without a price: it cannot be called. Field by field, so that a new column stays private. */
function toPublicEndpoint(endpoint: CatalogEndpoint) {
  const version = endpoint.priceVersion;
  if (version === null) return [];
  return [
    {
      id: endpoint.id,
      contextLength: endpoint.contextLength,
      maxOutputTokens: endpoint.maxOutputTokens,
      provider: toPublicProvider(endpoint),
      ...toPublicVersion(version),
    },
  ];
}

/** Without what the supplier charges us. */
function toPublicVersion({ id, effectiveFrom, prices }: PriceVersion) {
  return {
    priceVersionId: id,
    effectiveFrom,
    prices: prices.map(({ unit, aboveContextTokens, platformNanoUsdPerMillion }) => ({
      unit,
      aboveContextTokens,
      platformNanoUsdPerMillion,
    })),
  };
}

function toPublicProvider({ provider: { slug, name, isSimulated } }: CatalogEndpoint): PublicProvider {
  return { slug, name, isSimulated };
}
