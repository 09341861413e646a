import { createGate, type Gate } from "@/server/admission";
import { anAdmission } from "@/server/admission/fixtures";
import { listBudgets } from "@/server/budgets";
import { createAdmissionSteps, type Intents } from "@/server/ledger";
import { aFinish, aVoid, type MoneyFixture } from "@/server/ledger/fixtures";
import type { Clock } from "@/server/platform/clock";
import { AppError } from "@/server/platform/errors";
import { createEvents, type Events } from "./events";
import { type Random, seededRandom } from "./random";
import { createTurns, Died, type Fate, type Turn, type Turns, type VirtualProcess } from "./turns";
import { createCustomer, TOKEN, type World } from "./world";

/**
 * The settlement protocol under everything at once: callers of several processes whose calls to Redis, Postgres and the provider
 * are made one at a time in an order that follows from the seed, with processes that die between any two of them, answers that
 * do not come, and a Redis that is emptied or goes back in time.
 */
const PROCESSES = 3;
const CALLERS = 16;
const REQUESTS_PER_CALLER = 8;
const CREDIT = 24_000n * TOKEN;
/** No hold ends by itself while its process sleeps: what ends is decided by the events. */
const TTL_MS = 40 * 3_600_000;
const SKEW_MS = 600_000;

/** Virtual time: nothing passes by itself. */
export interface Timers {
  readonly clock: Clock;
  advance(ms: number): Promise<void>;
  /** To the next timer that is set. */
  next(): Promise<void>;
}

export interface Run {
  readonly fixture: MoneyFixture;
  readonly events: Events;
  readonly store: ReturnType<World["store"]>;
  /** The counters' time. */
  readonly clock: Clock & { leap(ms: number): void };
  /** Requests that a provider was called for. */
  readonly called: ReadonlySet<string>;
  readonly requests: number;
  /** How often each step was killed on either side of it, `redis.admit` and so on. */
  readonly deaths: ReadonlyMap<string, number>;
}

interface Instance extends VirtualProcess {
  readonly gate: Gate;
  readonly intents: Intents;
}

export async function simulate(world: World, seed: number, timers: Timers): Promise<Run> {
  const random = seededRandom(seed);
  const turns = createTurns();
  let leaptMs = 0;
  const clock = {
    nowMs: () => timers.clock.nowMs() + leaptMs,
    leap: (ms: number) => {
      leaptMs += ms;
    },
  };
  const store = world.store(clock);
  const fixture = await createCustomer(world, clock, CREDIT, [
    { scope: "organization", window: "day", amountNanoUsd: 12_000n * TOKEN },
    { scope: "key", window: "total", amountNanoUsd: 18_000n * TOKEN },
  ]);
  const events = createEvents({ world, fixture, store, clock, random });
  events.happened.creditedNanoUsd += CREDIT;
  for (const { id, amountNanoUsd } of await listBudgets(
    world.database.db,
    fixture.organizationId,
    clock.nowMs(),
  ))
    events.noteLimit(id, amountNanoUsd);

  const start = () => startInstance(world, store, turns, timers.clock, random);
  const instances = Array.from({ length: PROCESSES }, start);
  const called = new Set<string>();
  const deaths = new Map<string, number>();
  let requests = 0;
  let running = CALLERS;
  const failures: unknown[] = [];
  const caller = async () => {
    for (let turn = 0; turn < REQUESTS_PER_CALLER; turn += 1) {
      requests += 1;
      const at = random.between(0, PROCESSES - 1);
      if (instances[at]?.isDead !== false) instances[at] = start();
      const instance = instances[at];
      if (instance) await request({ instance, turns, fixture, random, called, clock: timers.clock });
    }
  };
  for (let one = 0; one < CALLERS; one += 1) {
    void caller()
      .catch((reason: unknown) => failures.push(reason))
      .finally(() => {
        running -= 1;
      });
  }
  while (running > 0) {
    await quiet();
    if (turns.waiting.length === 0) {
      if (running > 0) await timers.next();
      continue;
    }
    await events.remember();
    await happen(random, events, clock);
    const turn = random.pick(turns.waiting);
    turns.take(turn);
    const fate = fateOf(random, turn);
    if (fate.startsWith("dies")) deaths.set(turn.step, (deaths.get(turn.step) ?? 0) + 1);
    if (fate === "refused" || fate === "unanswered") events.happened.outages += 1;
    await turn.play(fate);
    await timers.advance(random.between(0, 3));
  }
  if (failures.length > 0) throw failures[0];
  return { fixture, events, store, clock, called, requests, deaths };
}

