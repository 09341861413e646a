import { markdownOf } from "@/app/(site)/docs/_markdown/pages";
import { apiBaseUrl } from "@/app/(site)/_data/site-url";

interface Context {
  readonly params: Promise<{ path?: string[] }>;
}

/** The Markdown twin of a page of the docs: `/docs/tools.md`, and `/docs/tools` for whoever asks for `text/markdown`. */
export async function GET(_request: Request, { params }: Context): Promise<Response> {
  const { path = [] } = await params;
  const page = ["/docs", ...path].join("/");
  const markdown = await markdownOf(page, await apiBaseUrl());
  const headers = { "content-type": "text/markdown; charset=utf-8", vary: "accept" };
  return markdown === null
    ? new Response(`There is no page ${page.slice(0, 200)}.\n`, { status: 404, headers })
    : new Response(markdown, { headers });
}
