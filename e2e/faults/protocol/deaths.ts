import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, type TestContext } from "vitest";
import { type CounterStore, createGate } from "@/server/admission";
import { compareCounters } from "@/server/admission/compare";
import { anAdmission } from "@/server/admission/fixtures";
import { checkInvariants, createAdmissionSteps, readBalance } from "@/server/ledger";
import { aFinish, type MoneyFixture } from "@/server/ledger/fixtures";
import { systemClock } from "@/server/platform/clock";
import { recordFigures, size } from "../figures";
import { type Audit, readAudit } from "../ground";
import { bundleQuickProgram, type Program } from "./bundle";
import { createEvents, type Events } from "./events";
import { type Random, seededRandom } from "./random";
import { type Moment, type Place, RESERVED, type Sentence } from "./victim";
import { createCustomer, startWorld, TOKEN, type World } from "./world";

/** A step of a process, and the moment of it that it does not survive. */
export type Point = readonly [step: string, moment: Moment];

/** What a step that is a call to somebody is killed at: while it is under way, and between it and the next one. */
export const bothMoments = (steps: readonly string[]): Point[] =>
  steps.flatMap((step) => [[step, "during"] as const, [step, "after"] as const]);

export interface Deaths {
  /** Of the row in the table. */
  readonly name: string;
  /** Where in MONEY §4.3 the points are. */
  readonly steps: string;
  readonly work: Sentence["work"];
  readonly points: readonly Point[];
  /** What happens before each process begins. */
  readonly prepare?: (ground: DeathGround) => Promise<void>;
}

interface Batch extends Pick<Deaths, "work" | "points" | "prepare"> {
  readonly program: Program;
  readonly times: number;
  readonly seed: number;
}

/** One organization, and all that the processes do to it. */
export interface DeathGround {
  readonly world: World;
  readonly fixture: MoneyFixture;
  readonly store: CounterStore;
  readonly events: Events;
  readonly random: Random;
  /** Requests that a provider was called for by the test itself. */
  readonly called: Set<string>;
}

interface Died extends Audit {
  readonly kills: number;
  readonly called: number;
}

/** Deaths at each point. */
const TIMES = size("TIMES", 1, 500);
const SEED = size("SEED", 1, 1);
/** After so many the books are read, and everything begins anew in an empty database. */
const BATCH = 25;
const AT_ONCE = 2;
const AHEAD = 2;
const TTL_MS = 2_000;
const LATE_MS = 120_000;
const AGAIN_MS = 300;
/** So little that the lease comes to its end every few requests. */
const KEPT = 40n * RESERVED;
const BUDGET = 1_000_000_000n * TOKEN;
/** How long a call may be under way when its process dies: most are quicker, some are not. */
const DELAYS_MS = [0, 0.3, 0.6, 1, 2];

/** All the deaths of a row of the table, batch by batch. @throws when one of them leaves something behind that a sweep does not heal */
export async function dieAtEach(context: TestContext, { name, steps, ...deaths }: Deaths): Promise<void> {
  const program = await bundleQuickProgram("e2e/faults/protocol/victim.ts");
  const sums = { injected: 0, requests: 0, lost: 0, doubled: 0, overspentNanoUsd: 0n };
  let called = 0;
  try {
    for (let done = 0; done < TIMES; done += BATCH) {
      const beganMs = performance.now();
      const times = Math.min(BATCH, TIMES - done);
      const died = await die({ ...deaths, program, times, seed: SEED + done });
      sums.injected += died.kills;
      sums.requests += died.requests;
      sums.lost += died.lost;
      sums.doubled += died.doubled;
      sums.overspentNanoUsd += died.overspentNanoUsd;
      called += died.called;
      const seconds = Math.round((performance.now() - beganMs) / 1_000);
      process.stdout.write(`${name}: ${done + times} of ${TIMES} × each, ${died.kills} in ${seconds} s\n`);
    }
  } finally {
    program.remove();
  }
  expect(sums.injected).toBe(TIMES * deaths.points.length);
  const note = `${deaths.points.length} points of ${steps}, ${TIMES} × each; a provider was called for ${called}`;
  recordFigures(context, { ...sums, name, note });
}

/**
 * Kills `times` processes at every point, two at once, in one organization of a database and a Redis of their own; then sweeps
 * once, and reads the books.
 */
async function die(batch: Batch): Promise<Died> {
  const { program, work, points, times, seed } = batch;
  const world = await startWorld();
  const random = seededRandom(seed);
  const calledPath = join(program.folder, `called-${seed}`);
  writeFileSync(calledPath, "");
  const victims = startVictims(program, {
    databaseUrl: world.database.url,
    redisUrl: world.redis.url,
    calledPath,
  });
  try {
    const budgets = [{ scope: "organization", window: "total", amountNanoUsd: BUDGET }] as const;
    const fixture = await createCustomer(world, systemClock, KEPT, budgets);
    const store = world.store(systemClock);
    const events = createEvents({ world, fixture, store, clock: systemClock, random });
    events.happened.creditedNanoUsd = KEPT;
    const ground: DeathGround = { world, fixture, store, events, random, called: new Set() };
    const sentences = Array.from({ length: times }).flatMap(() =>
      points.map(([step, moment]) => ({
        ...{ fixture, work, step, moment, ttlMs: TTL_MS },
        // Steps that are rare: the first one has to do.
        countdown: random.between(1, /rotate|install|fence|release|outbox|sweep|holds/.test(step) ? 1 : 10),
        delayMs: random.pick(DELAYS_MS),
      })),
    );
    const kills = sentences.length;
    const executioner = async () => {
      for (let next = sentences.shift(); next; next = sentences.shift()) {
        const victim = await victims.take();
        const again = () => keepMoney(ground).then(() => batch.prepare?.(ground));
        await again();
        await carryOut(next, victim, again);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, executioner));
    victims.close();
    const called = [...readFileSync(calledPath, "utf8").split("\n").filter(Boolean), ...ground.called];
    return { ...(await closeBooks(ground, called)), kills, called: called.length };
  } finally {
    victims.close();
    await world.close();
  }
}

