import { appendFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { createGate } from "@/server/admission";
import { anAdmission } from "@/server/admission/fixtures";
import { createIoredisRunner } from "@/server/admission/redis/ioredis";
import { createRedisStore } from "@/server/admission/redis/store";
import { createAdmissionSteps } from "@/server/ledger";
import { aFinish, type MoneyFixture } from "@/server/ledger/fixtures";
import { systemClock } from "@/server/platform/clock";
import { openDatabase } from "@/server/platform/database";
import { TOKEN } from "./world";

/** What a process is told that is going to die. */
export interface Sentence {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly fixture: MoneyFixture;
  /** The step that it does not survive, and whether it dies while the call is under way or when its answer is there. */
  readonly step: string;
  readonly moment: "during" | "after";
  /** After how many such steps. */
  readonly countdown: number;
  /** A file that gets the id of every request that a provider is called for, one a line. */
  readonly calledPath: string;
  /** A hold ends after this. */
  readonly ttlMs: number;
}

const CALLERS = 6;

/** Sends requests through the gate until it is killed, by itself: a real SIGKILL, with nothing said to anybody. */
function serve(sentence: Sentence): void {
  let left = sentence.countdown;
  const step = async <Result>(name: string, work: () => Promise<Result>): Promise<Result> => {
    if (name === sentence.step) left -= 1;
    const isLast = left === 0;
    const running = work();
    if (isLast && sentence.moment === "during") setImmediate(() => process.kill(process.pid, "SIGKILL"));
    const result = await running;
    if (isLast) process.kill(process.pid, "SIGKILL");
    return result;
  };
  const through = <Port extends object>(side: string, port: Port): Port =>
    new Proxy(port, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value === "object" && value !== null) return through(side, value);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => step(`${side}.${String(name)}`, () => value.apply(target, args));
      },
    });

  const { pool } = openDatabase(sentence.databaseUrl, { maxConnections: 8 });
  const steps = through("postgres", createAdmissionSteps(pool));
  const store = through(
    "redis",
    createRedisStore(createIoredisRunner(sentence.redisUrl, { deadlineMs: 2_000 })),
  );
  const { intents, rotate, strict, limitsVersion, lendable } = steps;
  const gate = createGate({ intents, rotate, strict, limitsVersion, lendable, store, clock: systemClock });
  const { fixture } = sentence;

  const request = async () => {
    const admission = anAdmission(fixture, 500n * TOKEN, { ttlMs: sentence.ttlMs });
    if ((await gate.admit(admission)).kind !== "admitted") return pause(5);
    await step("provider.call", async () => appendFileSync(sentence.calledPath, `${admission.id}\n`));
    const half = aFinish(fixture, admission.id, 100n).charge;
    if (half) await intents.checkpoint(admission.id, half);
    await step("provider.answer", () => pause(2));
    await gate.finish(fixture.organizationId, aFinish(fixture, admission.id, 200n));
  };
  const caller = async () => {
    // It has come to its end by being killed, and not otherwise.
    for (;;) await request().catch(() => pause(5));
  };
  for (let one = 0; one < CALLERS; one += 1) void caller();
}

process.once("message", (sentence) => serve(sentence as Sentence));
