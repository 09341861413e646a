import { expect, test } from "playwright/test";
import { openAccount } from "../journeys/support/account";
import { axeProblems } from "../journeys/support/axe";
import { fillFor, OPERATOR_PAGES, openOperator, setUpTwoFactor } from "../journeys/support/operator";
import { openPage, showTheme } from "../journeys/support/pages";

// Not a test: photographs the operator console, both widths and themes, and lets axe look at each picture.
test("operator console @phone", async ({ page }, { project }) => {
  test.setTimeout(600_000);
  const { organizationId } = await openAccount("pictured", "20");
  await openOperator(page, "Grace");
  await page.goto("/operator");
  await shoot("operator-no-second-factor");
  await setUpTwoFactor(page);
  const fill = await fillFor(page, organizationId);
  for (const path of OPERATOR_PAGES) {
    await openPage(page, fill(path));
    await shoot(path);
  }
  await page.goto(fill("/operator/models/:endpoint"));
  await page.getByRole("button", { name: "Propose prices" }).click();
  await page.getByRole("button", { name: "Preview the impact" }).click();
  await expect(
    page.getByText("Nobody used this endpoint").or(page.getByText("Was charged").first()),
  ).toBeVisible();
  await shoot("operator propose");
  await page.goto("/operator/providers");
  await page.getByRole("button", { name: "Add a provider" }).click();
  await shoot("dialog operator provider");
  await page.goto(fill("/operator/organizations/:organization"));
  await page.getByRole("button", { name: "Give credit" }).click();
  await shoot("dialog operator credit");

  async function shoot(name: string): Promise<void> {
    const file = name.replace(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "");
    for (const colorScheme of ["light", "dark"] as const) {
      await showTheme(page, colorScheme);
      expect.soft(await axeProblems(page), name).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect.soft(wide, `${name} is wider than its window`).toBeLessThanOrEqual(0);
      await page.screenshot({
        path: `.data/pictures/${file}.${project.name}.${colorScheme}.png`,
        fullPage: !name.startsWith("dialog"),
      });
    }
  }
});
