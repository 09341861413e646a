import OpenAI from "openai";
import { type Browser, expect, type Page, test } from "playwright/test";
import { newEmail, openAccount, openMail, signIn } from "./support/account";
import { layoutProblems } from "./support/layout";
import { openOperator, setUpTwoFactor } from "./support/operator";
import { openPage } from "./support/pages";
import { call, statusOf } from "./support/procedures";
import { stack } from "./support/stack";

const TAG = '<img src=x onerror="window.wasRun=1">';
/** Stands in every message; a prompt is shown as the JSON that it came in, where quotation marks look different. */
const SPOKEN = "[click](javascript:window.wasRun=1) {{7*7}}";
const NAMES = {
  organization: '"><script>window.wasRun=1</script>{{7*7}}<%= 7*7 %>',
  person: '<iframe srcdoc="<script>parent.wasRun=1</script>">',
  project: TAG,
  longProject: "W".repeat(80),
  serviceAccount: "</title><svg/onload=window.wasRun=1>",
  key: "javascript:window.wasRun=1//{{constructor.constructor('window.wasRun=1')()}}",
  managementKey: "</script><body onload=window.wasRun=1> אֵיידה עائلة",
  webhook: `[click](javascript:window.wasRun=1) <a href="javascript:window.wasRun=1">click</a> ${"w".repeat(90)}`,
  subject: `<details open ontoggle=window.wasRun=1> ${"_".repeat(100)}`,
  message: `${TAG} ${SPOKEN} ${"w".repeat(600)}\n</script><script>window.wasRun=1</script>`,
} as const;
/** Where each of them is shown, as text. */
const SHOWN: Readonly<Record<string, keyof typeof NAMES>> = {
  "/dashboard": "organization",
  "/dashboard/keys": "key",
  "/dashboard/projects": "longProject",
  "/dashboard/service-accounts": "serviceAccount",
  "/dashboard/members": "person",
  "/dashboard/usage?by=project": "project",
  "/dashboard/requests": "key",
  "/dashboard/budgets": "project",
  "/dashboard/policies": "organization",
  "/dashboard/webhooks": "webhook",
  "/dashboard/management-keys": "managementKey",
  "/dashboard/audit": "project",
  "/dashboard/support": "subject",
  "/dashboard/settings": "person",
  "/dashboard/playground": "organization",
  "/dashboard/billing": "organization",
};

// Harm prevented: a name that one member gives and that does something in another member's browser, or hides what is beside it.
test("whatever things are called, names are text and nothing else @phone", async ({ page, browser }, {
  project,
}) => {
  test.slow();
  const account = await openAccount("hostile", "5");
  await signIn(page, account.email);
  await refusesMarksThatTurnTextAround(page);
  const { organizationId, requestId, ticketId } = await nameEverything(page);
  const guest = newEmail("invited");
  await call(page, "members.invite", { email: guest, role: "viewer" });

  const problems: string[] = [];
  for (const [path, shown] of Object.entries(SHOWN)) {
    await openPage(page, path);
    problems.push(...(await problemsOf(page, path, NAMES[shown])));
  }
  await openPage(page, `/dashboard/requests/${requestId}`);
  problems.push(...(await problemsOf(page, "a request and its prompt", SPOKEN)));
  await openPage(page, `/dashboard/support/${ticketId}`);
  problems.push(...(await problemsOf(page, "a ticket", SPOKEN)));
  await openPage(page, "/dashboard/keys");
  await page.getByRole("button", { name: /^Revoke javascript:/ }).click();
  problems.push(...(await problemsOf(page, "a dialog about a key", NAMES.key)));
  await openMail(page, guest, /invites you/);
  problems.push(...(await problemsOf(page, "a mail", NAMES.organization)));
  // Whoever reads all organizations' names is the one to aim at; the console is made for a desk.
  if (project.name === "desktop") problems.push(...(await walkConsole(browser, organizationId)));
  expect(problems).toEqual([]);
});

