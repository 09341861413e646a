import { fork } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { SYSTEM_ACTOR } from "@/server/audit";
import { type BudgetScope, createBudget, listBudgets } from "@/server/budgets";
import { type RedisServer, startRedisServer } from "@/server/dev/redis-server";
import { cloneDatabase, startTestPostgres } from "@/server/dev/test-database";
import { startUpstashBridge, type UpstashBridge } from "@/server/dev/upstash-bridge";
import { checkInvariants } from "@/server/ledger";
import { createMoneyFixture } from "@/server/ledger/fixtures";
import { systemClock } from "@/server/platform/clock";
import { type DatabaseHandle, openDatabase } from "@/server/platform/database";
import type { Outcome, Task } from "./admission-worker";

/**
 * Two shows. Race: three processes on one Redis send 2,000 requests at each of the four budgets, none of which may be passed.
 * Throughput: whole requests (admit, intent, settle) of one hot organization with 64 callers, per counter store.
 * Loopback only, bounded in requests.
 */
const PROCESSES = 3;
const RACE_REQUESTS = Number(process.env.RACE_REQUESTS ?? 2_000);
const HOT_REQUESTS = Number(process.env.HOT_REQUESTS ?? 3_000);
const CALLERS = 64;
const USD = 1_000_000_000n;
const TOKEN = 1_600n;
const REPORT = "e2e/load/ADMISSION.md";

interface Ground extends DatabaseHandle {
  readonly url: string;
  readonly redis: RedisServer;
  readonly bridge: UpstashBridge;
}

async function send(task: Task, processes: number): Promise<Outcome[]> {
  const share = {
    ...task,
    requests: Math.ceil(task.requests / processes),
    callers: Math.ceil(task.callers / processes),
  };
  return Promise.all(
    Array.from(
      { length: processes },
      () =>
        new Promise<Outcome>((resolve, reject) => {
          const child = fork("e2e/load/admission-worker.ts", { execArgv: ["--import", "tsx"] });
          child.once("message", (outcome: Outcome) => {
            resolve(outcome);
            child.disconnect();
          });
          child.once("exit", (code) => code && reject(new Error(`worker ended with ${code}`)));
          child.send(share);
        }),
    ),
  );
}

async function race(ground: Ground, scope: BudgetScope): Promise<string> {
  const fixture = await createMoneyFixture(ground.db, 1_000n * USD);
  const memberId = "mem_of_the_race";
  const limit = BigInt(Math.floor(RACE_REQUESTS / 4)) * 1_000n * TOKEN;
  const { organizationId } = fixture;
  const scopeId = {
    organization: organizationId,
    project: fixture.projectId,
    key: fixture.keyId,
    member: "",
  }[scope];
  const terms = {
    scope,
    scopeId,
    window: "day",
    isRolling: false,
    isHard: true,
    amountNanoUsd: limit,
    thresholds: [100],
  } as const;
  if (scope === "member") {
    // The member exists only here: what is raced is the budget, not the table of members.
    await ground.pool.query(
      `INSERT INTO budget (id, organization_id, scope, scope_id, "window", is_rolling, is_hard, amount, thresholds)
       VALUES ('bud_race', $1, 'member', $2, 'day', false, true, $3, '{100}')`,
      [organizationId, memberId, limit],
    );
  } else {
    await ground.db.transaction((tx) =>
      createBudget(tx, systemClock, { organizationId, by: SYSTEM_ACTOR, memberId: null, terms }),
    );
  }
  const outcomes = await send(
    {
      databaseUrl: ground.url,
      redisUrl: ground.redis.url,
      upstash: null,
      fixture,
      memberId,
      requests: RACE_REQUESTS,
      callers: 192,
      reservedTokens: 1_000,
      usedTokens: 1_000,
      holdMs: 5,
      comesBack: 0,
    },
    PROCESSES,
  );
  const sum = (of: (outcome: Outcome) => number) =>
    outcomes.reduce((total, outcome) => total + of(outcome), 0);
  const [standing] = await listBudgets(ground.db, organizationId, systemClock.nowMs());
  const spent = standing?.spentNanoUsd ?? 0n;
  const used = Number((spent * 10_000n) / limit) / 100;
  if (spent > limit) throw new Error(`the ${scope} budget was passed: ${spent} of ${limit}`);
  if (used < 98) throw new Error(`only ${used} % of the ${scope} budget was used`);
  return `| ${scope} | ${RACE_REQUESTS} | ${sum(({ paid }) => paid)} | ${sum(({ refused }) => refused)} | ${sum(({ failed }) => failed)} | ${used} % | 0 |`;
}

