import { SearchX } from "lucide-react";
import type { Metadata } from "next";
import { ButtonLink } from "./_ui/button-link";
import { SiteFooter } from "./_ui/site-footer";
import { SiteHeader } from "./_ui/site-header";
import { SkipLink } from "./_ui/skip-link";

export const metadata: Metadata = { title: "Page not found", robots: { index: false } };

/** Any address that leads nowhere: the ways that most people wanted to go. */
export default function NotFound() {
  return (
    <div className="flex min-h-dvh flex-col">
      <SkipLink />
      <SiteHeader />
      <main
        id="main"
        tabIndex={-1}
        className="grid flex-1 content-center justify-items-center gap-3 px-6 py-24 text-center outline-none"
      >
        <SearchX aria-hidden="true" className="size-6 text-ink-2" />
        <h1 className="font-semibold text-2xl">There is no page at this address</h1>
        <p className="max-w-[52ch] text-ink-2">
          It may have moved, or the address may be incomplete. Nothing was changed or charged.
        </p>
        <div className="mt-3 flex flex-wrap justify-center gap-2">
          <ButtonLink href="/dashboard">Dashboard</ButtonLink>
          <ButtonLink href="/docs" variant="secondary">
            Docs
          </ButtonLink>
          <ButtonLink href="/models" variant="secondary">
            Models
          </ButtonLink>
        </div>
      </main>
      <SiteFooter />
    </div>
  );
}
