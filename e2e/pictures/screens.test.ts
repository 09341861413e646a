import { expect, test } from "playwright/test";
import { openAccount, signIn } from "../journeys/support/account";
import {
  ACCOUNT_PAGES,
  DASHBOARD_PAGES,
  DOCS_PAGES,
  EMPTY_DASHBOARD_PAGES,
  openPage,
  openSpendingAccount,
  PUBLIC_PAGES,
} from "../journeys/support/pages";
import { shoot } from "./shoot";

// Not a test: photographs every screen, both widths and themes, for people to look at.
test.describe("screens @phone", () => {
  test.setTimeout(600_000);

  test("public", async ({ page }, { project }) => {
    for (const path of [...PUBLIC_PAGES, ...DOCS_PAGES, ...ACCOUNT_PAGES]) await photograph(path, path);
    async function photograph(path: string, name: string) {
      await openPage(page, path);
      await shoot(page, project.name, name);
    }
  });

  test("dashboard", async ({ page }, { project }) => {
    const fill = await openSpendingAccount(page);
    for (const path of DASHBOARD_PAGES) {
      await openPage(page, fill(path));
      await shoot(page, project.name, path);
    }
  });

  test("empty dashboard", async ({ page }, { project }) => {
    const { email } = await openAccount("empty-picture", "0");
    await signIn(page, email);
    for (const path of EMPTY_DASHBOARD_PAGES) {
      await openPage(page, path);
      await shoot(page, project.name, `empty ${path}`);
    }
    await page.goto("/dashboard/budgets");
    await page.getByRole("button", { name: "Set a budget" }).first().click();
    await page.getByLabel("Amount in US dollars").fill("25");
    await shoot(page, project.name, "dialog budget");
    await page.getByRole("dialog").getByRole("button", { name: "Set budget" }).click();
    await expect(page.getByRole("meter")).toBeVisible();
    await shoot(page, project.name, "one budget");
    await page.goto("/dashboard/keys");
    await page
      .getByRole("button", { name: /^Rate limits of/ })
      .first()
      .click();
    await expect(page.getByLabel("Requests a minute")).toBeVisible();
    await shoot(page, project.name, "dialog limits");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Revoke" }).click();
    await shoot(page, project.name, "dialog revoke");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Create key" }).first().click();
    await shoot(page, project.name, "dialog create");
    await page.getByRole("dialog").getByLabel("Name").fill("Laptop");
    await page.getByRole("dialog").getByRole("button", { name: "Create key" }).click();
    await expect(page.getByRole("dialog").getByText("I have copied it")).toBeVisible();
    await shoot(page, project.name, "dialog secret");
    await page.keyboard.press("Escape");
  });
});
