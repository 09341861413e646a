import OpenAI from "openai";
import type { Locator, Page } from "playwright/test";
import { DOCS_PAGES as DOCS } from "@/app/(site)/docs/_parts/pages";
import { type Account, openAccount, signIn } from "./account";
import { stack } from "./stack";

/** Every page of the product that a reader can land on. A new page is one line here, and is then looked at by all walks. */
export const PUBLIC_PAGES = [
  "/",
  // One author's rows stand for all: they are alike, and judging a hundred takes a minute.
  "/models?q=claude",
  "/models/openai/gpt-4.1-mini",
  "/models/compare?compare=openai/gpt-4.1-mini&compare=anthropic/claude-sonnet-5&compare=openai/gpt-image-1",
  "/models/compare",
  "/pricing",
  "/enterprise",
  "/support",
  "/blog",
  "/blog/seven-metering-traps",
  "/changelog",
  "/legal/terms",
  "/legal/privacy",
  "/legal/refunds",
  "/legal/sub-processors",
  "/status",
  "/no-such-page",
] as const;

export const DOCS_PAGES: readonly string[] = DOCS.map(({ href }) => href);

export const ACCOUNT_PAGES = [
  "/sign-in",
  "/sign-up",
  "/forgot-password",
  "/reset-password?token=used",
  "/verify-email?token=used",
  "/invitation?token=used",
  "/mailbox",
] as const;

/** With an account that has spent something; `:request` is its newest request, `:order` an open one. */
export const DASHBOARD_PAGES = [
  "/dashboard",
  "/dashboard/keys",
  "/dashboard/budgets",
  "/dashboard/playground",
  "/dashboard/playground?models=openai/gpt-4.1-mini,openai/gpt-4.1",
  "/dashboard/requests",
  "/dashboard/requests?outcome=truncated",
  "/dashboard/requests?request=:request",
  "/dashboard/requests/:request",
  "/dashboard/requests/gen_unknown",
  "/dashboard/routing",
  "/dashboard/billing",
  "/dashboard/partner",
  "/dashboard/billing?pack=custom",
  "/dashboard/members",
  "/dashboard/projects",
  "/dashboard/service-accounts",
  "/dashboard/usage",
  "/dashboard/policies",
  "/dashboard/webhooks",
  "/dashboard/webhooks/whe_unknown",
  "/dashboard/management-keys",
  "/dashboard/audit",
  "/dashboard/support",
  "/dashboard/settings",
  "/checkout/:order",
] as const;

/** The same screens before anything has happened. */
export const EMPTY_DASHBOARD_PAGES = [
  "/dashboard",
  "/dashboard/requests",
  "/dashboard/budgets",
  "/dashboard/billing",
  "/dashboard/partner",
] as const;

/** Opens a page and waits until it shows what it has to show. */
export async function openPage(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.locator("h1").first().waitFor();
  await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
  // Alive: labels and states that React gives are there.
  await page.waitForFunction(() =>
    [...document.querySelectorAll("button")].every((button) =>
      Object.keys(button).some((name) => name.startsWith("__react")),
    ),
  );
  // The chart comes in a part of its own.
  if (path === "/dashboard")
    await page
      .locator(".recharts-surface")
      .or(page.getByText("Nothing was spent in these days"))
      .first()
      .waitFor();
}

/** The figure beside a name on the screen. */
export function figureOf(page: Page, name: string): Locator {
  return page.locator("dt", { hasText: new RegExp(`^${name}$`) }).locator("xpath=following-sibling::dd[1]");
}

/** The balance, as the billing page and the overview show it. */
export const balanceOf = (page: Page): Locator => figureOf(page, "Balance");

/** Ends all transitions of a page at once: colours half-way are nobody's. A constructed sheet needs no leave of the policy. */
export async function holdStill(page: Page): Promise<void> {
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("*, *::before, *::after { transition: none !important; animation: none !important }");
    document.adoptedStyleSheets.push(sheet);
  });
}

/** The theme by its attribute, as the switch of the page sets it. For a page that holds still, and without waiting to be drawn. */
export async function setTheme(page: Page, theme: "light" | "dark"): Promise<void> {
  await page.evaluate((name) => {
    document.documentElement.dataset.theme = name;
  }, theme);
}

/** As the reader's system asks for it; waits until the page is drawn in it. */
export async function showTheme(page: Page, colorScheme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.locator(`html[data-theme=${colorScheme}]`).waitFor();
  await page.evaluate(
    () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
  );
}

/** An account with a few requests, one of them failed, and an open order; signed in. Fills the placeholders of a path. */
export async function openSpendingAccount(page: Page): Promise<(path: string) => string> {
  const account = await openAccount("walk", "20");
  const requestId = await spend(account);
  await signIn(page, account.email);
  await page.goto("/dashboard/billing?pack=starter");
  await page.getByRole("button", { name: "Top up $10.00" }).click();
  await page.getByRole("button", { name: "Pay $10.00" }).waitFor();
  const orderId = page.url().split("/").at(-1) ?? "";
  return (path) => path.replace(":request", requestId).replace(":order", orderId);
}

async function spend({ apiKey }: Account): Promise<string> {
  const client = new OpenAI({ baseURL: `${stack().url}/v1`, apiKey, maxRetries: 0 });
  const ask = (model: string) =>
    client.chat.completions
      .create({ model, messages: [{ role: "user", content: "What does a receipt say?" }] })
      .withResponse();
  await ask("openai/gpt-4.1");
  const { response } = await ask("openai/gpt-4.1-mini");
  return response.headers.get("x-generation-id") ?? "";
}
