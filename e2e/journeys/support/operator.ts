import { Secret, TOTP } from "otpauth";
import { expect, type Page } from "playwright/test";
import { newEmail, operator, PASSWORD, signIn } from "./account";

/** Every page of the operator console; `:endpoint` and `:organization` are filled in by whoever walks. */
export const OPERATOR_PAGES = [
  "/operator",
  "/operator/health?q=gpt-4.1",
  "/operator/models?q=gpt-4.1",
  "/operator/models/:endpoint",
  "/operator/providers",
  "/operator/prices",
  "/operator/import",
  "/operator/orders",
  "/operator/commitments",
  "/operator/promotions",
  "/operator/partners",
  "/operator/payouts",
  "/operator/organizations",
  "/operator/organizations/:organization",
  "/operator/organizations/org_unknown",
  "/operator/users",
  "/operator/tickets",
  "/operator/reconciliation",
  "/operator/jobs",
  "/operator/audit",
] as const;

/** Somebody of the platform, made on the command line as the first one is, signed in, without a second factor yet. */
export async function openOperator(page: Page, name: string): Promise<string> {
  const email = newEmail(name.toLowerCase().replaceAll(" ", "-"));
  await operator(["bootstrap", "--email", email, "--password", PASSWORD, "--name", name, "--operator"]);
  await signIn(page, email);
  return email;
}

/** Sets up a second factor in the settings, as a person does. */
export async function setUpTwoFactor(page: Page): Promise<void> {
  await page.goto("/dashboard/settings");
  await page.getByRole("button", { name: "Set up…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Your password").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Continue" }).click();
  const secret = ((await dialog.locator("code").first().textContent()) ?? "").replaceAll(/\s/g, "");
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
  await dialog.getByRole("textbox", { name: "Code" }).fill(code);
  await dialog.getByRole("button", { name: "Turn on" }).click();
  await dialog.getByText("I have put them in a safe place").click();
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText("Turn off…")).toBeVisible();
}

/** Fills the placeholders of a path with an endpoint and an organization that are there. */
export async function fillFor(page: Page, organizationId: string): Promise<(path: string) => string> {
  await page.goto("/operator/models?q=gpt-4.1-mini");
  const href = await page.locator("main ul ul a").first().getAttribute("href");
  const endpointId = href?.split("/").at(-1) ?? "";
  return (path) => path.replace(":endpoint", endpointId).replace(":organization", organizationId);
}
