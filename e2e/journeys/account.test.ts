import { expect, test } from "playwright/test";
import { followMail, newEmail, openAccount, PASSWORD, signIn } from "./support/account";

// Prevents: a door that opens to a wrong password, and an owner who cannot get back in.
test("a wrong password is refused, and a forgotten one replaced @phone", async ({ page }) => {
  const { email } = await openAccount("reset", "0");
  await page.goto("/dashboard/billing");
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("main").getByRole("alert")).toContainText(/password/i);
  await expect(page.getByLabel("Password", { exact: true })).toBeFocused();

  await page.getByRole("link", { name: "Forgot your password?" }).click();
  // The field of the page before has the same name.
  await expect(page.getByRole("heading", { name: "Forgot your password?" })).toBeVisible();
  await page.getByLabel("E-mail address").fill(email);
  await page.getByRole("button", { name: "Send the link" }).click();
  await expect(page.getByRole("heading", { name: "Check your mail" })).toBeVisible();
  await followMail(page, email, /new password/i);
  await page.getByLabel("New password").fill("short");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Use at least 10 characters.")).toBeVisible();
  await page.getByLabel("New password").fill("quite another sentence");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Your password is changed.")).toBeVisible();
  await expect(page.getByLabel("E-mail address")).toHaveValue(email);

  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("main").getByRole("alert")).toContainText(/password/i);
  await page.getByLabel("Password", { exact: true }).fill("quite another sentence");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
});

// Prevents: a session that outlives its sign-out, and a sign-in that loses where its reader was going.
test("signing in leads on to the page that was asked for; signing out ends it", async ({ page }) => {
  const { email } = await openAccount("session", "0");
  await page.goto("/dashboard/billing?pack=scale");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Billing" })).toBeVisible();
  await expect(page.getByRole("radio", { name: /Scale/ })).toBeChecked();

  await page.getByRole("button", { name: `Account of ${email}` }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await page.goto("/dashboard");
  await expect(page).toHaveURL(/\/sign-in/);
});

// Prevents: an account taken over by whoever signs up with somebody else's address.
test("another browser has to know the password to confirm an address", async ({ page, browser }) => {
  const email = newEmail("elsewhere");
  await page.goto("/sign-up");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByText("Enter your name.")).toBeVisible();
  await page.getByLabel("Name").fill("Ada Byron");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { name: "Check your mail" })).toBeVisible();

  await page.goto("/sign-in");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("button", { name: "Send the link again" })).toBeVisible();

  const other = await browser.newPage();
  await followMail(other, email, /confirm/i);
  await other.getByLabel("Password", { exact: true }).fill("somebody else's");
  await other.getByRole("button", { name: "Confirm and sign in" }).click();
  await expect(other.getByRole("main").getByRole("alert")).not.toBeEmpty();
  await other.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await other.getByRole("button", { name: "Confirm and sign in" }).click();
  await expect(other.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await other.close();
});

// Prevents: a password in the address bar, in histories and logs, because somebody was quicker than the page's scripts.
test("a form that nobody listens to yet cannot be sent", async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto("/sign-in");
  await page.getByLabel("E-mail address").fill("ada@example.com");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Password", { exact: true }).press("Enter");
  await expect(page.getByRole("button", { name: "Sign in" })).toBeDisabled();
  await expect(page).toHaveURL(/\/sign-in$/);
  await expect(page.getByLabel("Password", { exact: true })).toHaveValue(PASSWORD);
  await context.close();
});

// Prevents: a keyboard that has to walk through every link of the head before it meets the page.
test("the keyboard skips to the content first", async ({ page }) => {
  for (const path of ["/", "/pricing", "/docs/errors", "/sign-in", "/mailbox"]) {
    await page.goto(path);
    await page.keyboard.press("Tab");
    const skip = page.getByRole("link", { name: "Skip to content" });
    await expect(skip, path).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page.locator("#main"), path).toBeFocused();
  }
  const { email } = await openAccount("skip", "0");
  await signIn(page, email);
  await page.goto("/dashboard");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
});