async function hot(ground: Ground, store: "memory" | "redis" | "upstash"): Promise<string> {
  const fixture = await createMoneyFixture(ground.db, 1_000n * USD);
  const { organizationId } = fixture;
  for (const [scope, scopeId] of [
    ["organization", organizationId],
    ["project", fixture.projectId],
    ["key", fixture.keyId],
  ] as const) {
    const terms = {
      scope,
      scopeId,
      window: "month",
      isRolling: false,
      isHard: true,
      amountNanoUsd: 900n * USD,
      thresholds: [100],
    } as const;
    await ground.db.transaction((tx) =>
      createBudget(tx, systemClock, { organizationId, by: SYSTEM_ACTOR, memberId: null, terms }),
    );
  }
  const [outcome] = await send(
    {
      databaseUrl: ground.url,
      redisUrl: store === "redis" ? ground.redis.url : null,
      upstash: store === "upstash" ? { url: ground.bridge.url, token: ground.bridge.token } : null,
      fixture,
      memberId: "mem_hot",
      requests: HOT_REQUESTS,
      callers: CALLERS,
      reservedTokens: 100,
      usedTokens: 80,
      holdMs: 0,
      comesBack: 0,
    },
    1,
  );
  if (!outcome) throw new Error("no outcome");
  const seconds = outcome.durationMs / 1_000;
  const sorted = outcome.admitMs.sort((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(0);
  return `| ${store} | ${(outcome.paid / seconds).toFixed(0)} | ${at(0.5)} | ${at(0.99)} | ${outcome.refused} | ${outcome.failed} |`;
}

async function main() {
  const postgres = await startTestPostgres();
  const { url, drop } = await cloneDatabase(postgres.adminUrl);
  const redis = await startRedisServer();
  const bridge = await startUpstashBridge(redis.url);
  const ground: Ground = { ...openDatabase(url), url, redis, bridge };
  try {
    const races: string[] = [];
    for (const scope of ["organization", "project", "member", "key"] as const)
      races.push(await race(ground, scope));
    const rates: string[] = [];
    for (const store of ["memory", "redis", "upstash"] as const) rates.push(await hot(ground, store));
    const violations = await checkInvariants(ground.pool);
    const report = toReport(races, rates, violations.length);
    writeFileSync(REPORT, report);
    process.stdout.write(`${report}\n`);
  } finally {
    await ground.close();
    await bridge.close();
    await redis.stop();
    await drop();
    await postgres.stop();
  }
}

function toReport(races: readonly string[], rates: readonly string[], violations: number): string {
  return `# Admission under load

Written by \`npm run bench:admission\`; do not edit. ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "CPU"}.

## ${PROCESSES} processes on one Redis race at a hard budget worth a quarter of their requests

| budget of | requests | paid | refused | failed | of the budget used | passed by |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
${races.join("\n")}

## One hot organization with three hard budgets, ${CALLERS} callers in one process, ${HOT_REQUESTS} requests

Whole requests: admit, durable intent, settlement with usage record, counted from the first caller to the last answer (before
2026-11-26 the start of the process, some seconds, was counted too). The prototype of the settlement protocol made 1,070–1,500 a
second with one store and no usage records.

| counters | requests/s | admission p50 ms | p99 ms | refused | failed |
| --- | ---: | ---: | ---: | ---: | ---: |
${rates.join("\n")}

Failed are requests that were told to come back (503): they begin when a process misses the store's deadline of 250 ms. Upstash's REST
interface is stood in for by a bridge in JavaScript on the same cores: that row is of the bridge, not of Upstash.

Invariants violated after all of it: ${violations}.
`;
}

await main();
