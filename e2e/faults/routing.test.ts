// Harm prevented: an outage of one provider that customers notice, are charged for, or that is answered twice.
import { existsSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Contender, startContender } from "@/e2e/load/processes";
import { importCatalog } from "@/server/catalog";
import type { Scenario } from "@/server/dev/simulator";
import { recordFigures } from "./figures";
import { type Customer, type Ground, startGround, USD, until } from "./ground";
import { catalogue, modelOf, sideOf } from "./routing-catalogue";
import { type Asked, type Loaded, load, type Seen, summarize } from "./routing-load";
import { coreShares, PLACES, type Place, type Providers, startProviders } from "./routing-providers";
import { type Row, toReport, toTable } from "./routing-report";

/** `npm run scenarios` is the long form: ten seconds a case, and the other gateway beside ours. */
const IS_LONG = Boolean(process.env.SCENARIOS_LONG);
const PACE = { perSecond: 200, seconds: Number(process.env.SCENARIOS_SECONDS ?? (IS_LONG ? 10 : 1)) };
/** A loop that falls behind this share of its pace has not tested what it says. */
const LEAST_PACE = 0.9;
const PORTKEY = "node_modules/@portkey-ai/gateway/build/start-server.js";
const REPORT = "e2e/load/ROUTING.md";
const FIRST_TOKEN_TIMEOUT_MS = 5_000;
const FIRST_EJECTION_MS = 5_000;

let ground: Ground;
let providers: Providers;
let customer: Customer;
let other: Contender | null = null;
const agent = new Agent({ connections: 4_000, pipelining: 1 });
const rows: Row[] = [];
const loadBefore = loadavg()[0] ?? 0;
let shares: Readonly<Record<string, number>> = {};
let backAfterMs: number | null = null;

beforeAll(async () => {
  providers = await startProviders();
  ground = await startGround();
  customer = ground.customer(50n * USD);
  const { db, pool } = ground.database;
  const urlOf = (place: Place) => providers[place].url;
  await importCatalog(db, catalogue(CASES.length + 1, urlOf), { nowMs: Date.now() - 1_000 });
  await pool.query("UPDATE provider SET status = 'active'");
  await until(async () => (await fetch(`${ground.stack.url}/v1/models/${modelOf(CASES.length)}`)).ok);
  if (!IS_LONG) return;
  if (!existsSync(PORTKEY)) throw new Error("@portkey-ai/gateway is not installed: npm ci first");
  other = await startContender(["--import", "./e2e/load/copied-answers.mjs", PORTKEY, "--headless"], {
    portArgument: (port) => [`--port=${port}`],
    isQuiet: true,
  });
});
afterAll(async () => {
  const table = toTable(rows);
  const facts = { ...PACE, firstTokenTimeoutMs: FIRST_TOKEN_TIMEOUT_MS, loadBefore, shares, backAfterMs };
  process.stdout.write(`\n${table}\n`);
  if (IS_LONG && rows.length === CASES.length) writeFileSync(REPORT, toReport(table, facts));
  await agent.close();
  await other?.stop();
  for (const place of PLACES) await providers?.[place].stop();
  await ground?.stop();
});

interface Case {
  readonly name: string;
  readonly fault: readonly Scenario[];
  /** Who is hit; only the first of three by default. */
  readonly places?: readonly Place[];
  /** Its process ends after a third of the run, and stays away. */
  readonly isKilled?: boolean;
  /** Least share of ours that is answered to its end; 1 = all. */
  readonly leastGood: number;
}

