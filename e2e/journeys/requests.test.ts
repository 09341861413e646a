import OpenAI from "openai";
import { expect, test } from "playwright/test";
import { openAccount, signIn } from "./support/account";
import { simulate, stack } from "./support/stack";

const QUESTION = [{ role: "user" as const, content: "Say hello in one sentence." }];

function client(apiKey: string): OpenAI {
  return new OpenAI({ baseURL: `${stack().url}/v1`, apiKey, maxRetries: 0 });
}

// Prevents: a leaked key that goes on spending after its owner has revoked it.
test("a revoked key is refused from its next request on @phone", async ({ page }) => {
  const { email, apiKey } = await openAccount("revoke", "5");
  const api = client(apiKey);
  await api.chat.completions.create({ model: "openai/gpt-4.1-mini", messages: QUESTION });
  await signIn(page, email);
  await page.goto("/dashboard/keys");
  await page.getByRole("button", { name: "Revoke Bootstrap" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText(apiKey.slice(-4));
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await api.chat.completions.create({ model: "openai/gpt-4.1-mini", messages: QUESTION });

  await page.getByRole("button", { name: "Revoke Bootstrap" }).click();
  await dialog.getByRole("button", { name: "Revoke key" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText("Revoked", { exact: true })).toBeVisible();
  await expect(
    api.chat.completions.create({ model: "openai/gpt-4.1-mini", messages: QUESTION }),
  ).rejects.toMatchObject({ status: 401, code: "invalid_api_key" });
});

// Prevents: a refusal that leaves its reader without a way on, and one that leaves money set aside.
test("an empty balance answers 402 with the way to the top-up, and leaves nothing behind", async ({
  page,
}) => {
  const { email, apiKey } = await openAccount("empty", "0");
  const refusal = await client(apiKey)
    .chat.completions.create({ model: "openai/gpt-4.1-mini", messages: QUESTION })
    .then(
      () => null,
      (error: unknown) => error,
    );
  if (!(refusal instanceof OpenAI.APIError)) throw new Error("It was not refused.");
  expect(refusal).toMatchObject({ status: 402, code: "insufficient_balance" });
  const link = /https?:\/\/[^\s"]+\/dashboard\/billing/.exec(JSON.stringify(refusal.error))?.[0];
  expect(link, JSON.stringify(refusal.error)).toBeDefined();

  await signIn(page, email);
  await page.goto(link ?? "");
  await expect(page.getByRole("heading", { level: 1, name: "Billing" })).toBeVisible();
  await page.goto("/dashboard/requests");
  await expect(page.getByText("No requests yet")).toBeVisible();
});

// Prevents: a failed request that is hidden, or charged.
test("a failed request is listed at no cost, with its attempts", async ({ page }) => {
  const { email, apiKey } = await openAccount("failed", "5");
  await simulate("gpt-4.1-nano", [{ fault: "status:500" }]);
  await expect(
    client(apiKey).chat.completions.create({ model: "openai/gpt-4.1-nano", messages: QUESTION }),
  ).rejects.toMatchObject({ status: 502 });
  await client(apiKey).chat.completions.create({ model: "openai/gpt-4.1-mini", messages: QUESTION });

  await signIn(page, email);
  await page.goto("/dashboard/requests");
  const rows = page.getByRole("table").locator("tbody tr");
  await expect(rows).toHaveCount(2);
  await page.getByLabel("Outcome").click();
  await page.getByRole("option", { name: "Failed" }).click();
  await expect(rows).toHaveCount(1);
  await expect(page).toHaveURL(/outcome=failed/);
  await rows.getByRole("link").click();
  await expect(page.getByText("Nothing was charged for this request.")).toBeVisible();
  await expect(page.getByText("HTTP 500")).toBeVisible();

  await page.goto("/dashboard/requests?outcome=truncated");
  await expect(page.getByText("No request matches these filters")).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).last().click();
  await expect(rows).toHaveCount(2);
});

// Prevents: a stranger's receipt behind a guessed address, and a screen that says nothing when the server is gone.
test("somebody else's request is not found, and a broken answer can be tried again", async ({ page }) => {
  const { email } = await openAccount("states", "1");
  const neighbour = await openAccount("neighbour", "1");
  const answer = await client(neighbour.apiKey)
    .chat.completions.create({ model: "openai/gpt-4.1-mini", messages: QUESTION })
    .withResponse();
  await signIn(page, email);
  await page.goto(`/dashboard/requests/${answer.response.headers.get("x-generation-id")}`);
  await expect(page.getByText("Not found", { exact: true })).toBeVisible();

  // Whatever else goes in the same batch.
  const keyList = /\/api\/trpc\/[^?]*keys\.list/;
  await page.route(keyList, (route) => route.abort());
  await page.goto("/dashboard/keys");
  await expect(page.getByText("This could not be loaded")).toBeVisible({ timeout: 15_000 });
  await page.unroute(keyList);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("Bootstrap")).toBeVisible();
});
