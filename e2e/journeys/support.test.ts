// Harm prevented: a form that thanks and keeps nothing, and a ticket whose answer its organization never finds.
import { expect, test } from "playwright/test";
import { findMail, newEmail, openAccount, signIn } from "./support/account";

test("a visitor writes, and hears of it by mail without their own words @phone", async ({ page }) => {
  const email = newEmail("visitor");
  await page.goto("/support");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByText("Enter your name.")).toBeVisible();
  await page.getByLabel("Name").fill("Grace");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("What is it about").click();
  await page.getByRole("option", { name: "Billing and balance" }).click();
  await page.getByLabel("Subject").fill("A quite particular subject");
  await page.getByLabel("Message").fill("Where do I find the receipt of May?");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByRole("heading", { name: "We have your message" })).toBeFocused();
  await expect(page.getByText(/^tkt_/)).toBeVisible();
  await findMail(page, email, /We have your message/);
  await expect(page.getByText("A message was sent").first()).toBeVisible();
  await expect(page.getByText("A quite particular subject")).toHaveCount(0);
});

test("a company asks for a commitment @phone", async ({ page }) => {
  await page.goto("/enterprise");
  await page.getByLabel("Name").fill("Grace");
  await page.getByLabel("E-mail address").fill(newEmail("cfo"));
  await page.getByRole("textbox", { name: "Company" }).fill("Analytical Engines");
  await page.getByLabel("Spend a year").fill("60,000");
  await page.getByLabel("What you run").fill("An assistant with a million requests a month.");
  await page.getByRole("button", { name: "Ask for terms" }).click();
  await expect(page.getByText("Enter US dollars")).toBeVisible();
  await page.getByLabel("Spend a year").fill("60000");
  await page.getByRole("button", { name: "Ask for terms" }).click();
  await expect(page.getByRole("heading", { name: "We have your request" })).toBeFocused();
});

test("a member's ticket is on the dashboard, is closed, and opens again with a reply @phone", async ({
  page,
}) => {
  const { email } = await openAccount("ticket", "0");
  await signIn(page, email);
  await page.goto("/dashboard/support");
  await expect(page.getByText("Nobody has written to us yet")).toBeVisible();
  await page.getByRole("button", { name: "Write to us" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Subject").fill("A stream that broke off");
  await dialog.getByLabel("Message").fill("gen_x ended without a finish reason.");
  await dialog.getByRole("button", { name: "Send" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "A stream that broke off" })).toBeVisible();
  await page.getByRole("button", { name: "Close ticket" }).click();
  await expect(page.getByText("Closed", { exact: true })).toBeVisible();
  await page.getByLabel("Open it again with a message").fill("It happened again just now.");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByText("We owe you an answer")).toBeVisible();
  await page.getByRole("link", { name: "Support", exact: true }).first().click();
  await expect(page.getByRole("link", { name: /A stream that broke off/ })).toBeVisible();
  // The public form knows who is signed in.
  await page.goto("/support");
  await expect(page.getByText(email)).toBeVisible();
});
