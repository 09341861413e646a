import OpenAI from "openai";
import { expect, type Page, test } from "playwright/test";
import { newEmail, openAccount, openMail, signIn } from "../journeys/support/account";
import { openPage } from "../journeys/support/pages";
import { call } from "../journeys/support/procedures";
import { stack } from "../journeys/support/stack";
import { liveThroughAMonth } from "./past";
import { shoot } from "./shoot";

// Not a test: photographs what a walk by addresses does not meet.
test.describe("states @phone", () => {
  test.setTimeout(600_000);

  test("a busy organization", async ({ page }, { project }) => {
    const account = await openAccount("busy", "25");
    await liveThroughAMonth(account);
    await signIn(page, account.email);
    await fill(page);
    for (const path of [
      "/dashboard",
      "/dashboard/usage",
      "/dashboard/usage?by=key&show=requests",
      "/dashboard/usage?days=7&show=latency",
      "/dashboard/requests",
      "/dashboard/budgets",
      "/dashboard/billing",
      "/dashboard/keys",
      "/dashboard/projects",
      "/dashboard/service-accounts",
      "/dashboard/webhooks",
      "/dashboard/management-keys",
      "/dashboard/audit",
      "/dashboard/support",
      "/dashboard/members",
    ]) {
      await openPage(page, path);
      await shoot(page, project.name, `busy ${path}`);
    }
    await page.goto("/dashboard/audit");
    await page
      .getByRole("button", { name: /created/ })
      .first()
      .click();
    await shoot(page, project.name, "dialog audit change");
    await page.goto("/dashboard/requests");
    await page.locator("tbody a, li a").first().click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
    await shoot(page, project.name, "dialog request drawer");
    await page.keyboard.press("Escape");
  });

  test("overlays, and what goes wrong", async ({ page, browser }, { project }) => {
    const { email, apiKey } = await openAccount("states", "0.5");
    const client = new OpenAI({ baseURL: `${stack().url}/v1`, apiKey, maxRetries: 0 });
    const messages = [{ role: "user" as const, content: "Say hello." }];
    await client.chat.completions.create({ model: "openai/gpt-4.1-mini", messages });
    await signIn(page, email);
    await openPage(page, "/dashboard");
    await shoot(page, project.name, "banner low balance");
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").getByRole("combobox").fill("key");
    await shoot(page, project.name, "dialog palette");
    await page.getByRole("dialog").getByRole("combobox").fill("nothing is called like this");
    await shoot(page, project.name, "dialog palette empty");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await shoot(page, project.name, "dialog shortcuts");
    await page.keyboard.press("Escape");
    if (project.name === "phone") {
      await page.getByRole("button", { name: "Open navigation" }).click();
      await shoot(page, project.name, "dialog navigation");
      await page.keyboard.press("Escape");
    }
    await page.goto("/dashboard/settings");
    await page.getByRole("button", { name: "Set up…" }).click();
    await shoot(page, project.name, "dialog two-factor");
    await page.keyboard.press("Escape");
    await page.route(/\/api\/trpc\/[^?]*(keys|usage)\./, (route) => route.abort());
    for (const path of ["/dashboard/keys", "/dashboard/usage"]) {
      await page.goto(path);
      await page.getByText("This could not be loaded").first().waitFor({ timeout: 30_000 });
      await shoot(page, project.name, `error ${path}`);
    }
    await forbidden(page, await browser.newPage(), project.name);
  });
});

/** Something of everything that people make. */
async function fill(page: Page): Promise<void> {
  const { id: projectId } = await call<{ id: string }>(page, "organization.createProject", {
    name: "Assistant in the help centre",
  });
  await call(page, "organization.createServiceAccount", { name: "Nightly batch" });
  await call(page, "keys.create", { name: "Production", projectId });
  await call(page, "managementKeys.create", { name: "Terraform", scopes: ["keys:read", "keys:write"] });
  await call(page, "webhooks.create", {
    ...{ url: "https://hooks.example.com/deeptoken", description: "Our on-call channel" },
    eventTypes: ["balance.low", "budget.threshold_reached"],
  });
  const terms = { isRolling: false, isHard: true, thresholds: [50, 80, 100] };
  const scopes = [
    { scope: "organization", scopeId: null, window: "month", amountNanoUsd: 30_000_000_000n },
    { scope: "project", scopeId: projectId, window: "day", amountNanoUsd: 2_000_000_000n },
  ];
  for (const scope of scopes) await call(page, "budgets.create", { ...terms, ...scope });
  await call(page, "support.open", {
    ...{ topic: "billing", subject: "Which invoice belongs to which order?" },
    body: "Our accountant asks for the number of the order on each of the invoices.",
  });
  await call(page, "members.invite", { email: newEmail("grace"), role: "viewer" });
}

async function forbidden(owner: Page, guest: Page, width: string): Promise<void> {
  await call(owner, "organization.create", { name: "Analytical Engines" });
  const { email } = await openAccount("viewer", "0");
  await call(owner, "members.invite", { email, role: "viewer" });
  await guest.setViewportSize(owner.viewportSize() ?? { width: 1440, height: 900 });
  await openMail(guest, email, /invites you/);
  const link = await guest.getByRole("link", { name: /^http/ }).first().getAttribute("href");
  await guest.goto(link ?? "");
  await shoot(guest, width, "invitation signed out");
  await signIn(guest, email);
  await guest.goto(link ?? "");
  await shoot(guest, width, "invitation");
  await guest.getByRole("button", { name: /^Accept and open/ }).click();
  await expect(guest.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  for (const path of [
    "/dashboard/audit",
    "/dashboard/keys",
    "/dashboard/billing",
    "/dashboard/management-keys",
  ]) {
    await openPage(guest, path);
    await shoot(guest, width, `forbidden ${path}`);
  }
  await openPage(owner, "/dashboard/members");
  await shoot(owner, width, "two members");
  await guest.close();
}
