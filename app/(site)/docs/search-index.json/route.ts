import { apiBaseUrl } from "../../_data/site-url";
import { allMarkdown } from "../_markdown/pages";
import { toEntries } from "../_search/entries";

/** Every section of the docs, for the search in the browser. */
export async function GET(): Promise<Response> {
  const pages = await allMarkdown(await apiBaseUrl());
  return Response.json(
    pages.flatMap(({ href, markdown }) => toEntries(href, markdown)),
    { headers: { "cache-control": "public, max-age=300" } },
  );
}
