// Harm prevented: a balance, a budget or a rate that several processes pass together, or that refuses while there is room.
import { fork } from "node:child_process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { SYSTEM_ACTOR } from "@/server/audit";
import { type BudgetScope, type RateLimitTerms, setRateLimits } from "@/server/budgets";
import { checkInvariants } from "@/server/ledger";
import { createMoneyFixture, type MoneyFixture } from "@/server/ledger/fixtures";
import { systemClock } from "@/server/platform/clock";
import { newId } from "@/server/platform/ids";
import type { Outcome, Task } from "../../load/admission-worker";
import { recordFigures, size } from "../figures";
import { readAudit } from "../ground";
import { bundleProgram } from "./bundle";
import { startWorld, TOKEN, type World } from "./world";

const REQUESTS = size("RACE_REQUESTS", 600, 2_000);
const PROCESSES = 3;
const CALLERS = 192;
/** What a limit carries: a quarter of the requests. */
const CARRIED = REQUESTS / 4;
const TOKENS = 1_000;
const PRICE = BigInt(TOKENS) * TOKEN;
const PLENTY = 100_000n * PRICE;
const MEMBER = newId("member");

let world: World;
let worker: Awaited<ReturnType<typeof bundleProgram>>;
beforeAll(async () => {
  [world, worker] = await Promise.all([startWorld(), bundleProgram("e2e/load/admission-worker.ts")]);
});
afterAll(async () => {
  await world.close();
  worker.remove();
});

interface Race {
  readonly name: string;
  /** Nano-USD; by default far more than is raced for. */
  readonly credit?: bigint;
  readonly budget?: BudgetScope;
  readonly rates?: { readonly of: "key" | "organization"; readonly terms: Partial<RateLimitTerms> };
  /** How a refused request is told. */
  readonly verdict: string;
  readonly holdMs?: number;
}

const RACES: readonly Race[] = [
  { name: "the balance", credit: BigInt(CARRIED) * PRICE, verdict: "insufficient" },
  { name: "the organization's budget", budget: "organization", verdict: "capped" },
  { name: "the project's budget", budget: "project", verdict: "capped" },
  { name: "the member's budget", budget: "member", verdict: "capped" },
  { name: "the key's budget", budget: "key", verdict: "capped" },
  {
    name: "requests a minute of the key",
    rates: { of: "key", terms: { requestsPerMinute: CARRIED } },
    verdict: "limited",
  },
  {
    name: "tokens a minute of the organization",
    rates: { of: "organization", terms: { tokensPerMinute: CARRIED * TOKENS } },
    verdict: "limited",
  },
  {
    name: "requests at once of the key",
    rates: { of: "key", terms: { maxConcurrent: 40 } },
    verdict: "limited",
    // Long enough that all of them are under way together on a busy machine too.
    holdMs: 500,
  },
];

async function prepare({ credit, budget, rates }: Race): Promise<MoneyFixture> {
  const fixture = await createMoneyFixture(world.database.db, credit ?? PLENTY);
  const { organizationId, projectId, keyId } = fixture;
  if (budget) {
    const scopeId = { organization: organizationId, project: projectId, member: MEMBER, key: keyId }[budget];
    // As `createBudget` writes it; the member exists only here, because what is raced is the budget.
    await world.database.pool.query(
      `INSERT INTO budget (id, organization_id, scope, scope_id, "window", is_rolling, is_hard, amount, thresholds)
       VALUES ($1, $2, $3, $4, 'total', false, true, $5, '{100}')`,
      [newId("budget"), organizationId, budget, scopeId, BigInt(CARRIED) * PRICE],
    );
  }
  if (rates)
    await world.database.db.transaction((tx) =>
      setRateLimits(tx, systemClock, {
        organizationId,
        keyId: rates.of === "key" ? keyId : null,
        by: SYSTEM_ACTOR,
        terms: { requestsPerMinute: null, tokensPerMinute: null, maxConcurrent: null, ...rates.terms },
      }),
    );
  return fixture;
}

