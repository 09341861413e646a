import OpenAI from "openai";
import { expect, type Locator, type Page, test } from "playwright/test";
import { followMail, newEmail, PASSWORD } from "./support/account";
import { exactNanoUsd, millionths } from "./support/exact";
import { figureOf } from "./support/pages";
import { stack } from "./support/stack";

const NANO_PER_USD = 1_000_000_000n;
/** What a newcomer may cost a machine, from Home to the first streamed answer and its receipt. */
const NEWCOMER_MS = 120_000;

// Prevents: a newcomer who cannot get from nothing to an answer, and a bill that is not tokens × price to the last digit.
test("from Home to the first streamed answer and its receipt, in two minutes @phone", async ({ page }, {
  project,
}) => {
  test.setTimeout(NEWCOMER_MS);
  const beganMs = performance.now();
  await test.step("sign up and confirm", () => signUp(page));
  await test.step("top up $50.00", () => topUp(page));
  const key = await test.step("create a key", () => createKey(page));
  const usage = await test.step("call with the official client", () => streamAnswer(key));
  const seconds = ((performance.now() - beganMs) / 1_000).toFixed(1);
  console.log(
    `newcomer (${project.name}): ${seconds} s of machine time from Home to the first streamed answer`,
  );
  await test.step("the page hears of it without being reloaded", async () => {
    await expect(page.getByText("First request received.")).toBeVisible();
    await page.getByRole("link", { name: "See what it cost" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Request" })).toBeVisible();
  });
  const charged = await test.step("the receipt is exact", () => checkReceipt(page, usage));
  await test.step("the balance fell by exactly that", async () => {
    await openFromNav(page, "Billing");
    const balance = () => exactNanoUsd(figureOf(page, "Balance"));
    await expect.poll(balance).toBe(50n * NANO_PER_USD - charged);
    expect(await exactNanoUsd(figureOf(page, "Reserved"))).toBe(0n);
  });
  await test.step("the request is in the log", async () => {
    await openFromNav(page, "Requests");
    await expect(
      page.getByRole("link", { name: "openai/gpt-4.1-mini" }).filter({ visible: true }),
    ).toHaveCount(1);
  });
});

async function signUp(page: Page): Promise<void> {
  const email = newEmail("first");
  await page.goto("/");
  await page.getByRole("main").getByRole("link", { name: "Start building" }).first().click();
  await page.getByLabel("Name").fill("Ada Byron");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { name: "Check your mail" })).toBeVisible();
  await followMail(page, email, /confirm/i);
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await expect(page.getByText("Waiting for your first request")).toBeVisible();
}

async function topUp(page: Page): Promise<void> {
  await page.getByRole("listitem").getByRole("link", { name: "Top up" }).click();
  await expect(page.getByRole("radio", { name: /Builder/ })).toBeChecked();
  await page.getByRole("button", { name: "Top up $50.00" }).click();
  await expect(page.getByText("no real money")).toBeVisible();
  await page.getByRole("button", { name: "Pay $50.00" }).click();
  await expect(page.getByText("$50.00 was added to your balance.")).toBeVisible();
  expect(await exactNanoUsd(figureOf(page, "Balance"))).toBe(50n * NANO_PER_USD);
}

async function createKey(page: Page): Promise<string> {
  await openFromNav(page, "Overview");
  await page.getByRole("button", { name: "Create key" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Laptop");
  await dialog.getByRole("button", { name: "Create key" }).click();
  await dialog.getByRole("button", { name: "Copy key" }).click();
  const key = await page.evaluate(() => navigator.clipboard.readText());
  expect(key).toMatch(/^dtk_/);
  await expect(dialog.getByText(key)).toBeVisible();

  await page.keyboard.press("Escape");
  await page.mouse.click(2, 2);
  await expect(dialog.getByText(key)).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Done" })).toBeDisabled();
  await dialog.getByRole("checkbox", { name: "I have copied it to a safe place" }).check();
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(dialog).toBeHidden();

  await page.getByRole("tab", { name: "Node" }).click();
  // By its name: the panel before it is still there for a moment.
  const snippet = page.getByRole("tabpanel", { name: "Node" });
  await expect(snippet).toContainText(key);
  await expect(snippet).toContainText(`${stack().url}/v1`);
  return key;
}

interface SeenUsage {
  readonly uncached: bigint;
  readonly cached: bigint;
  readonly output: bigint;
  /** What the stream's last chunk says that it cost, USD. */
  readonly costUsd: number;
}

async function streamAnswer(apiKey: string): Promise<SeenUsage> {
  const client = new OpenAI({ baseURL: `${stack().url}/v1`, apiKey, maxRetries: 0 });
  const stream = await client.chat.completions.create({
    model: "openai/gpt-4.1-mini",
    messages: [{ role: "user", content: "Say hello in one sentence." }],
    stream: true,
    stream_options: { include_usage: true },
  });
  const words: string[] = [];
  let usage: (OpenAI.CompletionUsage & { cost?: number }) | null = null;
  for await (const chunk of stream) {
    const word = chunk.choices[0]?.delta.content;
    if (word) words.push(word);
    usage = chunk.usage ?? usage;
  }
  expect(words.length, "it came in pieces").toBeGreaterThan(1);
  const cached = usage?.prompt_tokens_details?.cached_tokens ?? 0;
  return {
    uncached: BigInt((usage?.prompt_tokens ?? 0) - cached),
    cached: BigInt(cached),
    output: BigInt(usage?.completion_tokens ?? 0),
    costUsd: usage?.cost ?? Number.NaN,
  };
}

/** @returns what was charged, nano-USD */
async function checkReceipt(page: Page, usage: SeenUsage): Promise<bigint> {
  const lines = page.getByRole("table").locator("tbody tr");
  await expect(lines.first()).toBeVisible();
  const expected = { Input: usage.uncached, "Cached input": usage.cached, Output: usage.output };
  // List prices, per million tokens: what the pricing page promises for this model.
  const prices = { Input: "0.40", "Cached input": "0.10", Output: "1.60" };
  let sum = 0n;
  for (const line of await lines.all()) {
    const [unit, quantity, price, amount] = await cellsOf(line);
    if (!isUnit(unit)) throw new Error(`An unexpected line: ${unit}`);
    expect(BigInt(quantity.replaceAll(",", ""))).toBe(expected[unit]);
    expect(millionths(price)).toBe(millionths(prices[unit]));
    expect(millionths(amount)).toBe((expected[unit] * millionths(price)) / 1_000_000n);
    sum += millionths(amount);
  }
  const rounded = (sum + 999_999n) / 1_000_000n;
  expect(rounded).toBeGreaterThan(0n);
  const total = page.locator("tfoot tr").last().locator("td");
  expect(millionths((await total.textContent()) ?? "")).toBe(rounded * 1_000_000n);
  expect(BigInt(Math.round(usage.costUsd * 1e9))).toBe(rounded);
  return rounded;
}

type Unit = "Input" | "Cached input" | "Output";
const isUnit = (name: string): name is Unit => ["Input", "Cached input", "Output"].includes(name);

async function cellsOf(line: Locator): Promise<[string, string, string, string]> {
  const [unit = "", quantity = "", price = "", amount = ""] = await line.locator("th, td").allInnerTexts();
  return [unit.trim(), quantity, price, amount];
}

/** By the sidebar, or on a phone by the drawer. */
async function openFromNav(page: Page, name: string): Promise<void> {
  const menu = page.getByRole("button", { name: "Open navigation" });
  if (await menu.isVisible()) await menu.click();
  await page.getByRole("navigation", { name: "Dashboard" }).getByRole("link", { name }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}
