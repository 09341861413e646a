// Harm prevented: a page that another site can frame, or that runs a script which is not ours.
import { expect, test } from "playwright/test";
import { stack } from "./support/stack";

const PAGES = [
  "/",
  "/models",
  "/pricing",
  "/docs/quickstart",
  "/sign-in",
  "/forgot-password",
  "/no-such-page",
];

test("pages run their own scripts and no others, under a policy without unsafe-inline", async ({ page }) => {
  const violations: string[] = [];
  page.on("console", (message) => {
    if (/content security policy/i.test(message.text())) violations.push(`${page.url()} ${message.text()}`);
  });
  const nonces = new Set<string>();
  for (const path of PAGES) {
    const response = await page.goto(path);
    const headers = response?.headers() ?? {};
    const policy = headers["content-security-policy"] ?? "";
    const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? "";
    expect(scripts, path).not.toContain("unsafe-inline");
    expect(policy, path).toContain("frame-ancestors 'none'");
    expect(headers["x-content-type-options"], path).toBe("nosniff");
    expect(headers["strict-transport-security"], path).toContain("max-age=");
    nonces.add(/'nonce-([^']+)'/.exec(scripts)?.[1] ?? "none");
    // The page is alive: a theme was set, and React answers.
    await expect(page.locator("html"), path).toHaveAttribute("data-theme", /light|dark/);
  }
  expect(nonces.size, "a nonce of its own for every answer").toBe(PAGES.length);
  await page.goto("/sign-in");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("Enter your password.")).toBeVisible();
  expect(violations).toEqual([]);
});

test("an injected script does not run", async ({ page }) => {
  await page.goto("/sign-in");
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.wasRun = true";
    document.body.append(script);
  });
  expect(await page.evaluate(() => "wasRun" in window)).toBe(false);
});

test("what crawlers, agents and researchers look for is there", async ({ request }) => {
  const { url } = stack();
  const robots = await (await request.get("/robots.txt")).text();
  expect(robots).toContain(`Sitemap: ${url}/sitemap.xml`);
  expect(robots).toContain("Disallow: /dashboard");
  const sitemap = await (await request.get("/sitemap.xml")).text();
  for (const path of ["/pricing", "/docs/quickstart", "/models/openai/gpt-4.1-mini"])
    expect(sitemap).toContain(`<loc>${url}${path}</loc>`);
  const llms = await (await request.get("/llms.txt")).text();
  expect(llms).toMatch(/^# DeepTokenInference Gateway\n\n> /);
  expect(llms).toContain(`](${url}/docs/quickstart.md)`);
  const twin = await request.get("/docs/quickstart", { headers: { accept: "text/markdown" } });
  expect(twin.headers()["content-type"]).toContain("text/markdown");
  expect(await twin.text()).toMatch(/^# Quickstart\n/);
  const page = await request.get("/docs/quickstart", { headers: { accept: "text/html" } });
  expect(page.headers()["content-type"]).toContain("text/html");
  // Or a cache gives the one for the other, or a part of the page for the whole.
  for (const { name, answer } of [
    { name: "twin", answer: twin },
    { name: "page", answer: page },
  ])
    expect(varies(answer.headers().vary), name).toContain("accept");
  expect(varies(page.headers().vary)).toContain("rsc");
  const article = structuredData(await page.text()).find((data) => data["@type"] === "TechArticle");
  expect(article).toMatchObject({ headline: "Quickstart", url: `${url}/docs/quickstart` });
  expect((await request.get("/docs/nothing.md")).status()).toBe(404);
  expect(await (await request.get("/llms-full.txt")).text()).toContain("\n# Quickstart\n");
  const changePassword = await request.get("/.well-known/change-password", { maxRedirects: 0 });
  expect(changePassword.headers().location).toBe("/dashboard/settings");
});

function varies(header = ""): readonly string[] {
  return header.split(",").map((name) => name.trim().toLowerCase());
}

function structuredData(html: string): readonly Record<string, unknown>[] {
  const found = html.matchAll(/<script type="application\/ld\+json"[^>]*>(.*?)<\/script>/gs);
  return [...found].map(([, json = ""]) => JSON.parse(json));
}
