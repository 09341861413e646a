// Harm prevented: a threshold that is passed and nobody hears of it, or hears twice; a Slack URL that reaches into our own
// network, or that somebody reads who must not post there.
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { alertNotice, auditEvent, member, usageHour, user } from "@/db/schema";
import { SYSTEM_ACTOR } from "@/server/audit";
import { createBudget, raiseAlerts } from "@/server/budgets";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { createIntents, rotateLease } from "@/server/ledger";
import { aFinish, anIntent, createMoneyFixture, type MoneyFixture } from "@/server/ledger/fixtures";
import type { Mail } from "@/server/mail";
import type { Role } from "@/server/organizations";
import { systemClock } from "@/server/platform/clock";
import { createGuardedClient } from "@/server/platform/guarded-client";
import { newId } from "@/server/platform/ids";
import { createSecretBox } from "@/server/platform/secret-box";
import { dispatchEvents } from "@/server/webhooks";
import { type Receiver, startReceiver } from "@/server/webhooks/fixtures";
import {
  type AlertSettingsChange,
  deliverNotices,
  emitBudgetEvents,
  listAlerts,
  type NoticeDeps,
  queueNotices,
  raiseAnomalies,
  readAlertSettings,
  sendTestAlert,
  writeAlertSettings,
} from ".";

const USD = 1_000_000_000n;
const HOUR = 3_600_000;
let database: TestDatabase;
let deps: NoticeDeps;
let money: MoneyFixture;
let slack: Receiver;
let sent: Mail[] = [];
let isMailDown = false;
let movedMs = 0;
const clock = { nowMs: () => systemClock.nowMs() + movedMs };

beforeAll(async () => {
  database = await testDatabase({ maxConnections: 20 });
  deps = {
    db: database.db,
    clock,
    client: createGuardedClient({ allowsLoopback: true }),
    secretBox: createSecretBox("a secret for these tests"),
    allowsLoopback: true,
    appUrl: "http://site.example",
    mailer: {
      canSend: true,
      async send(mail) {
        if (isMailDown) throw new Error("away");
        sent.push(mail);
      },
    },
  };
});
afterAll(async () => {
  await deps.client.close();
  await database.close();
});
beforeEach(async () => {
  [sent, isMailDown, movedMs] = [[], false, 0];
  money = await createMoneyFixture(database.db, 100n * USD);
  slack = await startReceiver();
  return () => slack.close();
});

async function person(role: Role): Promise<string> {
  const userId = newId("user");
  const email = `${role}-${userId}@example.com`;
  await database.db.insert(user).values({ id: userId, email, name: role });
  await database.db
    .insert(member)
    .values({ id: newId("member"), organizationId: money.organizationId, userId, role });
  return email;
}

const write = (change: Partial<AlertSettingsChange>) =>
  database.db.transaction((tx) =>
    writeAlertSettings(tx, clock, deps, {
      organizationId: money.organizationId,
      by: SYSTEM_ACTOR,
      change: {
        mailRoles: ["owner", "billing"],
        isAnomalyOn: true,
        anomalyMinimumNanoUsd: 10n * USD,
        defaultThresholds: [80],
        ...change,
      },
    }),
  );

async function spend(tokens: bigint) {
  const rotation = await rotateLease(database.pool, money.organizationId, tokens * 1_600n);
  if (rotation.verdict !== "ok") throw new Error("no lease");
  const intents = createIntents(database.pool);
  const intent = anIntent(money, tokens * 1_600n, { leaseId: rotation.leaseId });
  await intents.start(intent);
  await intents.finish(aFinish(money, intent.id, tokens));
}

/** What the two jobs do, as often as they are started. */
async function run() {
  await raiseAlerts(database.pool);
  await emitBudgetEvents(database.db, clock);
  await raiseAnomalies(database.db, clock);
  await dispatchEvents(database.db, clock);
  await queueNotices(database.db, clock);
  return deliverNotices(deps);
}

const budget = (thresholds: number[], isHard = true) =>
  createBudget(database.db, clock, {
    organizationId: money.organizationId,
    by: SYSTEM_ACTOR,
    memberId: null,
    terms: {
      scope: "key",
      scopeId: money.keyId,
      window: "month",
      isRolling: false,
      isHard,
      amountNanoUsd: USD / 100n,
      thresholds,
    },
  });

