import { expect, test } from "playwright/test";
import { openAccount, signIn } from "../journeys/support/account";
import { openPage, showTheme } from "../journeys/support/pages";
import { liveThroughAMonth } from "./past";

// Not a test: makes the picture of the README.
test.describe("the README's picture", () => {
  test.use({ viewport: { width: 1280, height: 860 }, deviceScaleFactor: 1.5 });
  test.setTimeout(120_000);

  test("overview", async ({ page }) => {
    const account = await openAccount("ada", "25");
    await liveThroughAMonth(account);
    await signIn(page, account.email);
    await openPage(page, "/dashboard");
    await showTheme(page, "light");
    await expect(page.getByRole("heading", { name: "Latest requests" })).toBeVisible();
    await page.screenshot({ path: "public/readme/overview.png" });
  });
});
