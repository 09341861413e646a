import { expect, type Page, test } from "playwright/test";
import { openAccount, signIn } from "./support/account";
import { openOperator, setUpTwoFactor } from "./support/operator";
import { openPage } from "./support/pages";
import { call } from "./support/procedures";

/** Has the answer of a procedure wait until it is let go. */
async function holdAnswer(page: Page, procedure: string): Promise<() => void> {
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await page.route(`**/api/trpc/${procedure}*`, async (route) => {
    await gate;
    await route.continue();
  });
  return letGo;
}

// Prevents: a secret that is lost, or taken for that of another key, because its dialog was closed before it came.
test("a dialog whose secret is under way cannot be closed", async ({ page }) => {
  const { email } = await openAccount("hasty", "0");
  await signIn(page, email);
  await openPage(page, "/dashboard/keys");
  const letGo = await holdAnswer(page, "keys.rotate");
  await page
    .getByRole("button", { name: /^Rotate/ })
    .first()
    .click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Make a new secret" }).click();
  await page.keyboard.press("Escape");
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeDisabled();
  letGo();
  await expect(dialog.getByText("Copy your new secret now")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog.getByText("Copy your new secret now")).toBeVisible();
});

// Prevents: credit that is given twice, because its dialog was closed and opened anew while the first was under way.
test("a dialog that gives money stays until the money is given", async ({ page }) => {
  const { organizationId } = await openAccount("lucky", "0");
  await openOperator(page, "Hasty");
  await setUpTwoFactor(page);
  await openPage(page, `/operator/organizations/${organizationId}`);
  const letGo = await holdAnswer(page, "operator.people.credit");
  await page.getByRole("button", { name: "Give credit" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Amount in US dollars").fill("4");
  await dialog.getByLabel("Reason").fill("An outage of ours");
  await dialog.getByRole("button", { name: "Give credit" }).click();
  await page.keyboard.press("Escape");
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeDisabled();
  letGo();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText("$4.00").first()).toBeVisible();
});

// Prevents: a key that is made in, or money that goes to, another organization than the one on the screen.
test("a tab that shows another organization changes nothing, and says so", async ({ page, context }) => {
  const { email } = await openAccount("two-tabs", "0");
  await signIn(page, email);
  await openPage(page, "/dashboard/keys");
  const other = await context.newPage();
  await openPage(other, "/dashboard");
  await call(other, "organization.create", { name: "Analytical Engines" });
  await page.getByRole("button", { name: "Create key" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Laptop");
  await dialog.getByRole("button", { name: "Create key" }).click();
  await expect(dialog.getByRole("alert")).toContainText("you went over to Analytical Engines");
  await page.reload();
  await expect(page.getByText("Laptop")).toHaveCount(0);
  await expect(page.getByRole("button", { name: /^Organization Analytical Engines/ })).toBeVisible();
});

// Prevents: work that is lost because the session ended while somebody was typing.
test("a session that ends in the middle of a form costs nothing that was typed", async ({
  page,
  context,
}) => {
  const { email } = await openAccount("long-lunch", "0");
  await signIn(page, email);
  await openPage(page, "/dashboard/keys");
  await page.getByRole("button", { name: "Create key" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Laptop");
  await context.clearCookies();
  await dialog.getByRole("button", { name: "Create key" }).click();
  const way = dialog.getByRole("link", { name: "Sign in, in a new tab" });
  await expect(way).toHaveAttribute("href", "/sign-in?next=%2Fdashboard%2Fkeys");
  await signIn(page, email);
  await dialog.getByRole("button", { name: "Create key" }).click();
  await expect(dialog.getByText("I have copied it")).toBeVisible();
});

// Prevents: a reader who has to find the page again, because the session that their browser remembers is over.
test("a session that is over leads to the sign-in and back to the very page", async ({ page, context }) => {
  const { email } = await openAccount("back-again", "0");
  await signIn(page, email);
  const cookies = await context.cookies();
  const over = cookies.filter(({ name }) => name.includes("session"));
  expect(over).not.toEqual([]);
  await context.addCookies(over.map((cookie) => ({ ...cookie, value: "over" })));
  await page.goto("/dashboard/usage?by=key");
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fdashboard%2Fusage%3Fby%3Dkey$/);
});
