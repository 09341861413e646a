import { ButtonLink } from "@/app/_ui/button-link";
import { CodeTabs } from "@/app/_ui/code-tabs";
import { KEY_PLACEHOLDER, toSnippets } from "@/app/dashboard/_first-run/snippets";
import { apiBaseUrl } from "../_data/site-url";

/** What it is, in one sentence and in the code that a reader would write. */
export async function Hero() {
  const samples = toSnippets({
    baseUrl: await apiBaseUrl(),
    apiKey: KEY_PLACEHOLDER,
    model: "openai/gpt-4.1-mini",
  });
  return (
    <section className="border-line border-b">
      <div className="mx-auto grid max-w-6xl items-center gap-x-12 gap-y-10 px-4 py-14 sm:px-6 sm:py-20 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.08fr)] lg:py-24">
        <div>
          <h1 className="font-semibold text-[2.25rem] leading-[1.12] tracking-[-0.03em] sm:text-5xl">
            One endpoint for every model. One balance that pays for it.
          </h1>
          <p className="mt-5 max-w-[54ch] text-[1.0625rem] text-ink-2 text-pretty leading-7">
            Keep the OpenAI client you have and change its base URL. Every request is routed to a provider of
            the model, metered exactly, and deducted from a prepaid balance, at a price that is recorded with
            the request.
          </p>
          <div className="mt-8 flex flex-wrap gap-3">
            <ButtonLink href="/sign-up" size="lg">
              Start building
            </ButtonLink>
            <ButtonLink href="/docs/quickstart" size="lg" variant="secondary">
              Read the quickstart
            </ButtonLink>
          </div>
        </div>
        <CodeTabs label="The first request, by language" samples={samples} className="shadow-pop" />
      </div>
    </section>
  );
}