function startInstance(
  world: World,
  store: ReturnType<World["store"]>,
  turns: Turns,
  clock: Clock,
  random: Random,
): Instance {
  const process = { isDead: false };
  const steps = createAdmissionSteps(world.database.pool);
  const skewMs = random.between(-SKEW_MS, SKEW_MS);
  const own = turns.through(process, "postgres", steps);
  const gate = createGate({
    intents: own.intents,
    rotate: own.rotate,
    strict: own.strict,
    limitsVersion: own.limitsVersion,
    lendable: own.lendable,
    store: turns.through(process, "redis", store),
    clock: { nowMs: () => clock.nowMs() + skewMs },
  });
  return Object.assign(process, { gate, intents: own.intents });
}

interface Request {
  readonly instance: Instance;
  readonly turns: Turns;
  readonly fixture: MoneyFixture;
  readonly random: Random;
  readonly called: Set<string>;
  readonly clock: Clock;
}

/** One request through all steps of MONEY §4.3. What goes wrong on the way is what the books are read for afterwards. */
async function request({ instance, turns, fixture, random, called, clock }: Request): Promise<void> {
  const reserved = random.between(100, 900);
  const used = random.chance(30) ? reserved + random.between(1, 100) : random.between(0, reserved);
  const admission = {
    ...anAdmission(fixture, BigInt(reserved) * TOKEN, { ttlMs: TTL_MS }),
    receivedAtMs: clock.nowMs(),
  };
  const finish = random.chance(100) ? aVoid(admission.id) : aFinish(fixture, admission.id, BigInt(used));
  try {
    await turns.call(instance, "provider", "arrive", async () => undefined);
    if ((await instance.gate.admit(admission)).kind !== "admitted") return;
    await turns.call(instance, "provider", "call", async () => {
      called.add(admission.id);
    });
    const half = aFinish(fixture, admission.id, BigInt(Math.floor(used / 2))).charge;
    if (half && random.chance(500)) await instance.intents.checkpoint(admission.id, half).catch(ignoreOutage);
    await turns.call(instance, "provider", "answer", async () => undefined);
    const verdict = await instance.gate.finish(fixture.organizationId, finish);
    if (verdict.verdict === "late" && finish.charge)
      await instance.intents.correct(admission.id, finish.charge.costNanoUsd);
    if (random.chance(100)) await instance.gate.finish(fixture.organizationId, finish);
  } catch (reason) {
    if (!(reason instanceof Died)) ignoreOutage(reason);
  }
}

/** To be told to come back is no fault of the books. A conflict would be one of the gate: every request here is a new one. */
function ignoreOutage(reason: unknown): void {
  if (!AppError.is(reason) || reason.code !== "service_unavailable") throw reason;
}

function fateOf(random: Random, { side }: Turn): Fate {
  if (random.chance(5)) return "dies_before";
  if (random.chance(5)) return "dies_after";
  if (side === "provider") return "works";
  if (random.chance(15)) return "refused";
  return random.chance(15) ? "unanswered" : "works";
}

/** Now and then something happens between two steps. */
async function happen(
  random: Random,
  events: Events,
  clock: { leap(ms: number): void; nowMs(): number },
): Promise<void> {
  if (random.chance(8)) await events.flush();
  if (random.chance(14)) await events.rollBack();
  if (random.chance(8)) await events.expire("some");
  if (random.chance(12)) await events.sweep();
  if (random.chance(6)) await events.topUp();
  if (random.chance(5)) await events.refund();
  if (random.chance(2)) await events.dispute();
  if (random.chance(6)) await events.changeBudget();
  if (random.chance(4)) await events.changePrice();
  // Past midnight, with requests that span it.
  if (random.chance(2)) clock.leap(86_400_000 - (clock.nowMs() % 86_400_000) + 1);
}

/** Until every promise that can go on without a turn or a timer has gone on. */
async function quiet(): Promise<void> {
  for (let round = 0; round < 4; round += 1) await new Promise((resolve) => setImmediate(resolve));
}
