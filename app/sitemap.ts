import type { MetadataRoute } from "next";
import { serverApi } from "@/app/_trpc/server";
import { siteUrl } from "./(site)/_data/site-url";
import { POSTS } from "./(site)/blog/_parts/posts";
import { DOCS_PAGES } from "./(site)/docs/_parts/pages";
import { LEGAL_PAGES } from "./(site)/legal/_parts/pages";

const PAGES = [
  "/",
  "/models",
  "/models/compare",
  "/pricing",
  "/enterprise",
  "/support",
  "/status",
  "/blog",
  "/changelog",
] as const;

/** Every public page there is, the models' pages from the catalogue. */
export default async function sitemap(): Promise<MetadataRoute.Sitemap> {
  const [origin, api] = await Promise.all([siteUrl(), serverApi()]);
  const models = await api.catalog.models();
  const paths = [...PAGES, ...DOCS_PAGES.map(({ href }) => href), ...LEGAL_PAGES.map(({ href }) => href)];
  return [
    ...paths.map((path) => ({ url: `${origin}${path}` })),
    ...POSTS.map(({ slug, date }) => ({ url: `${origin}/blog/${slug}`, lastModified: date })),
    ...models.map(({ slug, endpoints }) => ({
      url: `${origin}/models/${slug}`,
      lastModified: endpoints
        .map(({ effectiveFrom }) => effectiveFrom)
        .sort(byTime)
        .at(-1),
    })),
  ];
}

function byTime(a: Date, b: Date): number {
  return a.getTime() - b.getTime();
}
