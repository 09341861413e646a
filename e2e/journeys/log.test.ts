import { readFileSync } from "node:fs";
import OpenAI from "openai";
import { expect, type Page, test } from "playwright/test";
import { openAccount, signIn } from "./support/account";
import { exactNanoUsd } from "./support/exact";
import { simulate, stack } from "./support/stack";

const MINI = "openai/gpt-4.1-mini";
const OTHER = "openai/gpt-4.1";
/** Made to fail by each project on its own: a broken provider rests for a while, for everybody. */
const FAILING = { desktop: "gpt-5-nano", phone: "gpt-5-mini" } as const;
const SLOW = "gpt-4o";
/** One transparent pixel. */
const DOT =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

function asker(apiKey: string) {
  const client = new OpenAI({ baseURL: `${stack().url}/v1`, apiKey, maxRetries: 0 });
  return async (model: string) => {
    const messages = [{ role: "user" as const, content: "What is a log?" }];
    const { response } = await client.chat.completions.create({ model, messages }).withResponse();
    return response.headers.get("x-generation-id") ?? "";
  };
}

const rowsOf = (page: Page, project: string) =>
  project === "phone"
    ? page.getByRole("list", { name: "Requests, newest first" }).getByRole("listitem")
    : page.getByRole("table", { name: "Requests, newest first" }).locator("tbody tr");

// Harm prevented: a bill that cannot be taken along, or a file that says something else than the screen.
test("the log is searched, exported as it is filtered, and the trail says so @phone", async ({ page }, {
  project,
}) => {
  const { email, apiKey, keyId } = await openAccount("export", "5");
  const ask = asker(apiKey);
  const failing = FAILING[project.name === "phone" ? "phone" : "desktop"];
  const first = await ask(MINI);
  await simulate(failing, [{ fault: "status:500" }]);
  await expect(ask(`openai/${failing}`)).rejects.toMatchObject({ status: 502 });
  await ask(OTHER);
  await signIn(page, email);
  await page.goto("/dashboard/requests");
  const rows = rowsOf(page, project.name);
  await expect(rows).toHaveCount(3);

  await page.getByRole("searchbox", { name: "Search" }).fill(first);
  await expect(rows).toHaveCount(1);
  await expect(page).toHaveURL(new RegExp(`search=${first}`));
  await page.getByRole("searchbox", { name: "Search" }).fill("upstream_error");
  await expect(page).toHaveURL(/search=upstream_error/);
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText("$0.00");
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(rows).toHaveCount(3);

  // By the key: everything but what another key would have asked.
  await page.goto(`/dashboard/requests?key=${keyId}&model=${encodeURIComponent(OTHER)}`);
  await expect(rows).toHaveCount(1);
  const csv = await exported(page, "CSV", 1);
  expect(csv.trim().split("\n")).toHaveLength(2);
  expect(csv).not.toContain(first);
  await page.goto(`/dashboard/requests?key=${keyId}`);
  const lines = (await exported(page, "NDJSON", 3)).trim().split("\n");
  const taken = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(taken.map(({ outcome, error_code, cost_usd }) => [outcome, error_code, cost_usd])).toEqual([
    ["succeeded", null, expect.stringMatching(/^0\.0/)],
    ["failed", "upstream_error", "0.00"],
    ["succeeded", null, expect.stringMatching(/^0\.0/)],
  ]);
  expect(JSON.stringify(taken)).not.toContain("What is a log?");

  await page.goto("/dashboard/audit?action=requests.exported");
  await expect(page.getByRole("button", { name: /^Requests exported/ }).locator("visible=true")).toHaveCount(
    2,
  );
});

