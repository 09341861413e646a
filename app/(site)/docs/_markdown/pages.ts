import "server-only";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DOCS_PAGES, type DocsPage } from "../_parts/pages";
import { toMarkdown } from "./to-markdown";

const FOLDER = join(process.cwd(), "app/(site)/docs");

/** A page of the docs as Markdown; null when there is none at this path. @param path such as `/docs/tools` */
export async function markdownOf(path: string, baseUrl: string): Promise<string | null> {
  const page = DOCS_PAGES.find(({ href }) => href === path);
  if (!page) return null;
  // Only names of the list reach the file system.
  const source = await readFile(join(FOLDER, page.href.slice("/docs".length), "page.mdx"), "utf8");
  return toMarkdown(source, baseUrl);
}

/** Every page with its Markdown, in reading order. */
export async function allMarkdown(baseUrl: string): Promise<readonly (DocsPage & { markdown: string })[]> {
  return Promise.all(
    DOCS_PAGES.map(async (page) => ({ ...page, markdown: (await markdownOf(page.href, baseUrl)) ?? "" })),
  );
}
