// Harm prevented: a link, an anchor, a feed or a picture of a public page that leads nowhere.
import { type APIRequestContext, expect, test } from "playwright/test";

interface Visited {
  readonly status: number;
  readonly text: string;
}

/** Pages that need a session send visitors to the sign-in page. */
const NEEDS_SESSION = /^\/(dashboard|operator|checkout)(\/|$)/;
/** States of one page: the comparison's links alone are thousands. */
const STATES = /^\/models(\/compare)?\?|^\/pricing\?|^\/blog\?/;

test("every link of every public page leads somewhere", async ({ request, baseURL }) => {
  test.setTimeout(300_000);
  const visited = new Map<string, Visited>();
  const broken: string[] = [];
  const queue = ["/", ...(await sitemapPaths(request, baseURL ?? ""))];
  const asked: { readonly from: string; readonly path: string; readonly anchor: string }[] = [];
  while (queue.length > 0) {
    const path = queue.shift() ?? "";
    if (visited.has(path)) continue;
    const response = await request.get(path, { maxRedirects: 0 });
    const isPage = (response.headers()["content-type"] ?? "").startsWith("text/html");
    const page = { status: response.status(), text: isPage ? await response.text() : "" };
    visited.set(path, page);
    for (const { path: next, anchor } of linksOf(page.text, path)) {
      asked.push({ from: path, path: next, anchor });
      if (!visited.has(next)) queue.push(next);
    }
  }
  for (const { from, path, anchor } of asked) {
    const { status, text } = visited.get(path) ?? { status: 0, text: "" };
    const isFine = status === 200 || (NEEDS_SESSION.test(path) && status === 307);
    if (!isFine) broken.push(`${from} → ${path}: ${status}`);
    else if (anchor && status === 200 && !text.includes(`id="${anchor}"`))
      broken.push(`${from} → ${path}#${anchor}`);
  }
  console.log(`links: ${asked.length} of ${visited.size} addresses, ${broken.length} broken`);
  expect([...new Set(broken)]).toEqual([]);
  expect(visited.size).toBeGreaterThan(150);
});

test("previews and feeds are what they say", async ({ request }) => {
  for (const path of [
    "/",
    "/pricing",
    "/models/openai/gpt-4.1-mini",
    "/docs/quickstart",
    "/blog/seven-metering-traps",
  ]) {
    const html = await (await request.get(path)).text();
    const picture = /<meta property="og:image" content="([^"]+)"/.exec(html)?.[1] ?? "";
    const response = await request.get(new URL(picture).pathname);
    expect([path, response.status(), response.headers()["content-type"]]).toEqual([path, 200, "image/png"]);
    expect((await response.body()).subarray(1, 4).toString()).toBe("PNG");
  }
  expect((await request.get("/og/you-have-won.png")).status()).toBe(404);
  for (const [path, items] of [
    ["/feed.xml", 6],
    ["/changelog.xml", 4],
  ] as const) {
    const response = await request.get(path);
    expect(response.headers()["content-type"]).toContain("application/rss+xml");
    expect((await response.text()).split("<item>").length - 1).toBeGreaterThanOrEqual(items);
  }
});

async function sitemapPaths(request: APIRequestContext, origin: string): Promise<string[]> {
  const text = await (await request.get("/sitemap.xml")).text();
  const found = [...text.matchAll(/<loc>([^<]+)<\/loc>/g)].flatMap(([, url]) => (url ? [url] : []));
  expect(found.every((url) => url.startsWith(origin))).toBe(true);
  return found.map((url) => new URL(url).pathname);
}

/** Links to pages of our own, without fragments and states. */
function linksOf(html: string, from: string): { readonly path: string; readonly anchor: string }[] {
  return [...html.matchAll(/<a\b[^>]*?\shref="([^"]+)"/g)].flatMap(([, href = ""]) => {
    const url = new URL(href.replaceAll("&amp;", "&"), `http://site.invalid${from}`);
    const path = url.pathname + url.search;
    if (url.host !== "site.invalid" || STATES.test(path)) return [];
    return [{ path, anchor: decodeURIComponent(url.hash.slice(1)) }];
  });
}
