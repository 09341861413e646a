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

/**
 * Gives the page's browser a session, by the requests that the sign-in form makes. The page stays where it is. The form
 * itself is for the journeys that are about it (`account.test.ts`).
 */
export async function signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  const csrf = await page.request.get("/api/auth/csrf");
  const { csrfToken } = await csrf.json();
  const answer = await page.request.post("/api/auth/callback/password", {
    headers: { origin: new URL(csrf.url()).origin },
    data: { email, password, csrfToken, json: "true" },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
}

/** Opens the newest mail to an address in the mailbox and follows its link. */
export async function followMail(page: Page, email: string, subject: RegExp): Promise<void> {
  await openMail(page, email, subject);
  await page.getByRole("link", { name: /^http/ }).first().click();
}

/** Opens the newest mail to an address in the mailbox, one that has a link in it. */
export async function openMail(page: Page, email: string, subject: RegExp): Promise<void> {
  await findMail(page, email, subject);
  await expect(page.getByRole("link", { name: /^http/ }).first()).toBeVisible();
}

/** Waits for a mail to an address in the mailbox, and opens it. */
export async function findMail(page: Page, email: string, subject: RegExp): Promise<void> {
  const mail = page.getByRole("link", { name: subject }).filter({ hasText: email }).first();
  // Mail is sent after the answer, so that the time of an answer tells nobody who has an account.
  await expect(async () => {
    await page.goto("/mailbox");
    await expect(mail).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await mail.click();
}
