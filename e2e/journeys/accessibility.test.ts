import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "playwright/test";
import { openAccount, signIn } from "./support/account";
import {
  ACCOUNT_PAGES,
  DASHBOARD_PAGES,
  DOCS_PAGES,
  EMPTY_DASHBOARD_PAGES,
  openPage,
  openSpendingAccount,
  PUBLIC_PAGES,
  showTheme,
} from "./support/pages";

// Prevents: a page that some readers cannot read or operate, in a theme or at a width nobody looked at.
test.describe("axe finds nothing, in both themes @phone", () => {
  // A page is judged when it stands still: colours half-way through a transition are nobody's.
  test.use({ contextOptions: { reducedMotion: "reduce" } });

  test("on the public pages", async ({ page }) => {
    test.slow();
    await walk(page, PUBLIC_PAGES);
  });

  test("on the docs", async ({ page }) => {
    test.slow();
    await walk(page, DOCS_PAGES);
  });

  test("on the account pages", async ({ page }) => {
    await walk(page, ACCOUNT_PAGES);
  });

  test("on the dashboard", async ({ page }) => {
    test.slow();
    const fill = await openSpendingAccount(page);
    await walk(page, DASHBOARD_PAGES.map(fill));
  });

  test("on the dashboard before anything has happened", async ({ page }) => {
    const { email } = await openAccount("empty-walk", "0");
    await signIn(page, email);
    await walk(page, EMPTY_DASHBOARD_PAGES);
    await page.goto("/dashboard/keys");
    await page.getByRole("button", { name: "Create key" }).first().click();
    await page.getByRole("dialog").getByLabel("Name").fill("Laptop");
    await page.getByRole("dialog").getByRole("button", { name: "Create key" }).click();
    await expect(page.getByRole("dialog").getByText("I have copied it")).toBeVisible();
    expect(await problemsOf(page, "the secret of a new key")).toEqual([]);
  });
});

/** All problems of all pages at once, so that one run tells everything. */
async function walk(page: Page, paths: readonly string[]): Promise<void> {
  const problems: string[] = [];
  for (const path of paths) {
    await openPage(page, path);
    problems.push(...(await problemsOf(page, path)));
  }
  expect(problems).toEqual([]);
}

async function problemsOf(page: Page, name: string): Promise<string[]> {
  const problems: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await showTheme(page, colorScheme);
    // Legacy mode judges in the page itself instead of in a second one, which no page of ours without foreign frames needs.
    const axe = new AxeBuilder({ page }).setLegacyMode();
    // What a theme can break is colour; everything else was judged in the first one.
    if (colorScheme === "dark") axe.withRules(["color-contrast", "link-in-text-block"]);
    const { violations } = await axe.analyze();
    for (const { id, nodes } of violations)
      problems.push(...nodes.map((node) => `${name}, ${colorScheme}: ${id} at ${node.target.join(" ")}`));
  }
  // Not innerWidth: a phone's browser makes that as wide as the page.
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  if (width > (page.viewportSize()?.width ?? 0)) problems.push(`${name}: ${width} px wide`);
  return problems;
}
