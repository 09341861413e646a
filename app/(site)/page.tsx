import type { Metadata } from "next";
import { serverApi } from "@/app/_trpc/server";
import { ButtonLink } from "@/app/_ui/button-link";
import { pageMetadata } from "./_data/page-metadata";
import { siteUrl } from "./_data/site-url";
import { CatalogStrip } from "./_home/catalog-strip";
import { Hero } from "./_home/hero";
import { MoneySteps } from "./_home/money-steps";
import { WorkedReceipt } from "./_home/worked-receipt";
import { IncludedGrid } from "./_parts/included-grid";
import { JsonLd } from "./_parts/json-ld";
import { Section } from "./_parts/section";

const NAME = "DeepTokenInference: one endpoint for every model";

export const metadata: Metadata = {
  ...pageMetadata({
    path: "/",
    title: NAME,
    description:
      "One OpenAI-compatible endpoint in front of every model and provider, paid for from a prepaid balance.",
  }),
  // Without the name of the site behind it.
  title: { absolute: NAME },
};

const ORGANIZATION = {
  "@context": "https://schema.org",
  "@type": "Organization",
  name: "DeepTokenInference",
};

const EXAMPLE_MODEL = "openai/gpt-4.1-mini";

export default async function HomePage() {
  const api = await serverApi();
  const [models, providers, origin] = await Promise.all([
    api.catalog.models(),
    api.catalog.providers(),
    siteUrl(),
  ]);
  const example = models.find((model) => model.slug === EXAMPLE_MODEL) ?? models[0];
  return (
    <>
      <Hero />
      <JsonLd data={{ ...ORGANIZATION, url: origin, logo: `${origin}/icon.svg` }} />
      <Section
        title="You know what a request cost, to the digit"
        lead="Money is counted in billionths of a dollar, on a ledger, never in floats. Each request is charged once, at the price version it was planned with."
      >
        <div className="grid items-start gap-10 lg:grid-cols-2 lg:gap-14">
          <MoneySteps />
          {example && <WorkedReceipt model={example} />}
        </div>
      </Section>
      {models.length > 0 && (
        <Section
          className="border-line border-t"
          title={`${models.length} models of ${providers.length} providers in the catalogue`}
          lead="Prices per million tokens, per provider, are public and need no account to read."
          aside={
            <ButtonLink href="/models" variant="secondary">
              All models and prices
            </ButtonLink>
          }
        >
          <CatalogStrip models={models} />
        </Section>
      )}
      <Section
        className="border-line border-t"
        title="Everything included in your account"
        lead="No tiers and no subscription fees. What is not open yet says so."
        aside={
          <ButtonLink href="/pricing" variant="secondary">
            Pricing
          </ButtonLink>
        }
      >
        <IncludedGrid />
      </Section>
      <section className="border-line border-t bg-sunken">
        <div className="mx-auto flex max-w-6xl flex-wrap items-center justify-between gap-6 px-4 py-12 sm:px-6">
          <div>
            <h2 className="font-semibold text-xl">Make the first request</h2>
            <p className="mt-1 text-ink-2">Sign up, top up, create a key, change the base URL.</p>
          </div>
          <div className="flex flex-wrap gap-3">
            <ButtonLink href="/sign-up" size="lg">
              Start building
            </ButtonLink>
            <ButtonLink href="/docs" size="lg" variant="secondary">
              Docs
            </ButtonLink>
          </div>
        </div>
      </section>
    </>
  );
}
