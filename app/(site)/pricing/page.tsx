import { serverApi } from "@/app/_trpc/server";
import { Banner } from "@/app/_ui/banner";
import { ButtonLink } from "@/app/_ui/button-link";
import { pageMetadata } from "../_data/page-metadata";
import { IncludedGrid } from "../_parts/included-grid";
import { Section } from "../_parts/section";
import { DEFAULT_MODEL, readCalculation } from "./_parts/calculation";
import { Calculator } from "./_parts/calculator";
import { ControlsStrip } from "./_parts/controls-strip";
import { Faq } from "./_parts/faq";
import { PackChooser } from "./_parts/pack-chooser";
import { PriceGrid } from "./_parts/price-grid";

export const metadata = pageMetadata({
  path: "/pricing",
  title: "Pricing",
  description:
    "Pay-as-you-go balance for API calls across routed providers: prepaid packs from $10, metered usage, public prices per model and provider.",
});

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function PricingPage({ searchParams }: Props) {
  const api = await serverApi();
  const [models, payments] = await Promise.all([api.catalog.models(), api.billing.packs()]);
  const query = await searchParams;
  const find = (slug: unknown) => models.find((one) => one.slug === slug);
  const model = find(query.model) ?? find(DEFAULT_MODEL) ?? models[0];
  const calculation = model && readCalculation(query, model);
  const estimates = calculation ? await api.catalog.estimate({ ...calculation }) : [];
  return (
    <>
      <div className="mx-auto w-full max-w-6xl px-4 pt-14 sm:px-6 sm:pt-20">
        <p className="font-medium text-link text-sm">Pay-as-you-go balance</p>
        <h1 className="mt-2 max-w-[24ch] font-semibold text-4xl leading-[1.15] tracking-[-0.025em] sm:text-[2.75rem]">
          Add funds for metered model usage
        </h1>
        <p className="mt-4 max-w-[66ch] text-[1.0625rem] text-ink-2 text-pretty leading-7">
          Recharge balance for API calls across routed providers. Small top-ups stay simple; production spend
          can move into invoices, commitments, and volume terms.
        </p>
        <div className="mt-8 grid gap-4">
          <PaymentNotice {...payments} />
          <PackChooser />
          <ControlsStrip />
        </div>
      </div>
      <Section
        title="Everything included in your account"
        lead="All platform features come standard — no subscription fees. Just add credits and go. What is not open yet is marked."
        aside={
          <ButtonLink href="/sign-up" variant="secondary">
            Start building
          </ButtonLink>
        }
      >
        <IncludedGrid />
      </Section>
      <Section
        id="models"
        className="border-line border-t"
        title="Model usage stays transparent"
        lead="The catalogue is kept on the server and shows the current platform price per model, provider, and metering unit. Prices can change as providers change their rates; the ledger records the price used for each request."
        aside={
          <ButtonLink href="/models" variant="secondary">
            All models
          </ButtonLink>
        }
      >
        <PriceGrid models={models} />
      </Section>
      {model && calculation && (
        <Section
          id="calculator"
          className="border-line border-t"
          title="What will it cost?"
          lead="Calculated on the server, by the same code that charges requests."
        >
          <Calculator models={models} model={model} calculation={calculation} estimates={estimates} />
        </Section>
      )}
      <Section
        id="faq"
        className="border-line border-t"
        title="Billing questions"
        lead="Answers about balance, model usage, auto recharge, budgets, and enterprise commitments."
      >
        <Faq />
      </Section>
    </>
  );
}

interface PaymentNoticeProps {
  readonly sandboxPayments: boolean;
  readonly cardPayments: boolean;
}

/** How a top-up is paid on this installation, said before anybody chooses an amount. */
function PaymentNotice({ sandboxPayments, cardPayments }: PaymentNoticeProps) {
  return (
    <Banner tone="info">
      {sandboxPayments
        ? "This installation uses the sandbox checkout: no real money moves and no card is asked for."
        : cardPayments
          ? "Top-ups are paid by card at Stripe's checkout. Larger orders are reviewed and paid by invoice."
          : "Card payment is not configured on this installation. Orders by invoice can be placed; smaller amounts are credited by its operator."}
    </Banner>
  );
}
