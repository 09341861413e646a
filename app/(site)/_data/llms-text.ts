import { POSTS } from "../blog/_parts/posts";
import { DOCS_PAGES } from "../docs/_parts/pages";

/** Title, summary and a list of links with what each page is about. */
export function toLlmsText(origin: string): string {
  const links = DOCS_PAGES.map(({ href, label, about }) => `- [${label}](${origin}${href}.md): ${about}`);
  return [
    "# DeepTokenInference Gateway",
    "",
    "> One OpenAI-compatible endpoint in front of every model and provider, paid for from a prepaid balance.",
    "",
    `Base URL: ${origin}/v1. Authentication: \`Authorization: Bearer dtk_…\`. The OpenAI and Anthropic SDKs work unchanged.`,
    "",
    "## Docs",
    "",
    ...links,
    "",
    `Everything in one file: ${origin}/llms-full.txt. OpenAPI: ${origin}/openapi.json.`,
    "",
    "## Catalogue",
    "",
    `- [Models](${origin}/models): models, providers and prices`,
    `- [Pricing](${origin}/pricing): packs, price grid, calculator and billing questions`,
    "",
    "## Blog",
    "",
    ...POSTS.map(({ slug, title, description }) => `- [${title}](${origin}/blog/${slug}): ${description}`),
    "",
  ].join("\n");
}
