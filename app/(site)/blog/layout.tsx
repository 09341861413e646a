import type { Metadata } from "next";
import type { ReactNode } from "react";

export const metadata: Metadata = {
  alternates: { types: { "application/rss+xml": [{ url: "/feed.xml", title: "DeepTokenInference blog" }] } },
};

export default function BlogLayout({ children }: { readonly children: ReactNode }) {
  return <div className="mx-auto w-full max-w-3xl px-4 py-10 sm:px-6 sm:py-14">{children}</div>;
}
