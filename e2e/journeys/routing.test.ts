import OpenAI from "openai";
import { expect, test } from "playwright/test";
import { openAccount, signIn } from "./support/account";
import { stack } from "./support/stack";

const MODEL = "openai/gpt-4.1-mini";

// Harm prevented: a policy with a typing error that binds nobody, or one that is saved and does not bind the next request.
test("a routing policy: completed, warned of unknown names, tried out, saved and in force @phone", async ({
  page,
}) => {
  const account = await openAccount("routing", "5");
  await signIn(page, account.email);
  await page.goto("/dashboard/routing");
  const blocked = page.getByRole("textbox", { name: "Blocked models" });

  await blocked.fill("openai/gtp-4.1-mini");
  await expect(
    page.getByText(/Not in the catalogue now: openai\/gtp-4\.1-mini \(did you mean/),
  ).toBeVisible();
  await blocked.fill("gpt-4.1-m");
  await page.getByRole("button", { name: MODEL, exact: true }).click();
  await expect(blocked).toHaveValue(MODEL);
  await expect(blocked).toBeFocused();
  await expect(page.getByText("Not in the catalogue now")).toHaveCount(0);

  // The dry run decides under what is typed, before anything is saved.
  await page.getByRole("combobox", { name: "Model" }).fill(MODEL);
  await page.getByRole("button", { name: "Show the way" }).click();
  await expect(page.getByText("Nobody may answer this request.")).toBeVisible();
  await expect(page.getByText("the policy does not allow this model")).toBeVisible();
  expect(await statusOf(account.apiKey)).toBe(200);

  await page.getByRole("button", { name: "Save policy" }).click();
  await expect(page.getByText("Policy saved. It binds the next request.")).toBeVisible();
  await expect.poll(() => statusOf(account.apiKey), { timeout: 5_000 }).toBe(403);

  await page.reload();
  await expect(blocked).toHaveValue(MODEL);
  await blocked.fill("");
  await page.getByRole("button", { name: "Save policy" }).click();
  await expect.poll(() => statusOf(account.apiKey), { timeout: 5_000 }).toBe(200);
  await page.getByRole("combobox", { name: "Model" }).fill(MODEL);
  await page.getByRole("button", { name: "Show the way" }).click();
  await expect(page.getByRole("list", { name: "Tried in this order" }).getByRole("listitem")).not.toHaveCount(
    0,
  );
});

async function statusOf(apiKey: string): Promise<number> {
  const client = new OpenAI({ baseURL: `${stack().url}/v1`, apiKey, maxRetries: 0 });
  return client.chat.completions
    .create({ model: MODEL, max_tokens: 8, messages: [{ role: "user", content: "May I?" }] })
    .then(
      () => 200,
      (thrown: { status: number }) => thrown.status,
    );
}
