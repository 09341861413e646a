import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { expect, type Page } from "playwright/test";
import { stack } from "./stack";

export const PASSWORD = "a few words are better";

export interface Account {
  readonly email: string;
  readonly organizationId: string;
  readonly keyId: string;
  readonly apiKey: string;
}

/** An address that nobody else in this run has. */
export function newEmail(name: string): string {
  return `${name}-${randomBytes(4).toString("hex")}@example.com`;
}

type Environment = Readonly<Record<string, string>>;

/**
 * A verified account with credit and a key, made as an operator makes it: by the built command line.
 * @param env of the server that it is for, when that is not the one of all journeys
 */
export async function openAccount(name: string, creditUsd: string, env?: Environment): Promise<Account> {
  const email = newEmail(name);
  const answer = await operator(
    [
      ...["bootstrap", "--email", email, "--password", PASSWORD, "--name", "Ada Byron"],
      ...(creditUsd === "0" ? [] : ["--credit", creditUsd]),
    ],
    env,
  );
  return { email, ...(answer as Omit<Account, "email">) };
}

/** An operator's command, and its answer. */
export async function operator(command: readonly string[], env: Environment = stack().env): Promise<unknown> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [".build/operator.mjs", ...command, "--json"],
    { env: { ...process.env, ...env } },
  );
  return JSON.parse(stdout);
}

/** Signs in through the form and waits for the dashboard. */
export async function signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
}

/** Opens the newest mail to an address in the mailbox and follows its link. */
export async function followMail(page: Page, email: string, subject: RegExp): Promise<void> {
  const mail = page.getByRole("link", { name: subject }).filter({ hasText: email }).first();
  // Mail is sent after the answer, so that the time of an answer tells nobody who has an account.
  await expect(async () => {
    await page.goto("/mailbox");
    await expect(mail).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await mail.click();
  const link = page.getByRole("link", { name: /^http/ }).first();
  await link.click();
}
