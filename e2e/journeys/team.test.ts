import { expect, type Page, test } from "playwright/test";
import { followMail, openAccount, PASSWORD, signIn } from "./support/account";
import { stack } from "./support/stack";

// Harm prevented: a team whose members may more than their role says, or whose keys outlive their membership.
test("two people in one team: invited, limited by a role, and gone with their keys @phone", async ({
  page,
  browser,
}, { project }) => {
  const owner = await openAccount("team-owner", "0");
  const guest = await openAccount("team-guest", "0");
  const team = `Analytical Engines ${project.name}`;

  await signIn(page, owner.email);
  await page.goto("/dashboard");
  await page
    .getByRole("button", { name: /^Organization / })
    .locator("visible=true")
    .click();
  await page.getByRole("menuitem", { name: "Create a team" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill(team);
  await page.getByRole("button", { name: "Create team" }).click();
  await expect(
    page.getByRole("button", { name: `Organization ${team}` }).locator("visible=true"),
  ).toBeVisible();

  await page.goto("/dashboard/members");
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  await page.getByRole("dialog").getByLabel("E-mail address").fill(guest.email);
  await page.getByRole("button", { name: "Send invitation" }).click();
  await expect(page.getByRole("main").getByText(guest.email)).toBeVisible();

  const context = await browser.newContext();
  const other = await context.newPage();
  await followMail(other, guest.email, /invites you to Analytical Engines/);
  await expect(other.getByRole("heading", { level: 1, name: `Join ${team}` })).toBeVisible();
  await other.getByRole("link", { name: "Sign in" }).click();
  await other.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await other.getByRole("button", { name: "Sign in" }).click();
  await other.getByRole("button", { name: /^Accept and open/ }).click();
  await expect(other.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();

  // A developer makes keys, and is not offered what the role may not do.
  await other.goto("/dashboard/members");
  await expect(other.getByRole("main").getByText(guest.email)).toBeVisible();
  await expect(other.getByRole("button", { name: "Invite", exact: true })).toHaveCount(0);
  await other.goto("/dashboard/audit");
  await expect(other.getByText("Your role (developer) does not allow this")).toBeVisible();
  const secret = await createKey(other);
  expect(await statusOf(secret)).toBe(200);

  await page.reload();
  await page.getByRole("button", { name: /^More about/ }).click();
  await page.getByRole("menuitem", { name: "Remove…" }).click();
  await page.getByRole("button", { name: "Remove member" }).click();
  // An open dialog hides the page behind it, so that "the member is not there" would be true before the answer.
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("main").getByText(guest.email)).toHaveCount(0);
  expect(await statusOf(secret)).toBe(401);
  await other.goto("/dashboard/keys");
  await expect(other.getByText("Laptop of the guest")).toHaveCount(0);

  await page.goto("/dashboard/audit");
  await page.getByRole("button", { name: /^Member removed/ }).click();
  await expect(page.getByRole("dialog").getByText("revokedKeys")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Verify now" }).click();
  await expect(page.getByText(/^All \d+ links are as they were written/)).toBeVisible();
  await context.close();
});

async function createKey(page: Page): Promise<string> {
  await page.goto("/dashboard/keys");
  await page.getByRole("button", { name: "Create key" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Laptop of the guest");
  await dialog.getByRole("button", { name: "Create key" }).click();
  const secret = (await dialog.locator("code").textContent()) ?? "";
  await dialog.getByText("I have copied it").click();
  await dialog.getByRole("button", { name: "Done" }).click();
  return secret;
}

/** What the API says to the key, for nothing. */
async function statusOf(secret: string): Promise<number> {
  const response = await fetch(`${stack().url}/v1/key`, { headers: { authorization: `Bearer ${secret}` } });
  return response.status;
}
