// Harm prevented: a reader without a browser gets a page with holes, or a search result that leads nowhere.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ERROR_CODES } from "@/server/platform/error-codes";
import { toMarkdown } from "./_markdown/to-markdown";
import { DOCS_PAGES, docsSections } from "./_parts/pages";
import { toEntries } from "./_search/entries";

const BASE_URL = "https://gateway.example/v1";
const FOLDER = "app/(site)/docs";
const sourceOf = (href: string) => readFile(join(FOLDER, href.slice("/docs".length), "page.mdx"), "utf8");

it("lists every page that exists, each in one section", async () => {
  const files = await readdir(FOLDER, { recursive: true });
  const pages = files
    .filter((file) => file.endsWith("page.mdx"))
    .map((file) => `/docs/${file}`.replace(/\/page\.mdx$/, ""));
  expect(pages.sort()).toEqual(DOCS_PAGES.map(({ href }) => href as string).sort());
  const listed = docsSections().flatMap(({ pages: own }) => own.map(({ href }) => href as string));
  expect(listed.sort()).toEqual(pages.sort());
});

describe.each(DOCS_PAGES)("$href", ({ href }) => {
  it("is whole as Markdown", async () => {
    const source = await sourceOf(href);
    const markdown = toMarkdown(source, BASE_URL);
    const prose = markdown.replace(/^```[\s\S]*?^```$/gm, "");
    expect(markdown).toMatch(/^# /);
    expect(prose).not.toMatch(/<[A-Z]|^import |^export |\bBASE_URL\b|undefined|\[object/m);
    expect(prose).not.toMatch(/\]\(\//);
    // Every heading of the page is there.
    for (const [, heading = ""] of source.matchAll(/^#{1,3} (.+)$/gm)) expect(markdown).toContain(heading);
  });

  it("is found by its headings", async () => {
    const entries = toEntries(href, toMarkdown(await sourceOf(href), BASE_URL));
    expect(entries[0]).toMatchObject({ id: href });
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
    for (const { heading, page } of entries) expect([heading, page]).not.toContain("");
  });
});

it("leads to the anchor of an error code", async () => {
  const entries = toEntries("/docs/errors", toMarkdown(await sourceOf("/docs/errors"), BASE_URL));
  const ids = new Set(entries.map(({ id }) => id));
  for (const code of Object.keys(ERROR_CODES)) expect(ids).toContain(`/docs/errors#${code}`);
});

it("puts a template's escapes and the installation's address into code", () => {
  const page =
    '# A\n\n<Sample\n  language="bash"\n  title="T"\n  code={`curl BASE_URL/key \\\\\n  -H "\\`X\\`"`}\n/>\n';
  expect(toMarkdown(page, BASE_URL)).toBe(
    '# A\n\nT:\n\n```bash\ncurl https://gateway.example/v1/key \\\n  -H "`X`"\n```\n',
  );
});

it("refuses a page with a component that it has no words for", () => {
  expect(() => toMarkdown("# A\n\n<Unknown />\n", BASE_URL)).toThrow("Unknown has no Markdown");
});