const flap: Scenario[] = Array.from({ length: 200 }, (_, at) =>
  at % 2 === 0 ? { fault: "status:503", times: 12 } : { times: 12 },
);
const CASES: readonly Case[] = [
  { name: "no fault", fault: [], leastGood: 1 },
  { name: "its process is killed in mid-run", fault: [], isKilled: true, leastGood: 0.999 },
  { name: "connections break", fault: [{ fault: "connection-lost" }], leastGood: 0.999 },
  { name: "slow (400 ms to the first byte)", fault: [{ latencyMs: 400 }], leastGood: 0.999 },
  { name: "429 with retry-after", fault: [{ fault: "status:429", retryAfterSeconds: 2 }], leastGood: 0.999 },
  { name: "500", fault: [{ fault: "status:500" }], leastGood: 0.999 },
  { name: "error inside a 200", fault: [{ fault: "error-event" }], leastGood: 0.999 },
  {
    name: "error inside a 200, behind its opening",
    fault: [{ fault: "error-event", faultAfterTokens: 0 }],
    leastGood: 0.999,
  },
  { name: "flapping", fault: flap, leastGood: 0.999 },
  { name: "headers, and a first token after 20 s", fault: [{ firstTokenMs: 20_000 }], leastGood: 0.999 },
  { name: "no answer at all", fault: [{ fault: "hang" }], leastGood: 0.999 },
  // A breaker hears of a broken answer at its end: in one second, much of the run is under way by then.
  {
    name: "breaks inside an answer",
    fault: [{ fault: "half-chunk", faultAfterTokens: 4 }],
    leastGood: IS_LONG ? 0.6 : 0.2,
  },
  { name: "all three down", fault: [{ fault: "status:503" }], places: PLACES, leastGood: 0 },
];

describe("three providers under load", () => {
  it.each(CASES.map((one, at) => ({ ...one, at })))("$name", async (one) => {
    const { name, isKilled = false, leastGood, at } = one;
    await warm(at);
    await inject(one, "ours");
    const { seen, sentPerSecond } = await underFault(one, ours(at), name === "no fault");
    await ground.settled(customer.organizationId);
    const upstream = isKilled ? null : await callsTo(at);
    await inject(one, "other");
    const theirs = other ? (await underFault(one, portkey(other, at))).seen : null;
    const own = summarize(seen);
    const callsPerRequest = upstream === null ? null : upstream / seen.length;
    rows.push({ name, own, sentPerSecond, callsPerRequest, theirs: theirs && summarize(theirs) });

    await checkAttempts(at, seen, upstream);
    expect(own.goodShare).toBeGreaterThanOrEqual(leastGood);
    if (IS_LONG) expect(sentPerSecond).toBeGreaterThan(PACE.perSecond * LEAST_PACE);
    if (leastGood === 0) {
      expect(new Set(seen.map(({ status }) => status))).toEqual(new Set([502]));
      // A fifth more at most and the reserve of each provider, beside what was under way when they went down.
      expect(upstream).toBeLessThanOrEqual(IS_LONG ? seen.length * 1.6 + 30 : seen.length * PLACES.length);
    }
  });

  it("is back within one half-open period, and the books are right", async (context) => {
    const at = CASES.length;
    const { left } = providers;
    const side = sideOf("ours", at);
    await warm(at);
    await left.control(side, [{ fault: "status:500" }]);
    await load(agent, ours(at), { perSecond: 40, seconds: 0.5 });
    await left.control(side, []);
    const before = await left.calls(side);
    const startedAt = performance.now();
    while ((await left.calls(side)) === before && performance.now() - startedAt < 4 * FIRST_EJECTION_MS) {
      await load(agent, ours(at), { perSecond: 20, seconds: 0.1 });
      await sleep(20);
    }
    backAfterMs = Math.round(performance.now() - startedAt);
    // How soon is a figure, and held to only where the machine does nothing else.
    expect(backAfterMs).toBeLessThan((IS_LONG ? 1.1 : 4) * FIRST_EJECTION_MS);
    const { seen: after } = await load(agent, ours(at), { perSecond: 40, seconds: 0.5 });
    expect(after.every(({ isGood }) => isGood)).toBe(true);
    await ground.settled(customer.organizationId);
    const audit = await ground.audit(customer);
    recordFigures(context, {
      name: "routing: one of three providers fails",
      injected: CASES.length,
      ...audit,
      note: `${PACE.perSecond} requests/s; back at the first provider ${backAfterMs} ms after it was mended`,
    });
  });
});

