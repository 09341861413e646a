import { ApiProvider } from "@/app/_trpc/client";
import { serverApi } from "@/app/_trpc/server";
import { ButtonLink } from "@/app/_ui/button-link";
import { formatMoney } from "@/app/_ui/format-money";
import { SLA_TIERS } from "@/server/billing/commitments/terms";
import { MAX_SELF_SERVE_NANO_USD } from "@/server/billing/packs";
import { pageMetadata } from "../_data/page-metadata";
import { ContactForm } from "./_parts/contact-form";

export const metadata = pageMetadata({
  path: "/enterprise",
  title: "Enterprise",
  description:
    "Invoices, annual commitments and the controls that a company needs, on the same prepaid ledger.",
});

const selfServe = formatMoney(MAX_SELF_SERVE_NANO_USD, "whole").text;

/** What is there for companies, each true of every account today. */
const CONTROLS = [
  {
    title: "One balance, many teams",
    text: "Five roles, projects, service accounts, and hard budgets by organization, project, member and key.",
  },
  {
    title: "Policies that fail closed",
    text: "Allowed models and providers, no training on prompts, zero retention, regions, key lifetimes, addresses, required two-factor.",
  },
  {
    title: "Books that can be checked",
    text: "A signed receipt for every request, a hash-chained audit trail, exports, and a command that verifies both.",
  },
  {
    title: "Automation",
    text: "A management REST API with scoped keys, and signed webhooks with retries, a delivery log and redelivery.",
  },
] as const;

export default async function EnterprisePage() {
  const api = await serverApi();
  const session = await api.account.session();
  return (
    <div className="mx-auto grid w-full max-w-6xl items-start gap-x-14 gap-y-12 px-4 py-14 sm:px-6 sm:py-20 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.1fr)]">
      <div className="grid gap-10">
        <header>
          <p className="font-medium text-link text-sm">Enterprise</p>
          <h1 className="mt-2 font-semibold text-4xl leading-[1.15] tracking-[-0.025em]">
            Committed spend, on terms that you have in writing
          </h1>
          <p className="mt-4 text-[1.0625rem] text-ink-2 text-pretty leading-7">
            Tell us what you run and what you expect to spend in a year. A person writes a quote with a
            discount, a billing schedule and a service level; you accept it on the billing page. Nothing is
            charged before.
          </p>
        </header>
        <section aria-labelledby="invoice" className="surface grid gap-3 p-5">
          <h2 id="invoice" className="font-medium">
            Only need an invoice?
          </h2>
          <p className="text-ink-2 text-sm leading-6">
            Top-ups above {selfServe} need no conversation: the order goes to review, and once it is approved
            you pay it by invoice.
          </p>
          <div>
            <ButtonLink href="/dashboard/billing?pack=business" variant="secondary">
              Order with an invoice
            </ButtonLink>
          </div>
        </section>
        <section aria-labelledby="levels">
          <h2 id="levels" className="mb-4 font-semibold text-xl">
            Service levels of a commitment
          </h2>
          <dl className="grid gap-3">
            {Object.values(SLA_TIERS).map(({ label, promise }) => (
              <div key={label} className="grid gap-x-6 sm:grid-cols-[7rem_1fr]">
                <dt className="font-medium">{label}</dt>
                <dd className="text-ink-2">{promise}</dd>
              </div>
            ))}
          </dl>
        </section>
        <section aria-labelledby="controls">
          <h2 id="controls" className="mb-5 font-semibold text-xl">
            In every account already
          </h2>
          <dl className="grid gap-x-8 gap-y-6 sm:grid-cols-2">
            {CONTROLS.map((control) => (
              <div key={control.title}>
                <dt className="font-medium">{control.title}</dt>
                <dd className="mt-1 text-ink-2 text-sm leading-6">{control.text}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
      <section aria-labelledby="contact">
        <h2 id="contact" className="mb-5 font-semibold text-xl">
          Ask for a commitment
        </h2>
        <ApiProvider>
          <ContactForm known={session} />
        </ApiProvider>
      </section>
    </div>
  );
}
