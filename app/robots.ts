import type { MetadataRoute } from "next";
import { siteUrl } from "./(site)/_data/site-url";

/** Public pages are for everybody; what needs a session, and the API, has nothing for crawlers. */
export default async function robots(): Promise<MetadataRoute.Robots> {
  const origin = await siteUrl();
  return {
    rules: {
      userAgent: "*",
      allow: "/",
      disallow: [
        "/api/",
        "/v1/",
        "/dashboard",
        "/operator",
        "/checkout/",
        "/mailbox",
        "/operator",
        "/sign-in",
        "/sign-up",
      ],
    },
    sitemap: `${origin}/sitemap.xml`,
  };
}
