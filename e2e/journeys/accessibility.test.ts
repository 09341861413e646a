import { expect, type Page, test } from "playwright/test";
import { openAccount, signIn } from "./support/account";
import { type AxeOptions, axeProblems, rememberColours } from "./support/axe";
import { layoutProblems } from "./support/layout";
import { lengthenWords } from "./support/longer-words";
import {
  ACCOUNT_PAGES,
  DASHBOARD_PAGES,
  DOCS_PAGES,
  EMPTY_DASHBOARD_PAGES,
  holdStill,
  openPage,
  openSpendingAccount,
  PUBLIC_PAGES,
  setTheme,
} from "./support/pages";

const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

// Prevents: a page that some readers cannot read or operate, in a theme, at a width or in a language nobody looked at.
test.describe("every page, in both themes and at both widths", () => {
  test.slow();

  test("of the site", ({ page }) => walk(page, PUBLIC_PAGES));

  for (const [part, pages] of Object.entries(halves(DOCS_PAGES)))
    test(`of the docs, the ${part}`, ({ page }) => walk(page, pages));

  test("of an account", ({ page }) => walk(page, ACCOUNT_PAGES));

  for (const [part, pages] of Object.entries(halves(DASHBOARD_PAGES)))
    test(`of the dashboard, the ${part}`, async ({ page }) => {
      const fill = await openSpendingAccount(page);
      await walk(page, pages.map(fill));
    });

  test("of the dashboard before anything has happened", async ({ page }) => {
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

/** Two tests of alike length, for two workers. */
function halves(pages: readonly string[]): Readonly<Record<"first half" | "second half", readonly string[]>> {
  const middle = Math.ceil(pages.length / 2);
  return { "first half": pages.slice(0, middle), "second half": pages.slice(middle) };
}

/** All problems of all pages at once, so that one run tells everything. */
async function walk(page: Page, paths: readonly string[]): Promise<void> {
  const problems: string[] = [];
  for (const path of paths) {
    await page.setViewportSize(WIDE);
    await openPage(page, path);
    problems.push(...(await problemsOf(page, path)));
  }
  expect(problems).toEqual([]);
}

/** A page is loaded once and judged in every shape; last with longer words, which stay until it is left. */
async function problemsOf(page: Page, name: string): Promise<string[]> {
  const problems: string[] = [];
  await holdStill(page);
  for (const size of [WIDE, PHONE]) {
    await page.setViewportSize(size);
    for (const theme of ["light", "dark"] as const) {
      await setTheme(page, theme);
      for (const what of questions(size, theme))
        add(`${size.width} px, ${theme}`, await axeProblems(page, what));
      if (size === WIDE) await rememberColours(page);
    }
    add(`${size.width} px`, await layoutProblems(page));
  }
  await lengthenWords(page);
  add("longer words, 390 px", await layoutProblems(page));
  await page.setViewportSize(WIDE);
  add("longer words, 1440 px", await layoutProblems(page));
  return problems;

  function add(shape: string, found: readonly string[]) {
    problems.push(...found.map((problem) => `${name}, ${shape}: ${problem}`));
  }
}

/** A theme can break colours only, and a width the colours of what it shows in another way; all else is asked once a width. */
function questions(size: typeof WIDE, theme: "light" | "dark"): readonly AxeOptions[] {
  if (size === WIDE) return [{ rules: theme === "light" ? "all" : "colours" }];
  const colours: AxeOptions = { rules: "colours", onlyChanged: true };
  return theme === "light" ? [{ rules: "rest" }, colours] : [colours];
}
