import { expect, type Page, test } from "playwright/test";
import { followMail, openAccount, openMail, PASSWORD, signIn } from "./support/account";
import { stack } from "./support/stack";

const INVITATION = /invites you to Analytical Engines/;

// Harm prevented: a team whose members may more than their role says, or whose keys outlive their membership.
test("two people in one team: invited, limited by a role, removed, back as its owner @phone", async ({
  page,
  browser,
}, { project }) => {
  test.slow();
  const owner = await openAccount("team-owner", "0");
  const guest = await openAccount("team-guest", "0");
  const team = `Analytical Engines ${project.name}`;
  const context = await browser.newContext();
  const other = await context.newPage();

  await signIn(page, owner.email);
  await page.goto("/dashboard");
  await createTeam(page, team);
  await test.step("of three invitations the newest one works", async () => {
    await page.goto("/dashboard/members");
    await invite(page, guest.email);
    const first = await newLink(other, guest.email, "");
    await page.getByRole("button", { name: `Send the invitation of ${guest.email} again` }).click();
    await expect(page.getByText("Sent again. Only the newest link works.")).toBeVisible();
    const second = await newLink(other, guest.email, first);
    await expectDead(other, first);
    await page.getByRole("button", { name: `Revoke the invitation of ${guest.email}` }).click();
    await expect(page.getByText("Nobody is invited at the moment.")).toBeVisible();
    await expectDead(other, second);
    await invite(page, guest.email);
    await other.goto(await newLink(other, guest.email, second));
    await expect(other.getByRole("heading", { level: 1, name: `Join ${team}` })).toBeVisible();
    await other.getByRole("link", { name: "Sign in" }).click();
    await other.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await other.getByRole("button", { name: "Sign in" }).click();
    await accept(other);
  });

  const secret = await test.step("a developer is not offered what the role may not do", async () => {
    await other.goto("/dashboard/members");
    await expect(other.getByRole("main").getByText(guest.email)).toBeVisible();
    await expect(other.getByRole("button", { name: "Invite", exact: true })).toHaveCount(0);
    await other.goto("/dashboard/audit");
    await expect(other.getByText("Your role (developer) does not allow this")).toBeVisible();
    const made = await createKey(other, "Laptop of the guest");
    expect(await statusOf(made)).toBe(200);
    return made;
  });

  await test.step("removed, with their keys", async () => {
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
  });

  await test.step("back, and made owner; the former one leaves with their keys", async () => {
    await invite(page, guest.email);
    await followMail(other, guest.email, INVITATION);
    await accept(other);
    await page.reload();
    await leave(page, team);
    await expect(page.getByRole("dialog").getByRole("alert")).toContainText("owner");
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: /^More about/ }).click();
    await page.getByRole("menuitem", { name: "Make owner in my place…" }).click();
    await page.getByRole("button", { name: "Transfer ownership" }).click();
    await expect(rowOf(page, guest.email).getByText("Owner", { exact: true })).toBeVisible();
    const own = await createKey(page, "Laptop of the founder");
    expect(await statusOf(own)).toBe(200);
    await page.goto("/dashboard/members");
    await leave(page, team);
    await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
    expect(await statusOf(own)).toBe(401);
    await other.goto("/dashboard/members");
    await expect(rowOf(other, guest.email)).toBeVisible();
    await expect(rowOf(other, owner.email)).toHaveCount(0);
  });

  await test.step("the trail tells all of it, and holds", async () => {
    await other.goto("/dashboard/audit");
    await expect(other.getByRole("button", { name: /^Member left/ })).toBeVisible();
    await expect(other.getByRole("button", { name: /^Organization ownership transferred/ })).toBeVisible();
    await other.getByRole("button", { name: /^Member removed/ }).click();
    await expect(other.getByRole("dialog").getByText("revokedKeys")).toBeVisible();
    await other.keyboard.press("Escape");
    await other.getByRole("button", { name: "Verify now" }).click();
    await expect(other.getByText(/^All \d+ links are as they were written/)).toBeVisible();
  });
  await context.close();
});

async function createTeam(page: Page, team: string): Promise<void> {
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
}

async function invite(page: Page, email: string): Promise<void> {
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  await page.getByRole("dialog").getByLabel("E-mail address").fill(email);
  await page.getByRole("button", { name: "Send invitation" }).click();
  await expect(page.getByRole("main").getByText(email)).toBeVisible();
}

/** The link of the newest invitation, once it is another one than the last. */
async function newLink(page: Page, email: string, last: string): Promise<string> {
  let href = last;
  await expect(async () => {
    await openMail(page, email, INVITATION);
    href = (await page.getByRole("link", { name: /^http/ }).first().getAttribute("href")) ?? "";
    expect(href).not.toBe(last);
  }).toPass();
  return href;
}

async function expectDead(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "This invitation does not work" })).toBeVisible();
}

async function accept(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Accept and open/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
}

async function leave(page: Page, team: string): Promise<void> {
  await page.getByRole("button", { name: "Leave…" }).click();
  const dialog = page.getByRole("dialog", { name: `Leave ${team}?` });
  await dialog.getByRole("button", { name: "Leave", exact: true }).click();
}

function rowOf(page: Page, email: string) {
  return page.getByRole("list", { name: "Members" }).getByRole("listitem").filter({ hasText: email });
}

async function createKey(page: Page, name: string): Promise<string> {
  await page.goto("/dashboard/keys");
  await page.getByRole("button", { name: "Create key" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(name);
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
