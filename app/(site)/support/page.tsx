import type { ReactNode } from "react";
import { ApiProvider } from "@/app/_trpc/client";
import { serverApi } from "@/app/_trpc/server";
import { Link } from "@/app/_ui/link";
import { pageMetadata } from "../_data/page-metadata";
import { SupportForm } from "./_parts/support-form";

export const metadata = pageMetadata({
  path: "/support",
  title: "Support",
  description: "Write to us: every message becomes a ticket with a number, and the answer comes by mail.",
});

export default async function SupportPage() {
  const api = await serverApi();
  const [session, { company }] = await Promise.all([api.account.session(), api.site.facts()]);
  return (
    <div className="mx-auto grid w-full max-w-6xl items-start gap-10 px-4 py-10 sm:px-6 sm:py-14 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <div className="grid gap-6">
        <header className="grid gap-2">
          <h1 className="font-semibold text-3xl leading-10">Support</h1>
          <p className="max-w-[64ch] text-ink-2">
            Support by e-mail is included in every account. Your message becomes a ticket with a number; the
            answer comes to your address
            {session ? " and on the dashboard." : "."}
          </p>
        </header>
        <ApiProvider>
          <SupportForm known={session} />
        </ApiProvider>
      </div>
      <aside className="grid gap-7 lg:pt-20" aria-label="Before you write">
        <Hint title="Is something down?">
          The <HintLink href="/status">status page</HintLink> shows every provider from real traffic.
        </Hint>
        <Hint title="Was a request refused?">
          Every error has a code, and every code{" "}
          <HintLink href="/docs/errors">a paragraph that says what to do</HintLink>.
        </Hint>
        <Hint title="A question about a charge?">
          <HintLink href="/docs/receipts">The receipt of the request</HintLink> names its units, prices,
          provider and attempts, and can be verified.
        </Hint>
        <Hint title="Committed spend">
          Tickets of organizations whose commitment includes priority support are marked and answered first.{" "}
          <HintLink href="/enterprise">Talk to us about one</HintLink>.
        </Hint>
        {company.supportEmail && (
          <Hint title="By mail">
            <a
              className="break-all text-link underline underline-offset-4"
              href={`mailto:${company.supportEmail}`}
            >
              {company.supportEmail}
            </a>
          </Hint>
        )}
      </aside>
    </div>
  );
}

function Hint({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="grid gap-1">
      <h2 className="font-medium">{title}</h2>
      <p className="text-ink-2 text-sm leading-6">{children}</p>
    </div>
  );
}

function HintLink({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  return (
    <Link href={href} className="text-link underline underline-offset-4">
      {children}
    </Link>
  );
}
