import type { ReactNode } from "react";
import { sessionActor } from "@/app/_trpc/server";
import { siteUrl } from "../_data/site-url";
import { DocArticle } from "./_parts/doc-article";
import { DocsKeyProvider } from "./_parts/docs-key";
import { DocsNav } from "./_parts/docs-nav";
import { DocsSearch } from "./_parts/docs-search";
import { KeyFiller } from "./_parts/key-filler";
import { NextPage } from "./_parts/next-page";
import { PageActions } from "./_parts/page-actions";

export default async function DocsLayout({ children }: { readonly children: ReactNode }) {
  const [actor, origin] = await Promise.all([sessionActor(), siteUrl()]);
  return (
    <DocsKeyProvider>
      <div className="mx-auto grid w-full max-w-6xl grid-cols-[minmax(0,1fr)] gap-x-12 px-4 py-6 sm:px-6 lg:grid-cols-[13rem_minmax(0,1fr)] lg:py-12">
        <div className="lg:sticky lg:top-20 lg:-mr-4 lg:max-h-[calc(100dvh-6rem)] lg:self-start lg:overflow-y-auto lg:pr-4 lg:pl-2.5">
          <DocsSearch />
          <DocsNav />
          <KeyFiller organizationName={actor?.organizationName ?? null} />
        </div>
        <div className="min-w-0 max-w-3xl py-6 lg:py-0">
          <PageActions />
          <DocArticle origin={origin} />
          <article>{children}</article>
          <NextPage />
        </div>
      </div>
    </DocsKeyProvider>
  );
}