describe("a budget's threshold", () => {
  it("is told once to everybody who is to know, by any number of jobs at once", async () => {
    const owner = await person("owner");
    const billing = await person("billing");
    await person("developer");
    await write({ slackUrl: slack.url });
    await budget([50, 100]);
    await spend(3_200n);
    await Promise.all(Array.from({ length: 8 }, run));
    await run();
    expect(sent.map(({ to }) => to).sort()).toEqual([billing, owner].sort());
    expect(sent[0]?.subject).toBe("Budget at 50 %: $0.01 a month for the key test");
    expect(sent[0]?.text).toContain("$0.00512 of $0.01 a month is spent by the key test.");
    expect(sent[0]?.text).toContain("http://site.example/dashboard/budgets");
    expect(slack.received.map(({ body }) => JSON.parse(body).text)).toEqual([
      expect.stringContaining("*Budget at 50 %: $0.01 a month for the key test*"),
    ]);
    await spend(3_100n);
    await run();
    await run();
    expect(sent).toHaveLength(4);
    expect(sent[2]?.subject).toContain("Budget used up");
    expect(sent[2]?.text).toContain("requests that would pass it are refused");
    const [newest, oldest] = await listAlerts(database.db, money.organizationId);
    expect(newest?.readers.map(({ channel, state }) => `${channel} ${state}`).sort()).toEqual([
      "mail sent",
      "mail sent",
      "slack sent",
    ]);
    expect(oldest?.subject).toContain("50 %");
  });

  it("is told when the mail server is back, and given up after the last attempt", async () => {
    await person("owner");
    await budget([50]);
    await spend(3_200n);
    isMailDown = true;
    await run();
    await run();
    const state = async () => {
      const [row] = await database.db
        .select()
        .from(alertNotice)
        .where(eq(alertNotice.organizationId, money.organizationId));
      return row;
    };
    expect(await state()).toMatchObject({ state: "pending", attempts: 1, lastError: "mail_server_refused" });
    isMailDown = false;
    movedMs += 2 * 60_000;
    await run();
    expect(sent).toHaveLength(1);
    expect(await state()).toMatchObject({ state: "sent", attempts: 2, lastError: null });
    await database.db.update(alertNotice).set({ state: "pending", nextAttemptAt: new Date(0) });
    isMailDown = true;
    for (let attempt = 0; attempt < 8; attempt += 1) {
      movedMs += 7 * HOUR;
      await run();
    }
    expect(await state()).toMatchObject({ state: "failed", attempts: 6 });
  });

  it("reaches nobody when nobody is set to be told, and makes no notice", async () => {
    await person("owner");
    await write({ mailRoles: [] });
    await budget([50]);
    await spend(3_200n);
    await run();
    expect(sent).toEqual([]);
    expect(await listAlerts(database.db, money.organizationId)).toEqual([]);
  });
});

describe("a Slack URL", () => {
  it.each([
    "http://hooks.example.com/x",
    "https://169.254.169.254/latest",
    "https://[::1]/x",
    "https://user:pass@hooks.example.com/x",
    "https://intranet/x",
    "https://hooks.example.com:22/x",
  ])("is refused at once: %s", async (slackUrl) => {
    const strict = { ...deps, allowsLoopback: false };
    await expect(
      database.db.transaction((tx) =>
        writeAlertSettings(tx, clock, strict, {
          organizationId: money.organizationId,
          by: SYSTEM_ACTOR,
          change: {
            mailRoles: [],
            slackUrl,
            isAnomalyOn: true,
            anomalyMinimumNanoUsd: USD,
            defaultThresholds: [],
          },
        }),
      ),
    ).rejects.toMatchObject({ code: "invalid_request", param: "slackUrl" });
    expect((await readAlertSettings(database.db, money.organizationId)).slackShown).toBeNull();
  });

  it("is not called when its name leads into our own network", async () => {
    const client = createGuardedClient({
      resolve: (_, done) => done(null, [{ address: "10.0.0.7", family: 4 }]),
    });
    await write({ slackUrl: "https://hooks.example.com/services/T1/B1/secret" });
    const strict = { ...deps, client, allowsLoopback: false };
    expect(await sendTestAlert(strict, money.organizationId, "slack")).toEqual({
      reached: [],
      refused: [{ recipient: "Slack", reason: "address_not_public" }],
    });
    await client.close();
  });

  it("is a secret: neither shown, nor in the trail, nor in the table", async () => {
    await write({ slackUrl: "https://hooks.example.com/services/T1/B1/canary-of-slack" });
    const shown = await readAlertSettings(database.db, money.organizationId);
    expect(shown.slackShown).toBe("hooks.example.com/…lack");
    const trail = await database.db
      .select()
      .from(auditEvent)
      .where(eq(auditEvent.chain, money.organizationId));
    expect(trail).toHaveLength(1);
    expect(JSON.stringify(trail)).not.toContain("canary-of-slack");
    const { rows } = await database.pool.query("SELECT slack_url FROM alert_settings");
    expect(JSON.stringify(rows)).not.toContain("canary-of-slack");
  });

  it("gets a name that somebody typed as text: it mentions nobody", async () => {
    await write({ slackUrl: slack.url });
    await database.pool.query(
      "UPDATE api_key SET name = '<!channel> <https://evil.example|x>' WHERE id = $1",
      [money.keyId],
    );
    await budget([50]);
    await spend(3_200n);
    await run();
    const { text } = JSON.parse(slack.received[0]?.body ?? "{}");
    expect(text).toContain("&lt;!channel&gt; &lt;https://evil.example|x&gt;");
  });

  it("answers a test with what came of it", async () => {
    await write({ slackUrl: slack.url });
    expect(await sendTestAlert(deps, money.organizationId, "slack")).toEqual({
      reached: ["Slack"],
      refused: [],
    });
    slack.answer = (_, response) => void response.writeHead(404).end("no_service");
    expect((await sendTestAlert(deps, money.organizationId, "slack")).refused).toEqual([
      { recipient: "Slack", reason: "status_404" },
    ]);
    await write({ slackUrl: null });
    await expect(sendTestAlert(deps, money.organizationId, "slack")).rejects.toMatchObject({
      code: "conflict",
    });
  });
});