/** The fault of a case, for one of the two gateways: each has paths of its own at every provider. */
async function inject({ fault, places = ["left"], at }: Case & { at: number }, whose: "ours" | "other") {
  for (const place of places) await providers[place].control(sideOf(whose, at), fault);
}

/** Loads somebody while the case's fault is on; who was killed is alive again afterwards. */
async function underFault({ isKilled }: Case, asked: Asked, isMeasured = false): Promise<Loaded> {
  const loaded = () => load(agent, asked, PACE);
  if (isKilled) {
    const [answer] = await Promise.all([
      loaded(),
      sleep((PACE.seconds * 1_000) / 3).then(() => providers.left.kill()),
    ]);
    await providers.left.restart();
    return answer;
  }
  if (!isMeasured) return loaded();
  const measured = await coreShares(
    { "the gateway's process": ground.stack.pid() ?? process.pid, "the clients": process.pid },
    loaded,
  );
  shares = measured.shares;
  return measured.answer;
}

/** What the providers were asked is what the log lists, and nobody was asked after something had been delivered. */
async function checkAttempts(at: number, seen: readonly Seen[], upstream: number | null): Promise<void> {
  const { rows: logged } = await ground.database.pool.query<{
    outcome: string;
    cost: bigint;
    attempts: { status: number | null; reason: string }[];
  }>(
    `SELECT outcome, cost, attempts FROM request_log WHERE organization_id = $1 AND requested_model = $2
     ORDER BY id OFFSET $3`,
    [customer.organizationId, modelOf(at), WARM_UP],
  );
  expect(logged.length).toBe(seen.length);
  if (upstream !== null)
    expect(logged.reduce((sum, { attempts }) => sum + attempts.length, 0)).toBe(upstream);
  for (const { outcome, cost, attempts } of logged) {
    const answered = attempts.findIndex(({ reason }) => reason === "ok");
    if (answered === -1) expect([outcome, cost]).toEqual([expect.stringMatching(/^(failed|canceled)$/), 0n]);
    else expect(answered).toBe(attempts.length - 1);
  }
}

const WARM_UP = 20;

/** The endpoints of a case are new to the process: a few good answers, as in a day like any other. */
async function warm(at: number): Promise<void> {
  const { seen } = await load(agent, ours(at), { perSecond: 40, seconds: WARM_UP / 40 });
  expect(seen.every(({ isGood }) => isGood)).toBe(true);
  await ground.settled(customer.organizationId);
  // Summaries are remembered for a second: without one, an endpoint is given the patience for a stranger.
  await sleep(1_100);
  for (const place of PLACES) await providers[place].reset();
}

/** How often we called the three in a case. */
async function callsTo(at: number): Promise<number> {
  const counts = await Promise.all(PLACES.map((place) => providers[place].calls(sideOf("ours", at))));
  return counts.reduce((sum, count) => sum + count, 0);
}

const ours = (at: number): Asked => ({
  url: ground.stack.url,
  headers: { authorization: `Bearer ${customer.apiKey}` },
  model: modelOf(at),
  isStream: true,
});

/** Their fallback over the same three, with the same patience for a first byte. */
const portkey = ({ url }: Contender, at: number): Asked => ({
  url,
  headers: {
    authorization: "Bearer any",
    "x-portkey-config": JSON.stringify({
      strategy: { mode: "fallback" },
      targets: PLACES.map((place) => ({
        provider: "openai",
        api_key: "any",
        custom_host: `${providers[place].url}/${sideOf("other", at)}/v1`,
        request_timeout: FIRST_TOKEN_TIMEOUT_MS,
      })),
    }),
  },
  model: "any",
  isStream: true,
});
