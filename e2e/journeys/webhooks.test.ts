// Harm prevented: an endpoint that cannot be added, a secret that is lost, a log that hides what went wrong.
import { mkdirSync } from "node:fs";
import { expect, type Page, test } from "playwright/test";
import { openAccount, signIn } from "./support/account";
import { showTheme } from "./support/pages";
import { stack } from "./support/stack";

test("an endpoint is added, tested and rotated; a management key manages and calls no model @phone", async ({
  page,
}, { project }) => {
  const shoot = (name: string) => photograph(page, `${name}.${project.name}`);
  const { email } = await openAccount("hooks", "0");
  await signIn(page, email);
  await page.goto("/dashboard/webhooks");
  await expect(page.getByText("No endpoints yet")).toBeVisible();
  await shoot("webhooks-empty");
  await page.getByRole("button", { name: "Add endpoint" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("URL").fill("http://10.0.0.1/hooks");
  await dialog.getByRole("button", { name: "Add endpoint" }).click();
  await expect(dialog.getByText("does not begin with https://")).toBeVisible();
  await dialog.getByLabel("URL").fill("https://hooks.example.com/deeptoken");
  await dialog.getByText("All events, also those").click();
  await shoot("webhooks-dialog");
  await dialog.getByText("All events, also those").click();
  await dialog.getByRole("button", { name: "Add endpoint" }).click();
  await expect(dialog.getByText(/^whsec_/)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog.getByText(/^whsec_/)).toBeVisible();
  await dialog.getByText("I have copied it").click();
  await dialog.getByRole("button", { name: "Done" }).click();
  await shoot("webhooks-list");
  await page.getByRole("link", { name: "https://hooks.example.com/deeptoken", exact: true }).click();
  await page.getByRole("button", { name: "Send test event" }).click();
  await dialog.getByRole("button", { name: "Send" }).click();
  await expect(page.getByText("key.created")).toBeVisible();
  await page.getByRole("button", { name: /^Details of key.created/ }).click();
  await expect(dialog.getByText('"type": "key.created"')).toBeVisible();
  await shoot("webhooks-delivery");
  await page.keyboard.press("Escape");
  await shoot("webhooks-endpoint");
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Rotate secret" }).click();
  await dialog.getByRole("button", { name: "Rotate secret" }).click();
  await expect(dialog.getByText(/^whsec_/)).toBeVisible();
  await dialog.getByText("I have copied it").click();
  await dialog.getByRole("button", { name: "Done" }).click();
  await managementKey(page, shoot);
});

async function managementKey(page: Page, shoot: (name: string) => Promise<void>): Promise<void> {
  const dialog = page.getByRole("dialog");
  await page.goto("/dashboard/management-keys");
  await page.getByRole("button", { name: "Create management key" }).first().click();
  await dialog.getByLabel("Name").fill("terraform");
  await dialog.getByText("webhooks:read").click();
  await shoot("management-dialog");
  await dialog.getByRole("button", { name: "Create key" }).click();
  const secret = (await dialog.getByText(/^dtm_/).textContent()) ?? "";
  await dialog.getByText("I have copied it").click();
  await dialog.getByRole("button", { name: "Done" }).click();
  await shoot("management-list");
  const ask = (path: string) =>
    fetch(`${stack().url}/v1${path}`, { headers: { authorization: `Bearer ${secret}` } });
  const listed = await (await ask("/organization/webhooks")).json();
  expect(listed.data).toMatchObject([{ url: "https://hooks.example.com/deeptoken", status: "active" }]);
  expect((await ask("/organization/keys")).status).toBe(403);
  expect((await ask("/key")).status).toBe(401);
  const document = await (await fetch(`${stack().url}/openapi.json`)).json();
  expect(document.paths["/organization/webhooks"].get["x-scope"]).toBe("webhooks:read");
}

/** For people to look at, when PICTURES_OF names a folder. */
async function photograph(page: Page, name: string): Promise<void> {
  const folder = process.env.PICTURES_OF;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  for (const theme of ["light", "dark"] as const) {
    await showTheme(page, theme);
    await page.screenshot({ path: `${folder}/${name}.${theme}.png` });
  }
}
