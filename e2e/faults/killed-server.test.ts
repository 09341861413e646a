// Harm prevented: a server that dies while it streams takes money with it, or leaves it to be charged twice.
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { drainOutbox, sweepHolds } from "@/server/admission";
import { compareCounters } from "@/server/admission/compare";
import { createIoredisRunner } from "@/server/admission/redis/ioredis";
import { createRedisStore } from "@/server/admission/redis/store";
import { type RedisServer, startRedisServer } from "@/server/dev/redis-server";
import { createIntents } from "@/server/ledger";
import { systemClock } from "@/server/platform/clock";
import { recordFigures, size } from "./figures";
import { type Customer, type Ground, MODEL, QUESTION, startGround, USD } from "./ground";
import { type Random, seededRandom } from "./protocol/random";

const PROCESSES = size("PROCESSES", 2, 5);
const SECONDS = size("SECONDS", 15, 600);
const LEAST_KILLS = 5;
/** Streams at once, over all processes. */
const STREAMS = 20;
const OUTPUT_TOKENS = 80;
/** Between one death and the next. */
const QUIET_MS = { from: 1_000, to: 8_000 } as const;
/** A server that its machine is too busy to start is started again, as whoever runs it would. */
const STARTS_AT_MOST = 5;
/** Seeded, so that the order of a run can be repeated. */
const SEED = size("SEED", 1, 1);

interface Server {
  readonly url: string;
  kill(): Promise<void>;
  start(): Promise<void>;
}

let redis: RedisServer;
let ground: Ground;
const servers: Server[] = [];
beforeAll(async () => {
  redis = await startRedisServer();
  ground = await startGround({
    simulator: { outputTokens: OUTPUT_TOKENS, tokenIntervalMs: 8 },
    env: { REDIS_URL: redis.url },
  });
  const { stack } = ground;
  servers.push({ url: stack.url, kill: () => stack.kill("SIGKILL"), start: () => stack.restart() });
  while (servers.length < PROCESSES) {
    const one = await stack.another();
    servers.push({ url: one.url, kill: () => one.kill("SIGKILL"), start: () => one.start() });
  }
});
afterAll(async () => {
  await ground.stop();
  await redis.stop();
});

/** How a client saw a stream: to its end with the cost, or cut. Null: it was never answered. */
interface Seen {
  readonly id: string;
  readonly tokens: number;
  readonly cost: number | null;
}

async function stream(customer: Customer, url: string): Promise<Seen | null> {
  let id = "";
  let tokens = 0;
  let cost: number | null = null;
  try {
    const { data, response } = await customer
      .client("/v1", url)
      .chat.completions.create({
        model: MODEL,
        messages: QUESTION,
        stream: true,
        max_tokens: 2 * OUTPUT_TOKENS,
        stream_options: { include_usage: true },
      })
      .withResponse();
    id = response.headers.get("x-generation-id") ?? "";
    for await (const chunk of data) {
      if (chunk.choices[0]?.delta.content) tokens += 1;
      if (chunk.usage) cost = (chunk.usage as unknown as { cost: number }).cost;
    }
  } catch {
    // The connection broke, or there was no server: what the books say of it is what counts.
  }
  return id === "" ? null : { id, tokens, cost };
}

/**
 * Kills one server after the other, and starts it again beside those that go on.
 * @param running those that answer; who asks one of them may still meet one that is dead
 * @returns how many deaths there were
 */
async function killAtRandom(random: Random, running: Set<Server>, untilMs: number): Promise<number> {
  const starting = new Set<Promise<void>>();
  let kills = 0;
  while (performance.now() < untilMs || kills < LEAST_KILLS) {
    await pause(random.between(QUIET_MS.from, QUIET_MS.to));
    if (running.size === 0) await Promise.race(starting);
    const victim = random.pick([...running]);
    await victim.kill();
    running.delete(victim);
    kills += 1;
    const started = startAgain(victim).then(() => {
      running.add(victim);
      starting.delete(started);
    });
    starting.add(started);
    // Waited for at the end; until then a failure is nobody's.
    started.catch(() => undefined);
  }
  await Promise.all(starting);
  return kills;
}

async function startAgain(server: Server, tries = STARTS_AT_MOST): Promise<void> {
  await server.start().catch((reason: unknown) => {
    if (tries <= 1) throw reason;
    return startAgain(server, tries - 1);
  });
}

/** Ends what the dead left behind: in Postgres, and in the counters, which have to agree with it then. */
async function sweepAll({ organizationId }: Customer): Promise<number> {
  const { pool } = ground.database;
  const runner = createIoredisRunner(redis.url, { deadlineMs: 30_000 });
  try {
    // An hour on: the time of every hold that never became an intent is over.
    const store = createRedisStore(runner, { clock: { nowMs: () => systemClock.nowMs() + 3_600_000 } });
    await drainOutbox(store, createIntents(pool));
    const cut = await ground.expireAndSweep();
    await sweepHolds(store, pool);
    expect(await compareCounters(store, pool, organizationId)).toEqual([]);
    return cut;
  } finally {
    await runner.close();
  }
}

it("T2: SIGKILL at random while streams run: after a sweep nothing is lost, nothing is double", async (context) => {
  const customer = ground.customer(50n * USD);
  const random = seededRandom(SEED);
  const beganMs = performance.now();
  const seen: Seen[] = [];
  const running = new Set(servers);
  let requests = 0;
  let isOver = false;
  const client = async () => {
    while (!isOver) {
      // Not all at once, so that a kill meets requests at every step.
      await pause(random.between(0, 300));
      if (running.size === 0) continue;
      requests += 1;
      const one = await stream(customer, random.pick([...running]).url);
      if (one) seen.push(one);
    }
  };
  const clients = Array.from({ length: STREAMS }, client);
  const kills = await killAtRandom(random, running, beganMs + SECONDS * 1_000);
  const seconds = Math.round((performance.now() - beganMs) / 1_000);
  isOver = true;
  await Promise.all(clients);
  const cut = await sweepAll(customer);
  expect(cut).toBeGreaterThan(0);
  // The servers that were started again go on with the same books.
  for (const { url } of servers) expect((await stream(customer, url))?.cost).toBeGreaterThan(0);
  await ground.settled(customer.organizationId);

  const audit = await ground.audit(customer);
  const rows = new Map((await ground.logRows(customer.organizationId)).map((row) => [row.id, row]));
  const unknown = seen.filter(({ id }) => !rows.has(id));
  expect(unknown).toEqual([]);
  for (const { id, cost } of seen) {
    const row = rows.get(id);
    // Who saw a cost is charged it; if the process died before it was written down, the checkpoint and never more.
    if (cost !== null && row?.state === "settled") expect(Number(row.cost) / 1e9).toBe(cost);
    if (cost !== null && row?.state === "expired") expect(Number(row.cost) / 1e9).toBeLessThanOrEqual(cost);
    // Nobody pays for more than the provider said.
    expect(row?.output_tokens ?? 0).toBeLessThanOrEqual(OUTPUT_TOKENS);
  }
  const delivered = seen.filter(({ cost }) => cost === null).reduce((sum, { tokens }) => sum + tokens, 0);
  recordFigures(context, {
    name: "T2 SIGKILL at random",
    injected: kills,
    ...audit,
    requests,
    note:
      `${PROCESSES} processes, ${seconds} s, ${STREAMS} streams at once; ${audit.requests} reached a provider, ${cut} of them were cut ` +
      `and charged at their checkpoint by ten sweepers at once (T18); ${delivered} tokens had been delivered in cut streams`,
  });
});
