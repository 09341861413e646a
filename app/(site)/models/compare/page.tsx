import { serverApi } from "@/app/_trpc/server";
import { ButtonLink } from "@/app/_ui/button-link";
import { EmptyState } from "@/app/_ui/empty-state";
import { Link } from "@/app/_ui/link";
import { orNull } from "@/app/mailbox/or-null";
import { pageMetadata } from "../../_data/page-metadata";
import { CompareTable } from "../_parts/compare-table";
import { MAX_COMPARED, NO_FILTERS, type Query, readCompared, toPath } from "../_parts/filters";

export const metadata = pageMetadata({
  path: "/models/compare",
  title: "Compare models",
  description: "Up to four models side by side: context, modalities, capabilities, prices and live health.",
});

export default async function ComparePage({ searchParams }: { readonly searchParams: Promise<Query> }) {
  const wanted = readCompared((await searchParams).compare);
  const api = await serverApi();
  const found = await Promise.all(wanted.map((slug) => orNull(api.catalog.model({ slug }))));
  const models = found.filter((model) => model !== null);
  const health = await Promise.all(models.map(({ slug }) => api.health.model({ slug })));
  const chosen = models.map(({ slug }) => slug);
  const addMore = toPath({ ...NO_FILTERS, compared: chosen });
  return (
    <div className="mx-auto grid w-full max-w-6xl gap-6 px-4 py-10 sm:px-6 sm:py-14">
      <header className="flex flex-wrap items-end justify-between gap-4">
        <div className="grid gap-2">
          <p className="text-sm">
            <Link href="/models" className="text-link underline underline-offset-4">
              Models
            </Link>
          </p>
          <h1 className="font-semibold text-3xl leading-10">Compare models</h1>
          <p className="max-w-[70ch] text-ink-2">
            Prices are US dollars at the cheapest provider of each model. Health is of real requests in this
            moment; a dash means that there is no traffic to tell from.
          </p>
        </div>
        {models.length > 0 && models.length < MAX_COMPARED && (
          <ButtonLink href={addMore} variant="secondary">
            Add another
          </ButtonLink>
        )}
      </header>
      {models.length === 0 ? (
        <div className="surface">
          <EmptyState
            title="Nothing to compare yet"
            description="Choose two to four models with the plus in their row."
            action={
              <ButtonLink href={addMore} variant="secondary">
                Choose models
              </ButtonLink>
            }
          />
        </div>
      ) : (
        <CompareTable models={models.map((model, index) => ({ model, health: health[index] ?? [] }))} />
      )}
    </div>
  );
}