async function keepMoney({ world, fixture, events }: DeathGround): Promise<void> {
  const { availableNanoUsd } = await readBalance(world.database.db, fixture.organizationId);
  if (availableNanoUsd < KEPT) await events.topUp(KEPT - availableNanoUsd);
}

/**
 * @param again what made it come to its end, which another process may have met instead
 * @throws when it has not died of its sentence in two minutes: refills are rare, and machines busy
 */
async function carryOut(
  sentence: Sentence,
  victim: ChildProcess,
  again: () => Promise<unknown>,
): Promise<void> {
  const { step, moment } = sentence;
  const gone = once(victim, "exit");
  victim.send(sentence);
  const deadlineMs = performance.now() + LATE_MS;
  while ((await Promise.race([gone, pause(AGAIN_MS)])) === undefined) {
    if (performance.now() > deadlineMs) victim.kill("SIGTERM");
    else await again();
  }
  const [, signal] = await gone;
  expect({ step, moment, signal }).toEqual({ step, moment, signal: "SIGKILL" });
}

/** Processes that are started ahead, so that the next one is connected when the one before it dies. */
function startVictims(program: Program, place: Place) {
  let isClosed = false;
  const alive = new Set<ChildProcess>();
  const start = async (): Promise<ChildProcess> => {
    const stdio = ["ignore", "inherit", "inherit", "ipc"] as const;
    const victim = spawn(process.execPath, [program.path, JSON.stringify(place)], { stdio: [...stdio] });
    alive.add(victim);
    victim.once("exit", () => alive.delete(victim));
    const failed = once(victim, "exit").then(() => {
      throw new Error("a process died before it was sentenced");
    });
    await Promise.race([once(victim, "message"), failed]);
    failed.catch(() => undefined);
    return victim;
  };
  const ahead: Promise<ChildProcess>[] = [];
  const add = () => {
    const started = start();
    started.catch(() => undefined);
    ahead.push(started);
  };
  for (let one = 0; one < AHEAD; one += 1) add();
  return {
    take(): Promise<ChildProcess> {
      if (!isClosed) add();
      return ahead.shift() ?? start();
    },
    close(): void {
      isClosed = true;
      for (const victim of alive) victim.kill("SIGKILL");
    },
  };
}

/** Ends what the dead left behind, once, as sweepers do; nothing may be lost, held, or double. */
async function closeBooks(ground: DeathGround, called: readonly string[]): Promise<Audit> {
  const { world, fixture, store, events } = ground;
  const { pool, db } = world.database;
  const { organizationId } = fixture;
  await events.expire("all");
  await pause(TTL_MS + 500);
  // A sweep takes as much out of the outbox as it can in a minute, and there may be more.
  do await events.sweep();
  while (((await store.outbox?.list(1)) ?? []).length > 0);
  expect(await checkInvariants(pool)).toEqual([]);
  expect(await compareCounters(store, pool, organizationId)).toEqual([]);
  expect((await store.read(organizationId))?.holds ?? []).toEqual([]);
  // A process that comes after all of them is served at once, and its counters are those of the books.
  await serveOne(ground);
  expect(await compareCounters(store, pool, organizationId)).toEqual([]);

  const creditNanoUsd = events.happened.creditedNanoUsd;
  const audit = await readAudit(world.database, { organizationId, creditNanoUsd });
  const { rows } = await pool.query<{ id: string }>("SELECT id FROM intent");
  const known = new Set(rows.map(({ id }) => id));
  expect(called.filter((id) => !known.has(id))).toEqual([]);
  expect(audit).toMatchObject({ lost: 0, doubled: 0, overspentNanoUsd: 0n });
  expect(await readBalance(db, organizationId)).toMatchObject({
    totalNanoUsd: creditNanoUsd - audit.spentNanoUsd,
    reservedNanoUsd: 0n,
    debtNanoUsd: 0n,
  });
  return audit;
}

async function serveOne(ground: DeathGround): Promise<void> {
  const { world, fixture, store } = ground;
  await keepMoney(ground);
  const gate = createGate({ ...createAdmissionSteps(world.database.pool), store, clock: systemClock });
  const admission = anAdmission(fixture, RESERVED);
  expect((await gate.admit(admission)).kind).toBe("admitted");
  await gate.finish(fixture.organizationId, aFinish(fixture, admission.id, 100n));
}
