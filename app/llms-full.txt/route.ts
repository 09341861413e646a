import { toLlmsText } from "@/app/(site)/_data/llms-text";
import { apiBaseUrl, siteUrl } from "@/app/(site)/_data/site-url";
import { allMarkdown } from "@/app/(site)/docs/_markdown/pages";

/** All of the docs in one file, for language models. */
export async function GET(): Promise<Response> {
  const [origin, baseUrl] = [await siteUrl(), await apiBaseUrl()];
  const pages = await allMarkdown(baseUrl);
  const text = [toLlmsText(origin), ...pages.map(({ markdown }) => markdown)].join("\n---\n\n");
  return new Response(text, { headers: { "content-type": "text/plain; charset=utf-8" } });
}
