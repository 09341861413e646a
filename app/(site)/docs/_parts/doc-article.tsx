"use client";

import { usePathname } from "next/navigation";
import { JsonLd } from "../../_parts/json-ld";
import { DOCS_PAGES } from "./pages";

/** What search engines are told of a page of the docs (schema.org TechArticle), from the list that the sidebar is made of. */
export function DocArticle({ origin }: { readonly origin: string }) {
  const pathname = usePathname();
  const page = DOCS_PAGES.find(({ href }) => href === pathname);
  if (!page) return null;
  const publisher = { "@type": "Organization", name: "DeepTokenInference", url: origin };
  return (
    <JsonLd
      data={{
        "@context": "https://schema.org",
        "@type": "TechArticle",
        headline: page.label,
        description: page.about,
        url: origin + page.href,
        mainEntityOfPage: origin + page.href,
        inLanguage: "en",
        author: publisher,
        publisher,
      }}
    />
  );
}