async function walkConsole(browser: Browser, organizationId: string): Promise<readonly string[]> {
  const page = await browser.newPage();
  await openOperator(page, "Grace");
  await setUpTwoFactor(page);
  const problems: string[] = [];
  for (const [path, shown] of [
    ["/operator/organizations", "organization"],
    [`/operator/organizations/${organizationId}`, "organization"],
    ["/operator/users", "person"],
    ["/operator/tickets", "subject"],
  ] as const) {
    await openPage(page, path);
    problems.push(...(await problemsOf(page, path, NAMES[shown])));
  }
  await page.close();
  return problems;
}

async function refusesMarksThatTurnTextAround(page: Page): Promise<void> {
  for (const [path, input] of [
    ["organization.rename", { name: "Acme\u202Ecilbup" }],
    ["organization.createProject", { name: "a\u2066b" }],
    ["keys.create", { name: "a\u202Eb" }],
    ["account.rename", { name: "Ada\u202E" }],
  ] as const)
    expect(await statusOf(page, path, input), path).toBe(400);
}

interface Named {
  readonly organizationId: string;
  readonly requestId: string;
  readonly ticketId: string;
}

async function nameEverything(page: Page): Promise<Named> {
  await call(page, "account.rename", { name: NAMES.person });
  const { organizationId } = await call<Pick<Named, "organizationId">>(page, "organization.create", {
    name: NAMES.organization,
  });
  const { id: projectId } = await call<{ id: string }>(page, "organization.createProject", {
    name: NAMES.project,
  });
  await call(page, "organization.createProject", { name: NAMES.longProject });
  await call(page, "organization.createServiceAccount", { name: NAMES.serviceAccount });
  await call(page, "managementKeys.create", { name: NAMES.managementKey, scopes: ["keys:read"] });
  await call(page, "webhooks.create", {
    url: `https://hooks.example.com/${"w".repeat(200)}`,
    description: NAMES.webhook,
    eventTypes: ["balance.low"],
  });
  await call(page, "budgets.create", {
    ...{ scope: "project", scopeId: projectId, window: "month", isRolling: false, isHard: true },
    ...{ amountNanoUsd: 5_000_000_000n, thresholds: [80] },
  });
  const policy = await call<object>(page, "organization.policy");
  await call(page, "organization.writePolicy", {
    policy: { ...policy, promptLogging: { enabled: true, retentionDays: 7 } },
  });
  const { id: ticketId } = await call<{ id: string }>(page, "support.open", {
    topic: "other",
    subject: NAMES.subject,
    body: NAMES.message,
  });
  const key = await call<{ secret: string }>(page, "keys.create", { name: NAMES.key, projectId });
  await topUp(page);
  const client = new OpenAI({ baseURL: `${stack().url}/v1`, apiKey: key.secret, maxRetries: 0 });
  const { response } = await client.chat.completions
    .create({ model: "openai/gpt-4.1-mini", messages: [{ role: "user", content: NAMES.message }] })
    .withResponse();
  return { organizationId, requestId: response.headers.get("x-generation-id") ?? "", ticketId };
}

async function topUp(page: Page): Promise<void> {
  const { id: orderId } = await call<{ id: string }>(page, "billing.createOrder", {
    pack: "starter",
    attemptKey: crypto.randomUUID(),
  });
  await call(page, "billing.paySandbox", { orderId });
}

async function problemsOf(page: Page, where: string, name: string): Promise<readonly string[]> {
  const problems: string[] = [];
  const isWide = (page.viewportSize()?.width ?? 0) > 1_000;
  // A phone leaves some of them out.
  if (isWide && (await page.getByText(name).filter({ visible: true }).count()) === 0)
    problems.push("the name is not shown");
  problems.push(...(await page.evaluate(madeElements)), ...(await layoutProblems(page)));
  return problems.map((problem) => `${where}: ${problem}`);
}

/** Signs that a name became more than text. */
function madeElements(): string[] {
  const made = document.querySelectorAll(
    '[onerror], [onload], [ontoggle], [src="x"], [srcdoc]:not([sandbox=""]), [href^="javascript:" i], body svg:not([class]):not([viewBox])',
  );
  const scripts = [...document.scripts].filter(({ textContent }) => textContent === "window.wasRun=1");
  return [
    ...("wasRun" in window ? ["a script ran"] : []),
    ...[...made, ...scripts].map((element) => `made ${element.outerHTML.slice(0, 80)}`),
  ];
}