/** All processes at once; each has a gate, connections and timers of its own. */
async function send(fixture: MoneyFixture, holdMs: number): Promise<Outcome[]> {
  const task: Task = {
    databaseUrl: world.database.url,
    redisUrl: world.redis.url,
    upstash: null,
    fixture,
    memberId: MEMBER,
    requests: Math.ceil(REQUESTS / PROCESSES),
    callers: CALLERS / PROCESSES,
    reservedTokens: TOKENS,
    usedTokens: TOKENS,
    holdMs,
    comesBack: 40,
  };
  const one = () =>
    new Promise<Outcome>((resolve, reject) => {
      const child = fork(worker.path);
      child.once("message", (outcome: Outcome) => {
        resolve(outcome);
        child.disconnect();
      });
      child.once("exit", (code) => code && reject(new Error(`a process ended with ${code}`)));
      child.send(task);
    });
  return Promise.all(Array.from({ length: PROCESSES }, one));
}

/** The most requests that were under way at one instant. */
async function mostAtOnce(organizationId: string): Promise<number> {
  const { rows } = await world.database.pool.query<{ most: number }>(
    `SELECT max(under_way)::int AS most FROM (
       SELECT sum(step) OVER (ORDER BY at, step) AS under_way FROM (
         SELECT created_at AS at, 1 AS step FROM intent WHERE organization_id = $1
         UNION ALL SELECT closed_at, -1 FROM intent WHERE organization_id = $1) s) o`,
    [organizationId],
  );
  return rows[0]?.most ?? 0;
}

/** How many requests the limit let through, and how many it may have at the most. @param minutes that the race took */
async function counted(race: Race, organizationId: string, paid: number, minutes: number) {
  const { maxConcurrent } = race.rates?.terms ?? {};
  if (maxConcurrent)
    return { used: await mostAtOnce(organizationId), carries: maxConcurrent, allowed: maxConcurrent };
  // A minute's allowance at once, and what came back of it meanwhile.
  const allowed = race.rates ? CARRIED + Math.ceil(CARRIED * minutes) + 1 : CARRIED;
  return { used: paid, carries: CARRIED, allowed };
}

it.for(RACES)(
  "T13: three processes on one Redis race at $name: never over, nearly all of it used",
  async (race, context) => {
    await world.flush();
    const fixture = await prepare(race);
    const { organizationId } = fixture;
    const outcomes = await send(fixture, race.holdMs ?? 5);
    const [fromMs, toMs] = [outcomes.map((one) => one.fromMs), outcomes.map((one) => one.toMs)];
    const minutes = (Math.max(...toMs) - Math.min(...fromMs)) / 60_000;
    const sum = (of: (outcome: Outcome) => number) =>
      outcomes.reduce((total, outcome) => total + of(outcome), 0);
    const paid = sum((outcome) => outcome.paid);
    const sentBack = sum(({ failed }) => failed);
    const verdicts = new Set(outcomes.flatMap((outcome) => Object.keys(outcome.verdicts)));
    expect(verdicts).toEqual(new Set(["admitted", race.verdict]));
    expect(await checkInvariants(world.database.pool)).toEqual([]);
    const audit = await readAudit(world.database, { organizationId, creditNanoUsd: race.credit ?? PLENTY });
    expect(audit).toMatchObject({ requests: paid, lost: 0, doubled: 0, overspentNanoUsd: 0n });
    const { used, carries, allowed } = await counted(race, organizationId, paid, minutes);
    expect(used).toBeLessThanOrEqual(allowed);
    expect(used / carries).toBeGreaterThanOrEqual(0.98);
    recordFigures(context, {
      ...audit,
      name: `T13 race at ${race.name}`,
      injected: REQUESTS - paid,
      requests: REQUESTS,
      note: `${used} of ${allowed} (${((100 * used) / allowed).toFixed(1)} %), passed by 0; ${sentBack} times told to come back`,
    });
  },
);
