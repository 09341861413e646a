import { expect, type Page, test } from "playwright/test";
import { openAccount, signIn } from "./support/account";
import { balanceOf } from "./support/pages";

// Prevents: money shown as added by a payment that did not happen.
test("a declined and a cancelled checkout charge nothing @phone", async ({ page }) => {
  const { email } = await openAccount("declined", "0");
  await signIn(page, email);
  await page.goto("/dashboard/billing");
  await page.getByRole("radio", { name: /Starter/ }).check();
  await page.getByRole("button", { name: "Top up $10.00" }).click();
  await page.getByRole("button", { name: "Decline the card" }).click();
  await expect(page.getByText("The card was declined. Nothing was charged.")).toBeVisible();
  await expect(orders(page).getByText("Declined")).toBeVisible();

  await page.getByRole("button", { name: "Top up $50.00" }).click();
  await page.getByRole("button", { name: "Cancel and go back" }).click();
  await expect(page.getByText("The order was canceled. Nothing was charged.")).toBeVisible();
  await expect(orders(page).getByText("Canceled")).toBeVisible();
  await expect(balanceOf(page)).toHaveText("$0.00");
});

// Prevents: an order paid twice by going back to its checkout, and one paid by a stranger who knows its address.
test("a paid order cannot be paid again, nor by somebody else", async ({ page, browser }) => {
  const owner = await openAccount("owner", "0");
  await signIn(page, owner.email);
  await page.goto("/dashboard/billing?pack=starter");
  await page.getByRole("button", { name: "Top up $10.00" }).click();
  await expect(page.getByRole("button", { name: "Pay $10.00" })).toBeVisible();
  const checkout = page.url();

  const stranger = await openAccount("stranger", "0");
  const other = await browser.newPage();
  await signIn(other, stranger.email);
  await other.goto(checkout);
  await expect(other.getByText("Not found")).toBeVisible();
  await expect(other.getByRole("button", { name: /^Pay/ })).toHaveCount(0);
  await other.close();

  await page.getByRole("button", { name: "Pay $10.00" }).click();
  await expect(page.getByText("$10.00 was added to your balance.")).toBeVisible();
  await page.goto(checkout);
  await expect(page.getByText("This order is paid.")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Pay/ })).toHaveCount(0);
  await page.getByRole("link", { name: "Back to billing" }).click();
  await expect(balanceOf(page)).toHaveText("$10.00");
});

// Prevents: an order below the minimum, and a large one charged without review.
test("custom amounts: $10.00 to $5,000.00 are paid at once, more is reviewed", async ({ page }) => {
  const { email } = await openAccount("custom", "0");
  await signIn(page, email);
  await page.goto("/dashboard/billing");
  await page.getByRole("radio", { name: /Custom amount/ }).check();
  const amount = page.getByLabel("Amount in US dollars");
  for (const [text, problem] of [
    ["9.99", "The smallest amount is $10."],
    ["10.001", "Enter dollars and whole cents"],
    ["-20", "Enter dollars and whole cents"],
    ["abc", "Enter dollars and whole cents"],
    ["", "Enter dollars and whole cents"],
  ] as const) {
    await amount.fill(text);
    await page.getByRole("button", { name: "Top up", exact: true }).click();
    await expect(page.getByText(problem), text).toBeVisible();
    await expect(page, text).toHaveURL(/\/dashboard\/billing/);
  }
  for (const [text, label] of [
    ["10", "$10.00"],
    ["5000", "$5,000.00"],
  ] as const) {
    await amount.fill(text);
    await page.getByRole("button", { name: `Top up ${label}` }).click();
    await expect(page.getByRole("button", { name: `Pay ${label}` })).toBeVisible();
    await page.getByRole("button", { name: "Cancel and go back" }).click();
    await expect(page.getByText("The order was canceled.")).toBeVisible();
    await page.getByRole("radio", { name: /Custom amount/ }).check();
  }
  await amount.fill("5000.01");
  await page.getByRole("button", { name: "Request an invoice for $5,000.01" }).click();
  await expect(page.getByText("Your order is in review.")).toBeVisible();
  await expect(orders(page).getByText("In review")).toBeVisible();
  await expect(balanceOf(page)).toHaveText("$0.00");
  await orders(page)
    .getByRole("button", { name: /^Withdraw/ })
    .click();
  await page.getByRole("dialog").getByRole("button", { name: "Withdraw" }).click();
  await expect(orders(page).getByText("In review")).toBeHidden();
  await expect(orders(page).getByRole("button", { name: /^Withdraw/ })).toHaveCount(0);
  await expect(page.getByText("Your order is in review.")).toBeHidden();
});

// Prevents: a choice on the pricing page that is lost on the way to the top-up.
test("the pricing page hands its choice over", async ({ page }) => {
  const { email } = await openAccount("handover", "0");
  await signIn(page, email);
  await page.goto("/pricing");
  await expect(page.getByRole("radio", { name: /Builder/ })).toBeChecked();
  await page.getByLabel("Or a custom amount in US dollars").fill("9.99");
  await expect(page.getByText("The smallest amount is $10.")).toBeVisible();
  await page.getByLabel("Or a custom amount in US dollars").fill("123.45");
  await page.getByRole("link", { name: "Add $123.45" }).click();
  await expect(page.getByRole("button", { name: "Top up $123.45" })).toBeVisible();
});

function orders(page: Page) {
  return page.locator("section", { has: page.getByRole("heading", { name: "Orders" }) });
}
