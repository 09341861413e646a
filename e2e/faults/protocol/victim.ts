import { appendFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { createGate, drainOutbox, sweepHolds } from "@/server/admission";
import type { CounterStore } from "@/server/admission/contract";
import { anAdmission } from "@/server/admission/fixtures";
import { createIoredisRunner } from "@/server/admission/redis/ioredis";
import { createRedisStore } from "@/server/admission/redis/store";
import {
  createAdmissionSteps,
  createIntents,
  type Intents,
  type StatementRunner,
  sweep,
} from "@/server/ledger";
import { aFinish, type MoneyFixture } from "@/server/ledger/fixtures";
import { systemClock } from "@/server/platform/clock";
import { openDatabase } from "@/server/platform/database";
import { TOKEN } from "./world";

/** Where a process lives that is going to die: in its arguments, so that it is connected before it is sentenced. */
export interface Place {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** A file that gets the id of every request that a provider is called for, one a line. */
  readonly calledPath: string;
}

export interface Sentence {
  readonly fixture: MoneyFixture;
  readonly work: "requests" | "requests without an answer of Postgres" | "sweep";
  /** The step that it does not survive, and whether it dies while the call is under way or when its answer is there. */
  readonly step: string;
  readonly moment: Moment;
  /** After how many such steps. */
  readonly countdown: number;
  /** How long a call is under way before the process dies of it, milliseconds; a call that is quicker is answered, and it dies then. */
  readonly delayMs: number;
  /** A hold ends after this. */
  readonly ttlMs: number;
}

export type Moment = "during" | "after";
export const RESERVED = 500n * TOKEN;

const CALLERS = 4;
const CONNECTIONS = 2;

type Step = <Result>(name: string, work: () => Promise<Result>) => Promise<Result>;

/** A real SIGKILL, with nothing said to anybody. */
const die = () => process.kill(process.pid, "SIGKILL");

function untilDeath({ step: last, moment, countdown, delayMs }: Sentence): Step {
  let left = countdown;
  return async (name, work) => {
    if (name === last) left -= 1;
    if (name !== last || left !== 0) return work();
    const running = work();
    const dieAtMs = performance.now() + delayMs;
    const wait = () => (performance.now() < dieAtMs ? setImmediate(wait) : die());
    if (moment === "during") setImmediate(wait);
    const result = await running;
    die();
    return result;
  };
}

/** A port whose calls are steps. */
function through<Port extends object>(
  step: Step,
  port: Port,
  nameOf: (method: string, args: readonly unknown[]) => string,
): Port {
  return new Proxy(port, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value === "object" && value !== null) return through(step, value, nameOf);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => step(nameOf(String(key), args), () => value.apply(target, args));
    },
  });
}

/** Sends requests through the gate, as the gateway does. */
function serve(sentence: Sentence, place: Place, pool: StatementRunner, redis: CounterStore): void {
  const { fixture, work, ttlMs } = sentence;
  const step = untilDeath(sentence);
  const steps = through(step, createAdmissionSteps(pool), (method) => `postgres.${method}`);
  const store = through(
    step,
    redis,
    (method, args) => `redis.${isRelease(method, args) ? "release" : method}`,
  );
  const { rotate, strict, limitsVersion, lendable } = steps;
  const intents = work === "requests" ? steps.intents : withLostAnswers(steps.intents);
  const gate = createGate({ intents, rotate, strict, limitsVersion, lendable, store, clock: systemClock });

  const settle = async (finish: ReturnType<typeof aFinish>): Promise<void> => {
    await gate.finish(fixture.organizationId, finish).catch(async () => {
      await pause(2);
      await settle(finish);
    });
  };
  const request = async () => {
    const admission = anAdmission(fixture, RESERVED, { ttlMs });
    await step("request.arrive", async () => undefined);
    if ((await gate.admit(admission)).kind !== "admitted") return pause(5);
    await step("provider.call", async () => appendFileSync(place.calledPath, `${admission.id}\n`));
    const half = aFinish(fixture, admission.id, 100n).charge;
    if (half) await intents.checkpoint(admission.id, half);
    await step("provider.answer", () => pause(1));
    await settle(aFinish(fixture, admission.id, 200n));
  };
  const caller = async () => {
    // It has come to its end by being killed, and not otherwise.
    for (;;) await request().catch(() => pause(5));
  };
  for (let one = 0; one < CALLERS; one += 1) void caller();
}

/** The gate gives a hold back with nothing spent and no tokens taken. */
function isRelease(method: string, args: readonly unknown[]): boolean {
  const [, , ending] = args as [unknown, unknown, { tokens: unknown } | undefined];
  return method === "finish" && ending?.tokens === null;
}

/** Nobody hears of the first settlement of a request: of every other one Postgres does not hear either. */
function withLostAnswers(intents: Intents): Intents {
  const tried = new Set<string>();
  return {
    ...intents,
    async finish(finish) {
      if (tried.has(finish.id)) return intents.finish(finish);
      tried.add(finish.id);
      if (tried.size % 2 === 0) await intents.finish(finish);
      throw new Error("no answer");
    },
  };
}

/** Sweeps, one time after the other. */
async function keepSweeping(sentence: Sentence, pool: StatementRunner, store: CounterStore): Promise<void> {
  const step = untilDeath(sentence);
  let part = "";
  const own = through(
    step,
    { query: pool.query.bind(pool) } as StatementRunner,
    (_method, [query]) => `${part}.${functionIn(query)}`,
  );
  const counters = through(step, store, (method) => `${part}.${method}`);
  const intents = createIntents(own);
  const parts: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["outbox", () => drainOutbox(counters, intents)],
    ["sweep", () => sweep(own)],
    ["holds", () => sweepHolds(counters, own)],
  ];
  for (;;) {
    for (const [name, run] of parts) {
      part = name;
      await run().catch(() => pause(5));
    }
  }
}

function functionIn(query: unknown): string {
  const text = typeof query === "string" ? query : (query as { text: string }).text;
  return /(?:FROM|SELECT) (\w+)\(/.exec(text)?.[1] ?? /FROM (\w+)/.exec(text)?.[1] ?? text;
}

async function live(place: Place): Promise<void> {
  const { pool } = openDatabase(place.databaseUrl, { maxConnections: CONNECTIONS });
  const store = createRedisStore(createIoredisRunner(place.redisUrl, { deadlineMs: 2_000 }));
  await Promise.all([
    store.organizations(),
    ...Array.from({ length: CONNECTIONS }, () => pool.query("SELECT 1")),
  ]);
  process.once("message", (sentence: Sentence) => {
    if (sentence.work === "sweep") void keepSweeping(sentence, pool, store);
    else serve(sentence, place, pool, store);
  });
  process.send?.("ready");
}

const [, , place] = process.argv;
if (place !== undefined) void live(JSON.parse(place) as Place);
