// Harm prevented: a process that is killed between two steps of a request takes money with it, or leaves it held for ever.
import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { compareCounters } from "@/server/admission/compare";
import { checkInvariants, readBalance } from "@/server/ledger";
import { systemClock } from "@/server/platform/clock";
import { recordFigures, size } from "../figures";
import { readAudit } from "../ground";
import { bundleProgram } from "./bundle";
import { createEvents } from "./events";
import { seededRandom } from "./random";
import type { Sentence } from "./victim";
import { createCustomer, startWorld, TOKEN, type World } from "./world";

const TIMES = size("TIMES", 1, 50);
/** MONEY §4.3, in order. */
const STEPS = [
  "redis.admit",
  "postgres.rotate",
  "redis.install",
  "postgres.start",
  "provider.call",
  "postgres.checkpoint",
  "provider.answer",
  "postgres.finish",
  "redis.finish",
];
const MOMENTS = ["during", "after"] as const;
const AT_ONCE = 2;
const TTL_MS = 2_000;
const CREDIT = 4_000_000n * TOKEN;

let world: World;
let victim: Awaited<ReturnType<typeof bundleProgram>>;
beforeAll(async () => {
  [world, victim] = await Promise.all([startWorld(), bundleProgram("e2e/faults/protocol/victim.ts")]);
});
afterAll(async () => {
  await world.close();
  victim.remove();
});

/** @throws when it has not died of its sentence in two minutes: refills are rare, and machines busy */
async function carryOut(sentence: Sentence): Promise<void> {
  const child = fork(victim.path);
  const gone = once(child, "exit");
  child.send(sentence);
  const late = setTimeout(() => child.kill("SIGTERM"), 120_000);
  const [, signal] = await gone;
  clearTimeout(late);
  expect({ step: sentence.step, signal }).toEqual({ step: sentence.step, signal: "SIGKILL" });
}

it("T1: SIGKILL between every pair of steps: after a sweep nothing is lost, held or double", async (context) => {
  const clock = systemClock;
  const budget = { scope: "organization", window: "total", amountNanoUsd: CREDIT } as const;
  const fixture = await createCustomer(world, clock, CREDIT, [budget]);
  const { organizationId } = fixture;
  const calledPath = join(victim.folder, "called");
  writeFileSync(calledPath, "");
  const random = seededRandom(1);
  const base = {
    databaseUrl: world.database.url,
    redisUrl: world.redis.url,
    fixture,
    calledPath,
    ttlMs: TTL_MS,
  };
  const sentences = Array.from({ length: TIMES }).flatMap(() =>
    STEPS.flatMap((step) =>
      // A refill is rare: the first one has to do.
      MOMENTS.map((moment) => ({
        ...base,
        step,
        moment,
        countdown: /rotate|install/.test(step) ? 1 : random.between(1, 40),
      })),
    ),
  );
  const injected = sentences.length;
  const executioner = async () => {
    for (let next = sentences.shift(); next; next = sentences.shift()) await carryOut(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, executioner));

  const store = world.store(clock);
  const events = createEvents({ world, fixture, store, clock, random });
  await events.expire("all");
  await pause(TTL_MS + 500);
  await events.sweep();
  expect(await checkInvariants(world.database.pool)).toEqual([]);
  expect(await compareCounters(store, world.database.pool, organizationId)).toEqual([]);
  expect((await store.read(organizationId))?.holds ?? []).toEqual([]);
  const audit = await readAudit(world.database, { organizationId, creditNanoUsd: CREDIT });
  const { rows } = await world.database.pool.query<{ id: string }>("SELECT id FROM intent");
  const known = new Set(rows.map(({ id }) => id));
  const called = readFileSync(calledPath, "utf8").split("\n").filter(Boolean);
  expect(called.filter((id) => !known.has(id))).toEqual([]);
  expect(audit).toMatchObject({ lost: 0, doubled: 0, overspentNanoUsd: 0n });
  expect(await readBalance(world.database.db, organizationId)).toMatchObject({
    totalNanoUsd: CREDIT - audit.spentNanoUsd,
    reservedNanoUsd: 0n,
  });
  recordFigures(context, {
    ...audit,
    name: "T1 SIGKILL between steps",
    injected,
    note: `${STEPS.length} steps, while the call is under way and when its answer is there, ${TIMES} × each; a provider was called for ${called.length}`,
  });
});
