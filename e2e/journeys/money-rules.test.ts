import OpenAI from "openai";
import { expect, type Page, test } from "playwright/test";
import { followMail, openAccount, PASSWORD, signIn } from "./support/account";
import { runJob, stack } from "./support/stack";

// Harm prevented: a budget that is passed and nobody hears of it.
test("a budget's alert arrives by mail, once, and stands on the page @phone", async ({ page }) => {
  const ada = await openAccount("alerted", "20");
  await signIn(page, ada.email);
  await page.goto("/dashboard/budgets");
  await page.getByRole("button", { name: "Send a test mail" }).click();
  await expect(page.getByText(`Sent to ${ada.email}.`)).toBeVisible();

  await page.getByRole("button", { name: "Set a budget" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Amount in US dollars").fill("0.01");
  await dialog.getByText("Soft").click();
  await dialog.getByLabel("Alerts at, in per cent").fill("1");
  await dialog.getByRole("button", { name: "What would this have blocked last month?" }).click();
  await expect(dialog.getByText("Nothing in the last 30 days.")).toBeVisible();
  await dialog.getByRole("button", { name: "Set budget" }).click();
  await expect(page.getByText("Alerts at 1 %.")).toBeVisible();

  const client = new OpenAI({ apiKey: ada.apiKey, baseURL: `${stack().url}/v1` });
  await client.chat.completions.create({
    model: "openai/gpt-4.1-mini",
    max_tokens: 300,
    messages: [{ role: "user", content: `Count to a hundred. ${"words ".repeat(400)}` }],
  });

  // Raised by the sweep, told by the job of alerts.
  const alert = page.getByRole("list", { name: "Recent alerts" }).getByRole("listitem").first();
  await expect(async () => {
    await runJob("sweep");
    await runJob("alerts");
    await page.reload();
    await expect(alert).toContainText("Budget at 1 %", { timeout: 3_000 });
    await expect(alert).toContainText("Sent", { timeout: 3_000 });
  }).toPass({ timeout: 60_000, intervals: [1_000] });
  await page.goto("/mailbox");
  const mails = page.getByRole("link", { name: /Budget at 1 %/ }).filter({ hasText: ada.email });
  await expect(mails).toHaveCount(1);
  await mails.click();
  await expect(page.getByText("of $0.01 a month is spent by the organization.").first()).toBeVisible();
});

// Harm prevented: a member who pays more than the team has said, without anybody who may say so having said so.
test("a larger top-up waits for somebody else, who is told and decides", async ({ page, browser }, {
  project,
}) => {
  const owner = await openAccount("approves", "0");
  const buyer = await openAccount("buys", "0");
  await signIn(page, owner.email);
  await page.goto("/dashboard");
  await foundTeam(page, `Purchasing ${project.name}`);
  await page.goto("/dashboard/policies");
  await page.getByLabel("Top-ups above this wait for approval, in US dollars").fill("100");
  await page.getByRole("button", { name: "Save policies" }).click();
  await expect(page.getByText("Saved. It acts from the next request on.")).toBeVisible();
  await page.goto("/dashboard/members");
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  const invitation = page.getByRole("dialog");
  await invitation.getByLabel("E-mail address").fill(buyer.email);
  await invitation.getByRole("combobox").click();
  await page.getByRole("option", { name: "Billing" }).click();
  await page.getByRole("button", { name: "Send invitation" }).click();
  await expect(page.getByRole("main").getByText(buyer.email)).toBeVisible();

  const context = await browser.newContext();
  const other = await context.newPage();
  await followMail(other, buyer.email, /invites you to Purchasing/);
  await other.getByRole("link", { name: "Sign in" }).click();
  await other.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await other.getByRole("button", { name: "Sign in" }).click();
  await other.getByRole("button", { name: /^Accept and open/ }).click();
  await expect(other.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await other.goto("/dashboard/billing?pack=scale");
  await other
    .getByRole("button", { name: /^Top up/ })
    .last()
    .click();
  await expect(other.getByText("Your order waits for an owner or an admin")).toBeVisible();
  const waiting = other.getByRole("list", { name: "Top-ups that wait for approval" });
  await expect(waiting).toContainText("An owner or an admin decides.");
  await expect(waiting.getByRole("button")).toHaveCount(0);

  await followMail(page, owner.email, /asks to top up \$200\.00/);
  await page.getByRole("button", { name: "Approve…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Approve", exact: true }).click();
  await expect(page.getByRole("list", { name: "Top-ups that wait for approval" })).toHaveCount(0);

  await followMail(other, buyer.email, /Your top-up of \$200\.00 was approved/);
  await expect(other.getByText(/was approved\. Continue it in the list of orders below/)).toBeVisible();
  await other.getByRole("link", { name: "Continue" }).click();
  await other.getByRole("button", { name: /^Pay/ }).click();
  await expect(other.getByText("$200.00 was added to your balance.")).toBeVisible();
  await page.goto("/dashboard/audit");
  await expect(page.getByRole("button", { name: /^Order approved/ }).first()).toBeVisible();
  await context.close();
});

async function foundTeam(page: Page, name: string): Promise<void> {
  await page
    .getByRole("button", { name: /^Organization / })
    .locator("visible=true")
    .click();
  await page.getByRole("menuitem", { name: "Create a team" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Create team" }).click();
  await expect(
    page.getByRole("button", { name: `Organization ${name}` }).locator("visible=true"),
  ).toBeVisible();
}

// Harm prevented: a person who cannot take their data along, or who is still there after having gone.
test("a person takes their data along and deletes the account", async ({ page }) => {
  const ada = await openAccount("leaves", "5");
  await signIn(page, ada.email);
  await page.goto("/dashboard/settings");
  await page.getByRole("button", { name: "Export my data" }).click();
  const link = page.getByRole("link", { name: "Download JSON" });
  await expect(link).toBeVisible();
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  expect(download.suggestedFilename()).toMatch(/^account-.*\.json$/);
  const file = await page.request.get((await link.getAttribute("href")) ?? "");
  expect(await file.json()).toMatchObject({ profile: { email: ada.email }, requests: [] });

  await page.getByRole("button", { name: "Delete my account…" }).click();
  const dialog = page.getByRole("dialog");
  const remove = dialog.getByRole("button", { name: "Delete my account" });
  await expect(dialog.getByText("It is closed: nobody else is in it.")).toBeVisible();
  await expect(remove).toBeDisabled();
  await dialog.getByText("I give up the balance of").click();
  await dialog.getByLabel("Your password").fill(PASSWORD);
  await remove.click();
  await expect(page.getByText("Your account is deleted.")).toBeVisible();
  const key = await fetch(`${stack().url}/v1/key`, { headers: { authorization: `Bearer ${ada.apiKey}` } });
  expect([401, 403]).toContain(key.status);
  await page.getByLabel("E-mail address").fill(ada.email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("The e-mail address or the password is not right.")).toBeVisible();
});
