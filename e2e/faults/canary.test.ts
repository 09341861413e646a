// Harm prevented: a key, a password, a prompt or a link's secret that stands in a log line, where everybody who operates the
// machine, and whoever they send their logs to, can read it.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Stack, startStack } from "@/server/dev/stack";

/** Nothing of ours contains it. */
const CANARY = "kanarienvogel";
const PASSWORD = `${CANARY}-password-1`;
const PROVIDER_KEY = `sk-${CANARY}-provider`;

let stack: Stack;
let account: { readonly apiKey: string; readonly email: string };

beforeAll(async () => {
  stack = await startStack({ production: false, env: { LOG_LEVEL: "debug" } });
  const operator = async (...command: string[]) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [".build/operator.mjs", ...command, "--json"],
      { env: { ...process.env, ...stack.env } },
    );
    return JSON.parse(stdout) as { apiKey: string };
  };
  const email = "canary@example.com";
  const made = await operator("bootstrap", "--email", email, "--password", PASSWORD, "--credit", "5");
  account = { apiKey: made.apiKey, email };
});
afterAll(() => stack.stop());

const MODEL = "openai/gpt-4.1-mini";
const chat = (body: unknown, key: string, path = "/v1/chat/completions", headers = {}) =>
  fetch(stack.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}`, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  }).then(async (answer) => {
    await answer.text();
    return answer.status;
  });
const prompt = { model: MODEL, max_tokens: 5, messages: [{ role: "user", content: `${CANARY}-prompt` }] };

async function trpc(path: string, input: unknown, cookie = ""): Promise<number> {
  const answer = await fetch(`${stack.url}/api/trpc/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: stack.url, cookie },
    body: JSON.stringify({ json: input }),
  });
  await answer.text();
  return answer.status;
}

/** @returns the cookie of the session, when the password is right */
async function signIn(password: string): Promise<string> {
  const csrf = await fetch(`${stack.url}/api/auth/csrf`);
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  const jar = csrf.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
  const answer = await fetch(`${stack.url}/api/auth/callback/password`, {
    method: "POST",
    redirect: "manual",
    headers: { "content-type": "application/json", origin: stack.url, cookie: jar.join("; ") },
    body: JSON.stringify({ email: account.email, password, csrfToken, json: "true" }),
  });
  await answer.text();
  const session = answer.headers.getSetCookie().find((cookie) => cookie.startsWith("dti-session="));
  return session?.split(";")[0] ?? "";
}

it("no secret is in any log line, after successes and after every kind of failure", async () => {
  const { simulator } = stack;
  const fail = async (scenarios: readonly Record<string, unknown>[]) => {
    const answer = await fetch(`${simulator.url}/__control`, {
      method: "POST",
      body: JSON.stringify({ scenarios }),
    });
    expect(answer.ok).toBe(true);
  };
  expect(await chat(prompt, account.apiKey)).toBe(200);
  expect(await chat({ ...prompt, stream: true }, account.apiKey)).toBe(200);
  await fail([{ fault: "status:500", times: 12 }]);
  expect(await chat(prompt, account.apiKey)).toBeGreaterThanOrEqual(500);
  expect(await chat(`{"messages": "${CANARY}-broken`, account.apiKey)).toBe(400);
  expect(await chat(prompt, `dtk_${CANARY}`)).toBe(401);
  expect(await chat(prompt, account.apiKey, `/v1/chat/completions?api_key=${CANARY}-query`)).toBeLessThan(
    600,
  );
  expect(await chat({ ...prompt, model: `${CANARY}/model` }, account.apiKey)).toBe(404);
  expect(await chat(prompt, account.apiKey, "/v1/nothing")).toBe(404);

  expect(await signIn(`${CANARY}-wrong`)).toBe("");
  const cookie = await signIn(PASSWORD);
  expect(cookie).not.toBe("");
  expect(await trpc("account.resetPassword", { token: `${CANARY}-token`, password: PASSWORD })).toBe(404);
  expect(await trpc("account.changePassword", { current: `${CANARY}-x`, password: PASSWORD }, cookie)).toBe(
    403,
  );
  expect(await trpc("account.changePassword", { current: CANARY, [CANARY]: CANARY }, cookie)).toBe(400);
  const slackUrl = `https://${CANARY}.example.com/services/${CANARY}`;
  const alerts = {
    mailRoles: [],
    slackUrl,
    isAnomalyOn: true,
    anomalyMinimumNanoUsd: "1000000000",
    defaultThresholds: [],
  };
  const written = await fetch(`${stack.url}/api/trpc/alerts.write`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: stack.url, cookie },
    body: JSON.stringify({ json: alerts, meta: { values: { anomalyMinimumNanoUsd: ["bigint"] } } }),
  });
  expect(written.status).toBe(200);
  expect(await trpc("alerts.sendTest", { channel: "slack" }, cookie)).toBe(200);
  await promisify(execFile)(
    process.execPath,
    [
      ...[".build/operator.mjs", "catalog", "provider", "add", "--name", "openai"],
      ...["--kind", "openai-compatible", "--base-url", "http://127.0.0.1:9/v1", "--api-key", PROVIDER_KEY],
    ],
    { env: { ...process.env, ...stack.env } },
  );
  // The new provider refuses connections: its key was in the request that failed.
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  await chat(prompt, account.apiKey);
  await stack.restart();

  const log = stack.log();
  // There are lines to look at, of the failures too.
  expect(log).toMatch(/"level":(40|50)/);
  const session = cookie.slice("dti-session=".length);
  for (const secret of [CANARY, account.apiKey, session, PASSWORD, PROVIDER_KEY])
    expect(log.split("\n").filter((line) => line.toLowerCase().includes(secret.toLowerCase()))).toEqual([]);
});
