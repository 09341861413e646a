import type { ReactNode } from "react";
import { ReviewNotice } from "./_parts/fact";
import { LegalNav } from "./_parts/legal-nav";

export default function LegalLayout({ children }: { readonly children: ReactNode }) {
  return (
    <div className="mx-auto grid w-full max-w-6xl grid-cols-[minmax(0,1fr)] gap-x-12 px-4 py-6 sm:px-6 lg:grid-cols-[13rem_minmax(0,1fr)] lg:py-12">
      <div className="lg:sticky lg:top-24 lg:self-start">
        <LegalNav />
      </div>
      <div className="min-w-0 max-w-3xl py-6 lg:py-0">
        <ReviewNotice />
        <article>{children}</article>
      </div>
    </div>
  );
}
