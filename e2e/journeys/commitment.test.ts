import { expect, type Page, test } from "playwright/test";
import { newEmail, openAccount, operator, PASSWORD, signIn } from "./support/account";
import { balanceOf } from "./support/pages";
import { startStripeSite } from "./support/stripe-site";

let site: Awaited<ReturnType<typeof startStripeSite>>;

test.describe.configure({ mode: "serial" });
test.beforeAll(async () => {
  test.setTimeout(120_000);
  site = await startStripeSite();
});
test.afterAll(() => site.stop());

// Prevents: a year that somebody is bound to without having agreed, or that is paid and not credited.
test("a commitment is quoted, agreed to, paid, credited, and canceled with its year", async ({ browser }) => {
  const { email, organizationId } = await openAccount("commit", "0", site.env);
  const page = await browser.newPage({ baseURL: site.url });
  await signIn(page, email);
  await page.goto("/dashboard/billing");
  await expect(page.getByText("it appears here to be accepted")).toBeVisible();

  await operator(
    [
      ...["commitment", "quote", "--organization", organizationId, "--usd", "24000", "--discount", "10"],
      ...["--schedule", "monthly", "--sla", "priority", "--note", "As discussed with Ada."],
    ],
    site.env,
  );
  await page.reload();
  const consent = page.getByRole("checkbox", { name: /My organization commits to \$24000\.00 a year/ });
  await expect(consent).not.toBeChecked();
  const accept = page.getByRole("button", { name: "Accept and pay the first period" });
  await expect(accept).toBeDisabled();
  await shoot(page, "billing-quote");
  await consent.click();
  await accept.click();
  await page.getByRole("button", { name: "Pay $1800.00" }).click();
  await page.goto("/dashboard/billing");
  await expect(async () => {
    await page.reload();
    await expect(balanceOf(page)).toHaveText("$2,000.00", { timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
  const commitment = page.getByRole("list", { name: "Paid periods" });
  await expect(commitment.getByText("$2,000.00 credited for $1,800.00")).toBeVisible();
  await expect(page.getByRole("meter", { name: "Credited this year" })).toBeVisible();
  await shoot(page, "billing-commitment");
  await page.getByRole("button", { name: "Cancel commitment" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel commitment" }).click();
  await expect(page.getByText(/Canceled: it ends/)).toBeVisible();
  await page.close();
});

// Prevents: a code that gives its credit twice, or is entered where nobody can.
test("a promotion code gives its credit once", async ({ browser }) => {
  const { email } = await openAccount("promo", "0", site.env);
  const made = await operator(["promotion", "create", "--usd", "12.50", "--max", "5"], site.env);
  const { code } = made as { code: string };
  const page = await browser.newPage({ baseURL: site.url });
  await signIn(page, email);
  await page.goto("/dashboard/billing");
  await page.getByLabel("Code", { exact: true }).fill("NOT-A-CODE");
  await page.getByRole("button", { name: "Redeem" }).click();
  await expect(page.getByText("This code is not valid, or has ended.")).toBeVisible();
  await page.getByLabel("Code", { exact: true }).fill(code.toLowerCase());
  await page.getByRole("button", { name: "Redeem" }).click();
  await expect(page.getByText("$12.50 was added to your balance.")).toBeVisible();
  await expect(balanceOf(page)).toHaveText("$12.50");
  await shoot(page, "billing-promotion");
  await page.getByLabel("Code", { exact: true }).fill(code);
  await page.getByRole("button", { name: "Redeem" }).click();
  await expect(page.getByText("This code was redeemed already", { exact: false })).toBeVisible();
  await page.close();
});

// Prevents: a referral that is lost between the link and the first payment, and commission that nobody can take out.
test("a partner's link, a guest who pays, and a payout", async ({ browser }) => {
  const { email, organizationId } = await openAccount("partner", "0", site.env);
  const page = await browser.newPage({ baseURL: site.url });
  await signIn(page, email);
  await page.goto("/dashboard/partner");
  await shoot(page, "partner-join");
  const join = page.getByRole("button", { name: "Get my link" });
  await expect(join).toBeDisabled();
  await page.getByRole("checkbox", { name: /My organization earns 10 %/ }).click();
  await join.click();
  const link = (await page.getByText(/\/r\/[a-z0-9]{10}$/).textContent()) ?? "";
  await operator(["partner", "change", "--organization", organizationId, "--hold-days", "1"], site.env);

  const guestContext = await browser.newContext({ baseURL: site.url });
  const guest = await guestContext.newPage();
  await guest.goto(new URL(link).pathname);
  await expect(guest).toHaveURL(`${site.url}/`);
  const guestEmail = newEmail("guest");
  await guest.goto("/sign-up");
  await guest.getByLabel("Name").fill("Grace");
  await guest.getByLabel("E-mail address").fill(guestEmail);
  await guest.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await guest.getByRole("button", { name: /Sign up|Create account/ }).click();
  await expect(guest.getByText(guestEmail)).toBeVisible();
  await page.reload();
  await expect(page.getByText("One organization so far.")).toBeVisible();
  await shoot(page, "partner");
  await expect(page.getByRole("button", { name: "Ask for a payout" })).toBeDisabled();
  await page.getByRole("button", { name: "Set up payout account" }).click();
  await page.getByRole("button", { name: "Complete the account" }).click();
  await expect(page.getByText("Complete. You can go back now.")).toBeVisible();
  await guestContext.close();
  await page.close();
});

/** Photographs a screen when asked to, in both widths and themes, for people to look at. */
async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.SHOOT_TO;
  if (!folder) return;
  const before = page.viewportSize();
  for (const width of [390, 1440])
    for (const colorScheme of ["light", "dark"] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(300);
      await page.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}.png`, fullPage: true });
    }
  await page.emulateMedia({ colorScheme: "light" });
  if (before) await page.setViewportSize(before);
}