async function exported(page: Page, format: "CSV" | "NDJSON", rows: number): Promise<string> {
  await page.getByRole("button", { name: "Export", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Format").click();
  await page.getByRole("option", { name: new RegExp(`^${format}`) }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    dialog.getByRole("button", { name: "Export", exact: true }).click(),
  ]);
  await expect(dialog.getByText(new RegExp(`^Saved: ${rows} requests?,`))).toBeVisible();
  expect(download.suggestedFilename()).toMatch(/^requests-\d{4}-\d{2}-\d{2}\.(csv|ndjson)$/);
  const text = readFileSync(await download.path(), "utf8");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  return text;
}

// Harm prevented: a log that has to be reloaded while an incident goes on.
test("a live log shows what happens without being asked @phone", async ({ page }, { project }) => {
  const { email, apiKey } = await openAccount("live", "5");
  const ask = asker(apiKey);
  await ask(MINI);
  await signIn(page, email);
  await page.goto("/dashboard/requests");
  const rows = rowsOf(page, project.name);
  await expect(rows).toHaveCount(1);
  await ask(MINI);
  await page.getByRole("switch", { name: "Live" }).click();
  await expect(page).toHaveURL(/live=true/);
  await expect(rows).toHaveCount(2);
  await ask(OTHER);
  await expect(rows).toHaveCount(3);
  await page.getByRole("switch", { name: "Live" }).click();
  await expect(page).not.toHaveURL(/live=/);
});

// Harm prevented: a log that only a mouse can read, and one request lost on the way to the next.
test("the drawer goes through the log by keys, and leads to usage and back", async ({ page }) => {
  const { email, apiKey } = await openAccount("drawer", "5");
  const ask = asker(apiKey);
  const ids = [await ask(MINI), await ask(OTHER), await ask(MINI)].reverse();
  await signIn(page, email);
  await page.goto("/dashboard/requests");
  await expect(page.getByRole("table").locator("tbody tr")).toHaveCount(3);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog");
  await expect(page).toHaveURL(new RegExp(`request=${ids[0]}`));
  await expect(drawer.getByRole("heading", { name: "Attempts" })).toBeVisible();
  await expect(drawer.getByText("HTTP 200")).toBeVisible();
  await page.keyboard.press("j");
  await expect(page).toHaveURL(new RegExp(`request=${ids[1]}`));
  await expect(drawer.getByText(OTHER).first()).toBeVisible();
  await drawer.getByRole("button", { name: "Copy as curl" }).click();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  expect(command).toContain("/v1/chat/completions");
  expect(command).toContain(OTHER);
  expect(command).not.toContain(apiKey);
  // The address is the request's: a link that is sent opens the same.
  await page.reload();
  await expect(drawer.getByText(OTHER).first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(drawer).toBeHidden();

  // Typed into the search, the letters are letters.
  await page.getByRole("searchbox", { name: "Search" }).press("j");
  await expect(page.getByRole("searchbox", { name: "Search" })).toHaveValue("j");
  await page.goto(`/dashboard/requests?model=${encodeURIComponent(OTHER)}`);
  await page.getByRole("link", { name: "Usage" }).last().click();
  await expect(page).toHaveURL(/\/dashboard\/usage\?model=/);
  await expect(page.getByRole("table")).toContainText(OTHER);
  await page.getByRole("main").getByRole("link", { name: "Requests" }).click();
  await expect(page).toHaveURL(/\/dashboard\/requests\?model=/);
  await expect(page.getByRole("table").locator("tbody tr")).toHaveCount(1);
});

// Harm prevented: a chat that costs something else than it says, or that goes around the balance.
test("two models side by side in the playground, each with the cost of its receipt @phone", async ({
  page,
}) => {
  const { email } = await openAccount("playground", "5");
  await signIn(page, email);
  await page.goto("/dashboard/playground");
  await page.getByRole("button", { name: "Add a model" }).click();
  await page.getByLabel("Model", { exact: true }).last().click();
  await page.getByRole("option", { name: "GPT-4.1", exact: true }).click();
  await expect(page).toHaveURL(/models=/);
  await page.getByLabel("System").fill("Be brief.");
  await page.getByLabel("Message").fill("What is a receipt?");
  await page.getByRole("button", { name: "Send" }).click();
  const receipts = page.getByRole("link", { name: "Receipt" });
  await expect(receipts).toHaveCount(2);

  await page
    .getByRole("button", { name: /^Code for/ })
    .first()
    .click();
  await expect(page.getByRole("dialog")).toContainText("What is a receipt?");
  await page.keyboard.press("Escape");

  // Both read images: the second message brings one, and goes to both with what was said before.
  await page.locator("input[type=file]").setInputFiles({
    name: "dot.png",
    mimeType: "image/png",
    buffer: Buffer.from(DOT, "base64"),
  });
  await expect(page.getByRole("list", { name: "Images to send" }).getByRole("img")).toBeVisible();
  await page.getByLabel("Message").fill("And what is this?");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(receipts).toHaveCount(4);
  await expect(page.getByRole("img", { name: "Attached, number 1" })).toHaveCount(2);

  const cost = await exactNanoUsd(receipts.first().locator(".."));
  expect(cost).toBeGreaterThan(0n);
  await receipts.first().click();
  await expect(page.getByText("Playground", { exact: true }).locator("visible=true").last()).toBeVisible();
  await expect(page.getByRole("heading", { name: "Attempts" })).toBeVisible();
});

test("an answer can be stopped, and what came until then is paid", async ({ page }) => {
  const { email } = await openAccount("playground-stop", "5");
  await simulate(SLOW, [{ tokenIntervalMs: 150 }]);
  await signIn(page, email);
  await page.goto(`/dashboard/playground?models=openai/${SLOW}`);
  await page.getByLabel("Message").fill("Tell a long story, please, with many words in it.");
  await page.keyboard.press("Enter");
  await expect(page.getByText("This is a simulated answer", { exact: false })).toBeVisible();
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(page.getByText("Stopped.", { exact: false })).toBeVisible();
  // A provider that bills on after the client has left is read to its end first.
  await expect(page.getByRole("link", { name: "Receipt" })).toBeVisible({ timeout: 45_000 });
});

test("the playground refuses without money, and is not there for a viewer's role", async ({ page }) => {
  const { email } = await openAccount("playground-poor", "0");
  await signIn(page, email);
  await page.goto("/dashboard/playground");
  await page.getByLabel("Message").fill("Hello?");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByRole("alert").getByText("insufficient_balance")).toBeVisible();
});
