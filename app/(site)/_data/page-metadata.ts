import type { Metadata } from "next";

interface PageFacts {
  readonly path: string;
  readonly title: string;
  readonly description: string;
}

const CARD = { width: 1200, height: 630 };

/** Title, description, canonical address and link preview of a public page, from one place. */
export function pageMetadata({ path, title, description }: PageFacts): Metadata {
  const images = [{ url: cardPath(path), ...CARD, alt: `${title}, DeepTokenInference` }];
  return {
    title,
    description,
    alternates: { canonical: path },
    openGraph: { type: "website", siteName: "DeepTokenInference", url: path, title, description, images },
    twitter: { card: "summary_large_image" },
  };
}

function cardPath(path: string): string {
  return path === "/" ? "/og/home.png" : `/og${path}.png`;
}
