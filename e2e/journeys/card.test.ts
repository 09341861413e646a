import { expect, type Page, test } from "playwright/test";
import { openAccount, operator, signIn } from "./support/account";
import { balanceOf } from "./support/pages";
import { startStripeSite } from "./support/stripe-site";

let site: Awaited<ReturnType<typeof startStripeSite>>;

test.describe.configure({ mode: "serial" });
test.beforeAll(async () => {
  test.setTimeout(120_000);
  site = await startStripeSite();
});
test.afterAll(() => site.stop());

// Prevents: a card that is charged without credit, credited without a charge, or kept without being asked for.
test("a card pays at the hosted page, after a declined one, and is refunded by an operator", async ({
  browser,
}) => {
  const { page, email } = await billingPage(browser);
  await expect(page.getByRole("checkbox", { name: /Save the card/ })).not.toBeChecked();
  await page.getByRole("button", { name: "Top up $50.00" }).click();
  await page.getByRole("button", { name: "Pay with a card that is declined" }).click();
  await expect(page.getByRole("alert")).toHaveText("Your card was declined.");
  await page.getByRole("button", { name: "Back" }).click();
  await expect(page.getByText("You left the checkout. Nothing was charged")).toBeVisible();
  await expect(balanceOf(page)).toHaveText("$0.00");

  await orders(page).getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Pay $50.00" }).click();
  await expect(page.getByText("$50.00 was added to your balance.")).toBeVisible();
  await expect(balanceOf(page)).toHaveText("$50.00");
  await expect(orders(page).getByRole("link", { name: /Receipt/ })).toHaveAttribute("href", /stripe\.com/);
  await expect(orders(page).getByRole("link", { name: /Invoice/ })).toBeVisible();
  await expect(page.getByText("No saved card.")).toBeVisible();

  const orderId = new URL(page.url()).searchParams.get("order") ?? "";
  const refund = await operator(["refund", "--order", orderId, "--usd", "20"], site.env);
  expect(refund).toMatchObject({ status: "succeeded", usd: "20.00" });
  await page.reload();
  await expect(orders(page).getByText("Partly refunded")).toBeVisible();
  await expect(balanceOf(page)).toHaveText("$30.00");
  expect(email).toContain("@");
  await page.close();
});

// Prevents: automatic charges that nobody agreed to, or that nobody can stop.
test("auto-recharge is off until its amounts are agreed to, and can be turned off", async ({ browser }) => {
  const { page } = await billingPage(browser);
  await page.getByRole("checkbox", { name: /Save the card/ }).click();
  await page.getByRole("button", { name: "Top up $50.00" }).click();
  await page.getByRole("button", { name: "Pay $50.00" }).click();
  await expect(page.getByText("$50.00 was added to your balance.")).toBeVisible();
  await expect(page.getByText("VISA ending in 4242")).toBeVisible();

  await page.getByRole("button", { name: "Set up" }).click();
  const consent = page.getByRole("checkbox", { name: /I allow DeepTokenInference/ });
  const turnOn = page.getByRole("button", { name: "Turn on auto-recharge" });
  await expect(consent).not.toBeChecked();
  await expect(turnOn).toBeDisabled();
  await consent.click();
  await page.getByLabel("Add (USD)").fill("75.00");
  await expect(consent).not.toBeChecked();
  await expect(turnOn).toBeDisabled();
  await page.getByLabel("When the balance falls below (USD)").fill("60.00");
  await consent.click();
  await turnOn.click();
  await expect(page.getByText("Adds $75.00 when the balance falls below $60.00")).toBeVisible();
  // The job of the server sees the balance below the line, and charges the saved card once.
  await expect(async () => {
    await page.reload();
    await expect(balanceOf(page)).toHaveText("$125.00", { timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  await page.getByRole("button", { name: "Turn off" }).click();
  await expect(page.getByRole("button", { name: "Set up" })).toBeVisible();
  await page.close();
});

async function billingPage(browser: { newPage(options: { baseURL: string }): Promise<Page> }) {
  const { email } = await openAccount("card", "0", site.env);
  const page = await browser.newPage({ baseURL: site.url });
  await signIn(page, email);
  await page.goto("/dashboard/billing");
  return { page, email };
}

function orders(page: Page) {
  return page.locator("section", { has: page.getByRole("heading", { name: "Orders" }) });
}
