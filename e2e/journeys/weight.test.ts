// Harm prevented: a public page that grows, import by import, until a phone waits for it. Bytes and not times: they do not
// depend on what else the machine does.
import { gzipSync } from "node:zlib";
import { expect, type Page, test } from "playwright/test";

const KB = 1_024;

/** Compressed, at most: what each kind of page asks for before anybody touches it. */
const BUDGETS = [
  { path: "/", script: 165, html: 20 },
  { path: "/models", script: 165, html: 24 },
  { path: "/pricing", script: 165, html: 28 },
  { path: "/docs/quickstart", script: 165, html: 15 },
  { path: "/blog/what-prepaid-and-exact-means", script: 165, html: 15 },
] as const;
/** Of every page: the styles of the whole product, and the letters of its words. */
const STYLE = 13;
const FONT = 40;

for (const { path, script, html } of BUDGETS)
  test(`${path} stays light for a phone @phone`, async ({ page }) => {
    const loaded = await load(page, path);
    const kb = (type: string) =>
      loaded.filter((file) => file.type === type).reduce((sum, file) => sum + file.bytes, 0) / KB;
    expect(kb("script"), "script").toBeLessThan(script);
    expect(kb("document"), "HTML").toBeLessThan(html);
    expect(kb("stylesheet"), "styles").toBeLessThan(STYLE);
    expect(kb("font"), "fonts").toBeLessThan(FONT);
    // Nothing is fetched ahead: it would compete with what the reader waits for.
    expect(loaded.filter(({ url }) => url.includes("_rsc=")).map(({ url }) => url)).toEqual([]);
    // Or a page of no script at all would pass.
    expect(kb("script"), "script").toBeGreaterThan(50);
  });

interface Loaded {
  readonly url: string;
  readonly type: string;
  readonly bytes: number;
}

/** Everything that the browser fetches for a page until it has nothing left to do. */
async function load(page: Page, path: string): Promise<readonly Loaded[]> {
  const files: Promise<Loaded>[] = [];
  page.on("response", (response) => {
    const type = response.request().resourceType();
    files.push(
      response.body().then((body) => ({
        url: response.url(),
        type,
        // A font is compressed already.
        bytes: type === "font" ? body.length : gzipSync(body).length,
      })),
    );
  });
  await page.goto(path, { waitUntil: "networkidle" });
  return Promise.all(files);
}
