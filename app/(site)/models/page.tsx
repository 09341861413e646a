import { serverApi } from "@/app/_trpc/server";
import { ButtonLink } from "@/app/_ui/button-link";
import { EmptyState } from "@/app/_ui/empty-state";
import { fromCents } from "@/server/platform/money";
import { pageMetadata } from "../_data/page-metadata";
import { CompareBar } from "./_parts/compare-bar";
import { FilterBar } from "./_parts/filter-bar";
import { readFilters, sortModels } from "./_parts/filters";
import { toListedModel } from "./_parts/listed-model";
import { ModelTable } from "./_parts/model-table";

export const metadata = pageMetadata({
  path: "/models",
  title: "Models",
  description:
    "Every model that can be called: providers, context length and the current price per million tokens.",
});

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function ModelsPage({ searchParams }: Props) {
  const filters = readFilters(await searchParams);
  const api = await serverApi();
  const [models, providers] = await Promise.all([
    api.catalog.models({
      search: filters.search,
      provider: filters.provider ?? undefined,
      modality: filters.modality ?? undefined,
      output: filters.output ?? undefined,
      parameter: filters.capability ?? undefined,
      minContextTokens: filters.minContextTokens ?? undefined,
      maxInputNanoUsd: filters.maxInputCents === null ? undefined : fromCents(BigInt(filters.maxInputCents)),
    }),
    api.catalog.providers(),
  ]);
  const isAnySimulated = providers.some((provider) => provider.isSimulated);
  return (
    <div className="mx-auto grid w-full max-w-6xl gap-6 px-4 py-10 sm:px-6 sm:py-14">
      <header className="grid gap-2">
        <h1 className="font-semibold text-3xl leading-10">Models</h1>
        <p className="max-w-[70ch] text-ink-2">
          Everything that can be called now. Prices are US dollars per million tokens at the cheapest provider
          of the model; its page has all providers and units.
          {isAnySimulated &&
            " Providers that are marked as simulated are answered by this installation itself."}
        </p>
      </header>
      <FilterBar filters={filters} providers={providers} />
      <p role="status" className="text-ink-2 text-sm">
        {models.length === 1 ? "1 model" : `${models.length} models`}
      </p>
      {models.length > 0 ? (
        <ModelTable models={sortModels(models, filters.sort).map(toListedModel)} filters={filters} />
      ) : (
        <div className="surface">
          <EmptyState
            title="No model matches"
            description="Try fewer words, or take back one of the filters."
            action={
              <ButtonLink href="/models" variant="secondary">
                Show all models
              </ButtonLink>
            }
          />
        </div>
      )}
      <CompareBar filters={filters} />
    </div>
  );
}
