import { toLlmsText } from "@/app/(site)/_data/llms-text";
import { siteUrl } from "@/app/(site)/_data/site-url";

/** The docs for language models, as https://llmstxt.org describes it. */
export const GET = async () =>
  new Response(toLlmsText(await siteUrl()), { headers: { "content-type": "text/plain; charset=utf-8" } });