describe("unusual spend", () => {
  const thisHour = () => clock.nowMs() - (clock.nowMs() % HOUR);
  const hour = (hoursAgo: number, usd: bigint) =>
    database.db.insert(usageHour).values({
      organizationId: money.organizationId,
      hour: new Date(thisHour() - hoursAgo * HOUR),
      projectId: money.projectId,
      memberId: "",
      keyId: money.keyId,
      modelSlug: money.modelSlug,
      providerSlug: "test",
      requests: 1n,
      failed: 0n,
      inputTokens: 0n,
      cachedInputTokens: 0n,
      cacheWriteTokens: 0n,
      outputTokens: 0n,
      reasoningTokens: 0n,
      audioTokens: 0n,
      cost: usd * USD,
      supplierCost: 0n,
      latencyMsSum: 0n,
      latencyCount: 0n,
      ttftMsSum: 0n,
      ttftCount: 0n,
    });
  const told = async () => {
    const before = sent.length;
    await run();
    return sent.slice(before).map(({ subject }) => subject);
  };

  it("is told once a day, with what caused it", async () => {
    await person("owner");
    for (const hoursAgo of [30, 29, 28, 5, 4]) await hour(hoursAgo, 5n);
    await hour(0, 21n);
    expect(await told()).toEqual(["Unusual spend: $21.00 in one hour"]);
    expect(sent[0]?.text).toContain("usually costs about $5.00");
    expect(sent[0]?.text).toContain(money.modelSlug);
    expect(await told()).toEqual([]);
    movedMs += 2 * HOUR;
    await hour(0, 400n);
    expect(await told()).toEqual([]);
  });

  it.each([
    [
      "four times the usual and no more",
      [
        [30, 5n],
        [5, 5n],
        [0, 20n],
      ],
    ],
    [
      "less than the minimum",
      [
        [30, 1n],
        [5, 1n],
        [0, 9n],
      ],
    ],
    [
      "no usual yet",
      [
        [5, 1n],
        [0, 50n],
      ],
    ],
    [
      "a batch that runs at this hour of the day",
      [
        [30, 1n],
        [24, 50n],
        [0, 60n],
      ],
    ],
  ] as const)("is not: %s", async (_, hours) => {
    await person("owner");
    for (const [hoursAgo, usd] of hours) await hour(hoursAgo, usd);
    expect(await told()).toEqual([]);
  });

  it("is not told where it was switched off, and the minimum is the organization's own", async () => {
    await person("owner");
    await hour(30, 1n);
    await hour(0, 9n);
    await write({ anomalyMinimumNanoUsd: 5n * USD, isAnomalyOn: false });
    expect(await told()).toEqual([]);
    await write({ anomalyMinimumNanoUsd: 5n * USD });
    expect(await told()).toEqual(["Unusual spend: $9.00 in one hour"]);
  });
});
