import { type CatalogModel, isCallable } from "@/server/catalog";
import { readBalance } from "@/server/ledger";
import { memberProcedure, router } from "../init";

/** What the playground's screen needs. Its requests are no procedure: they are the inference API's, see `../playground`. */
export const playgroundRouter = router({
  /** Models that chat, and what there is to spend (nano-USD). */
  start: memberProcedure("playground.use").query(async ({ ctx }) => {
    const { db, catalog, appUrl } = ctx.services;
    const [{ models }, balance] = await Promise.all([
      catalog.current(),
      readBalance(db, ctx.actor.organizationId),
    ]);
    return {
      availableNanoUsd: balance.availableNanoUsd,
      baseUrl: `${appUrl}/v1`,
      models: models.filter((model) => isCallable(model) && chats(model)).map(toChatModel),
    };
  }),
});

function chats({ inputModalities, outputModalities }: CatalogModel): boolean {
  return inputModalities.includes("text") && outputModalities.includes("text");
}

function toChatModel(model: CatalogModel) {
  const { slug, name, inputModalities, supportedParameters } = model;
  const [cheapest] = model.endpoints
    .flatMap((endpoint) => (endpoint.priceVersion ? [priceOf(endpoint.priceVersion.prices)] : []))
    .sort((a, b) => Number(a.input + a.output - b.input - b.output));
  return {
    slug,
    name,
    supportedParameters,
    readsImages: inputModalities.includes("image"),
    /** nano-USD per million tokens at its cheapest endpoint, within the lowest context tier. */
    price: cheapest ?? { input: 0n, output: 0n },
    isSimulated: model.endpoints.every(({ provider }) => provider.isSimulated),
  };
}

type Prices = NonNullable<CatalogModel["endpoints"][number]["priceVersion"]>["prices"];

function priceOf(prices: Prices) {
  const of = (unit: string) =>
    prices.find((price) => price.unit === unit && price.aboveContextTokens === 0)
      ?.platformNanoUsdPerMillion ?? 0n;
  return { input: of("input"), output: of("output") };
}
