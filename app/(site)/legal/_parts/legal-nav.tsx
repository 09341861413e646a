"use client";

import { SiteNavLink } from "@/app/_ui/site-nav-link";
import { LEGAL_PAGES } from "./pages";

/** The other legal pages. */
export function LegalNav() {
  return (
    <nav aria-label="Legal" className="-mx-2.5 flex flex-wrap gap-1 lg:grid lg:justify-items-start">
      {LEGAL_PAGES.map((page) => (
        <SiteNavLink key={page.href} {...page} />
      ))}
    </nav>
  );
}
