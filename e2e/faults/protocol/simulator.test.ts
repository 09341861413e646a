// Harm prevented: an order of deaths, outages and forgetting in which money is spent twice, lost, or held for ever.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { systemClock } from "@/server/platform/clock";
import { recordFigures, size } from "../figures";
import { closeBooks } from "./books";
import { seededRandom } from "./random";
import { simulate, type Timers } from "./simulator";
import { startWorld, type World } from "./world";

const SEEDS = size("SEEDS", 6, 200);
/** FAULTS_SEED replays one run. */
const ONLY = process.env.FAULTS_SEED === undefined ? null : Number(process.env.FAULTS_SEED);
const FIRST =
  ONLY ?? Number(process.env.FAULTS_FIRST ?? Math.floor(systemClock.nowMs() / 1_000) % 1_000_000_000);

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const timers: Timers = {
  clock: systemClock,
  advance: async (ms) => {
    await vi.advanceTimersByTimeAsync(ms);
  },
  next: async () => {
    await vi.advanceTimersToNextTimerAsync();
  },
};

it("T21: after any seeded run the books are right, nothing is lost and nothing is charged twice", async (context) => {
  const noon = new Date().setUTCHours(12, 0, 0, 0);
  const total = { injected: 0, requests: 0, lost: 0, doubled: 0, overspentNanoUsd: 0n };
  const deaths = new Map<string, number>();
  const counted = { flushes: 0, rollbacks: 0, outages: 0, passedNanoUsd: 0n };
  for (let seed = FIRST; seed < FIRST + (ONLY === null ? SEEDS : 1); seed += 1) {
    vi.setSystemTime(noon);
    vi.spyOn(Math, "random").mockImplementation(seededRandom(seed).share);
    await world.flush();
    const run = await simulate(world, seed, timers);
    const { wrong, passedNanoUsd, ...books } = await closeBooks(world, run);
    const seen = { replay: `npm run faults -- --seed ${seed}`, wrong, ...books };
    expect(seen).toEqual({ replay: seen.replay, wrong: [], lost: 0, doubled: 0, overspentNanoUsd: 0n });
    const { flushes, rollbacks, outages } = run.events.happened;
    for (const [step, times] of run.deaths) deaths.set(step, (deaths.get(step) ?? 0) + times);
    total.requests += run.requests;
    counted.flushes += flushes;
    counted.rollbacks += rollbacks;
    counted.outages += outages;
    if (passedNanoUsd > counted.passedNanoUsd) counted.passedNanoUsd = passedNanoUsd;
  }
  const died = [...deaths.values()].reduce((sum, times) => sum + times, 0);
  const { flushes, rollbacks, outages, passedNanoUsd } = counted;
  recordFigures(context, {
    name: "T21 simulator (T3–T6, T14, T15, T18, T19)",
    ...total,
    injected: died + flushes + rollbacks + outages,
    note:
      `${ONLY === null ? SEEDS : 1} seeds from ${FIRST}: ${died} deaths at ${deaths.size} steps, ${flushes} flushes, ${outages} calls refused or unanswered; ` +
      `${rollbacks} rollbacks of Redis, a balance overdrawn by 0, a budget passed by at most ${passedNanoUsd} nano-USD`,
  });
});
