import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache, type ReactNode } from "react";
import { serverApi } from "@/app/_trpc/server";
import { CodeTabs } from "@/app/_ui/code-tabs";
import { CopyButton } from "@/app/_ui/copy-button";
import { EmptyState } from "@/app/_ui/empty-state";
import { Link } from "@/app/_ui/link";
import { KEY_PLACEHOLDER, toSnippets } from "@/app/dashboard/_first-run/snippets";
import { orNull } from "@/app/mailbox/or-null";
import { toTokenCount } from "../../../_data/catalog";
import { pageMetadata } from "../../../_data/page-metadata";
import { apiBaseUrl, siteUrl } from "../../../_data/site-url";
import { JsonLd } from "../../../_parts/json-ld";
import { EndpointPrices } from "../../_parts/endpoint-prices";
import { comparePath } from "../../_parts/filters";
import { toMediaSamples } from "../../_parts/media-samples";
import { PriceHistory } from "../../_parts/price-history";

interface Props {
  readonly params: Promise<{ readonly author: string; readonly slug: string }>;
}

/** One look-up for the head and the body of the page. */
const findModel = cache(async (slug: string) => {
  const api = await serverApi();
  return orNull(api.catalog.model({ slug }));
});

async function slugOf(params: Props["params"]): Promise<string> {
  const { author, slug } = await params;
  return `${decodeURIComponent(author)}/${decodeURIComponent(slug)}`.slice(0, 200);
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const model = await findModel(await slugOf(params));
  if (!model) return { title: "No such model" };
  return pageMetadata({
    path: `/models/${model.slug}`,
    title: model.name,
    description: `${model.description} Context ${toTokenCount(model.contextLength)} tokens, prices per provider.`,
  });
}

export default async function ModelPage({ params }: Props) {
  const model = await findModel(await slugOf(params));
  if (!model) notFound();
  const api = await serverApi();
  const [live, history] = await Promise.all([
    api.health.model({ slug: model.slug }),
    api.catalog.priceHistory({ slug: model.slug }),
  ]);
  const health = new Map(live.map((one) => [one.endpointId, one]));
  const place = { baseUrl: await apiBaseUrl(), apiKey: KEY_PLACEHOLDER };
  const samples = toMediaSamples(model, place) ?? toSnippets({ ...place, model: model.slug });
  const chats =
    model.endpoints.length > 0 &&
    model.inputModalities.includes("text") &&
    model.outputModalities.includes("text");
  return (
    <div className="mx-auto grid w-full max-w-6xl gap-10 px-4 py-10 sm:px-6 sm:py-14">
      <header className="grid gap-3">
        <p className="text-sm">
          <Link href="/models" className="text-link underline underline-offset-4">
            Models
          </Link>{" "}
          <span className="text-ink-2">/ {model.author}</span>
        </p>
        <h1 className="font-semibold text-3xl leading-10">{model.name}</h1>
        <p className="flex items-center gap-1">
          <code className="break-all font-mono text-ink-2 text-sm">{model.slug}</code>
          <CopyButton value={model.slug} label={`Copy ${model.slug}`} className="-my-1" />
          <Link
            href={comparePath([model.slug])}
            className="ml-2 text-link text-sm underline underline-offset-4"
          >
            Compare
          </Link>
          {chats && (
            <Link
              href={`/dashboard/playground?models=${encodeURIComponent(model.slug)}`}
              className="ml-2 text-link text-sm underline underline-offset-4"
            >
              Try it
            </Link>
          )}
        </p>
        <p className="max-w-[70ch] text-pretty">{model.description}</p>
        <dl className="mt-2 flex flex-wrap gap-x-10 gap-y-3 text-sm">
          <Fact name="Context">{toTokenCount(model.contextLength)} tokens</Fact>
          {model.maxOutputTokens !== null && (
            <Fact name="Longest answer">{toTokenCount(model.maxOutputTokens)} tokens</Fact>
          )}
          <Fact name="Reads">{model.inputModalities.join(", ")}</Fact>
          <Fact name="Writes">{model.outputModalities.join(", ")}</Fact>
          {model.releasedOn && <Fact name="Released">{model.releasedOn}</Fact>}
        </dl>
      </header>
      <div className="grid items-start gap-x-8 gap-y-10 lg:grid-cols-2">
        <section className="grid min-w-0 gap-4" aria-labelledby="providers">
          <h2 id="providers" className="font-semibold text-xl">
            Providers and prices
          </h2>
          {model.endpoints.length === 0 && (
            <div className="surface">
              <EmptyState
                title="No provider serves it right now"
                description="A request is refused with no_available_provider until one does."
              />
            </div>
          )}
          {model.endpoints.map((endpoint) => (
            <EndpointPrices key={endpoint.id} endpoint={endpoint} health={health.get(endpoint.id)} />
          ))}
        </section>
        <section className="grid min-w-0 gap-4" aria-labelledby="call">
          <h2 id="call" className="font-semibold text-xl">
            Call it
          </h2>
          <CodeTabs label={`A request to ${model.name}, by language`} samples={samples} />
          {model.supportedParameters.length > 0 && <Parameters names={model.supportedParameters} />}
        </section>
      </div>
      <PriceHistory history={history} />
      <JsonLd data={breadcrumbs(await siteUrl(), model)} />
    </div>
  );
}

/** Where the page stands, for search engines. */
function breadcrumbs(origin: string, { name, slug }: { readonly name: string; readonly slug: string }) {
  const places = [
    { name: "Models", item: `${origin}/models` },
    { name, item: `${origin}/models/${slug}` },
  ];
  return {
    "@context": "https://schema.org",
    "@type": "BreadcrumbList",
    itemListElement: places.map((place, index) => ({ "@type": "ListItem", position: index + 1, ...place })),
  };
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt className="text-ink-2">{name}</dt>
      <dd className="font-medium tabular-nums">{children}</dd>
    </div>
  );
}

function Parameters({ names }: { readonly names: readonly string[] }) {
  return (
    <div>
      <h3 className="mb-2 font-medium text-sm">Parameters it is known to take</h3>
      <ul className="flex flex-wrap gap-1.5">
        {names.map((name) => (
          <li key={name} className="rounded-md border border-line bg-raised px-2 py-0.5 font-mono text-xs">
            {name}
          </li>
        ))}
      </ul>
    </div>
  );
}
