import type { Metadata } from "next";
import type { ReactNode } from "react";
import { SiteFooter } from "@/app/_ui/site-footer";
import { SiteHeader } from "@/app/_ui/site-header";
import { SkipLink } from "@/app/_ui/skip-link";
import { siteUrl } from "./_data/site-url";

export async function generateMetadata(): Promise<Metadata> {
  return {
    metadataBase: new URL(await siteUrl()),
    openGraph: { type: "website", siteName: "DeepTokenInference", locale: "en_US" },
    twitter: { card: "summary_large_image" },
  };
}

export default function SiteLayout({ children }: { readonly children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <SkipLink />
      <SiteHeader />
      <main id="main" tabIndex={-1} className="outline-none">
        {children}
      </main>
      <SiteFooter />
    </div>
  );
}
