// Harm prevented: a public page whose filters, comparison, calculator or keys do nothing in the production build.
import { expect, test } from "playwright/test";
import { openAccount, signIn } from "./support/account";

test("models are filtered in the address, compared side by side, and show their price versions @phone", async ({
  page,
}) => {
  await page.goto("/models?q=gpt-4.1");
  await expect(page.getByRole("status").filter({ hasText: /^\d+ models?$/ })).toBeVisible();
  await page.getByLabel("Can").selectOption("Tool calls");
  await expect(page).toHaveURL(/can=tools/);
  await page.getByRole("link", { name: "Compare GPT-4.1 mini", exact: true }).click();
  await expect(page).toHaveURL(/compare=openai%2Fgpt-4\.1-mini/);
  await page.getByRole("link", { name: "Compare GPT-4.1", exact: true }).click();
  await expect(page.getByText("2 of 4 chosen")).toBeVisible();
  await page.getByRole("region", { name: "Comparison" }).getByRole("link", { name: "Compare" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Compare models" })).toBeVisible();
  const table = page.getByRole("table", { name: "Models side by side" });
  await expect(table.getByRole("columnheader")).toHaveCount(3);
  await expect(table.getByRole("row", { name: /^Input / })).toContainText("$0.40");
  await page.getByRole("link", { name: "Take GPT-4.1 out", exact: true }).click();
  await expect(table.getByRole("columnheader")).toHaveCount(2);
  await table.getByRole("link", { name: "GPT-4.1 mini", exact: true }).click();
  const history = page.getByRole("region", { name: "Prices over time" });
  await expect(history.getByRole("row", { name: /OpenAI.*now/ })).toContainText("$1.60");
});

test("the calculator answers what the catalogue's prices give, and keeps it in the address @phone", async ({
  page,
}) => {
  await page.goto("/pricing#calculator");
  const part = page.locator("#calculator");
  await part.getByLabel("Input tokens, not cached").fill("1000000");
  await part.getByLabel("Cached input tokens").fill("0");
  await part.getByLabel("Output tokens").fill("0");
  await part.getByLabel("Requests a month").fill("10");
  await expect(page).toHaveURL(/n=10.*#calculator/);
  // A million tokens at $0.40 a million, ten times. Four fields were filled faster than one answer comes.
  const row = part.getByRole("row", { name: /^OpenAI/ });
  await expect(row).toContainText("$0.40");
  await expect(row).toContainText("$4.00");
  await part.getByLabel("Requests a month").fill("many");
  await expect(part.getByText("Enter a whole number")).toBeVisible();
});

test("what is written into the calculator stays while answers to earlier states of it come", async ({
  page,
}) => {
  await page.goto("/pricing#calculator");
  await page.route(/[?&]_rsc=/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    await route.continue();
  });
  const part = page.locator("#calculator");
  const field = (label: string) => part.getByLabel(label);
  await field("Input tokens, not cached").fill("");
  // Each answer comes after the next key, and before the page has asked again.
  await field("Input tokens, not cached").pressSequentially("2000000", { delay: 550 });
  await field("Output tokens").fill("0");
  await page.waitForTimeout(350);
  await field("Requests a month").fill("10");
  await expect(part.getByRole("row", { name: /^OpenAI/ })).toContainText("$8.00");
  await expect(field("Input tokens, not cached")).toHaveValue("2000000");
  await expect(page).toHaveURL(/n=10&input=2000000&(?:cached_input=0&)?output=0#calculator/);

  // A link to the page itself begins anew.
  await page.getByRole("banner").getByRole("link", { name: "Pricing", exact: true }).click();
  await expect(page).toHaveURL(/\/pricing(?:#calculator)?$/);
  await expect(field("Requests a month")).toHaveValue("100000");
  await expect(field("Output tokens")).toHaveValue("420");
  await part.getByRole("combobox", { name: "Model" }).selectOption({ label: "GPT-4.1" });
  await expect(page).toHaveURL(/model=openai%2Fgpt-4\.1&/);
  await expect(field("Requests a month")).toBeEnabled();
  await page.getByRole("banner").getByRole("link", { name: "Pricing", exact: true }).click();
  await expect(part.getByRole("combobox", { name: "Model" })).toHaveValue("openai/gpt-4.1-mini");
  await expect(field("Requests a month")).toBeEnabled();
});

test("⌘K goes anywhere, and single keys rest while somebody types", async ({ page }) => {
  await page.goto("/");
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Search and go to" });
  const field = palette.getByRole("combobox");
  await expect(field).toBeFocused();
  await field.fill("claude sonnet 5");
  await expect(palette.getByRole("option", { name: /Claude Sonnet 5/ }).first()).toBeVisible();
  await field.fill("idempotency budgets");
  await field.fill("ledger check");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/blog\/a-ledger-you-can-check$/);
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(help).toBeVisible();
  await help.getByText("Shortcuts of a single key").click();
  await page.keyboard.press("Escape");
  await expect(help).toBeHidden();
  await page.keyboard.press("?");
  await expect(help).toBeHidden();
});

test("g and a letter lead through the dashboard", async ({ page }) => {
  const { email } = await openAccount("jumps", "0");
  await signIn(page, email);
  await page.goto("/dashboard");
  // The page listens once it is alive, which the heading does not tell.
  await expect(async () => {
    await page.keyboard.press("g");
    await page.keyboard.press("k");
    await expect(page.getByRole("heading", { level: 1, name: "API keys" })).toBeVisible({ timeout: 5_000 });
  }).toPass();
  await page.getByRole("button", { name: "Search and go to" }).click();
  await page.getByRole("dialog").getByRole("combobox").fill("usage");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Usage" })).toBeVisible();
});
