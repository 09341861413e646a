// Harm prevented: a sequence of steps after which Redis knows something else than the memory store would.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testSeed } from "@/server/dev/test-seed";
import { manualClock } from "@/server/platform/clock";
import type { CounterStore } from "./contract";
import { AT_MS, aCap, aKey, aRequest, aState, startStores } from "./fixtures";

let stores: Awaited<ReturnType<typeof startStores>>;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

interface Real {
  readonly store: CounterStore;
}
interface Model extends Real {
  readonly clock: ReturnType<typeof manualClock>;
  generation: number;
}
type Step = (store: CounterStore, model: Model) => Promise<unknown>;

/** One step on both stores: the answers are the same, and so is everything that is counted afterwards. */
class Same implements fc.AsyncCommand<Model, Real> {
  constructor(
    readonly name: string,
    readonly run_: Step,
    readonly before: (model: Model) => void = () => {},
  ) {}
  check = () => true;
  async run(model: Model, real: Real) {
    this.before(model);
    const expected = await this.run_(model.store, model);
    expect(await this.run_(real.store, model)).toEqual(expected);
    expect(sorted(await real.store.read("org_1"))).toEqual(sorted(await model.store.read("org_1")));
  }
  toString = () => this.name;
}

function sorted(reading: Awaited<ReturnType<CounterStore["read"]>>) {
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  return reading && { ...reading, caps: [...reading.caps].sort(byId), holds: [...reading.holds].sort(byId) };
}

const id = fc.constantFrom("a", "b", "c", "d", "e", "f");
const commands = [
  fc
    .record({
      id,
      amount: fc.bigInt(0n, 400n),
      keyId: fc.constantFrom("key_1", "key_2", "key_9"),
      memberId: fc.constantFrom(null, "mem_1"),
      tokens: fc.integer({ min: 0, max: 80 }),
      isAgain: fc.boolean(),
      lock: fc.constantFrom("me", "other"),
    })
    .map(
      ({ id: requestId, amount, ...rest }) =>
        new Same(`admit ${requestId} ${amount} ${JSON.stringify(rest)}`, (store) =>
          store.admit(aRequest(requestId, amount, rest)),
        ),
    ),
  fc
    .record({ id, spent: fc.bigInt(0n, 400n), tokens: fc.option(fc.integer({ min: 0, max: 100 })) })
    .map(
      ({ id: requestId, ...ending }) =>
        new Same(`finish ${requestId} ${ending.spent} ${ending.tokens}`, (store) =>
          store.finish("org_1", requestId, ending),
        ),
    ),
  fc
    .record({
      step: fc.integer({ min: -1, max: 2 }),
      granted: fc.option(fc.bigInt(0n, 1_000n)),
      hasState: fc.boolean(),
      holds: fc.uniqueArray(id, { maxLength: 3 }),
      limits: fc.array(fc.bigInt(1n, 900n), { minLength: 3, maxLength: 3 }),
      endsInMs: fc.constantFrom(null, 5_000),
    })
    .map(({ step, granted, hasState, holds, limits, endsInMs }) => {
      const [org = 1n, key = 1n, member = 1n] = limits;
      return new Same(
        `install +${step} ${granted} ${hasState ? `state ${limits} holds ${holds} ends ${endsInMs}` : ""}`,
        (store, { generation, clock }) => {
          const endsAtMs = endsInMs === null ? null : clock.nowMs() + endsInMs;
          const hold = { amount: 50n, leaseId: "lse_0", keyId: "key_1", capIds: ["b1", "b2"] };
          const state = aState({
            version: generation,
            rates: { requests: 20, tokens: 500, concurrent: 5 },
            keys: [
              aKey("key_1", { requests: 7, tokens: 200 }),
              aKey("key_2", { concurrent: 2 }, AT_MS + 30_000),
            ],
            caps: [
              aCap("b1", org, { endsAtMs }),
              aCap("b2", key, { scope: "key", scopeId: "key_1", spent: 5n, endsAtMs }),
              aCap("b3", member, {
                scope: "member",
                scopeId: "mem_1",
                window: "total",
                endsAtMs: null,
                resetsAtMs: null,
              }),
            ],
            holds: holds.map((hold_) => ({ ...hold, id: hold_, expiresAtMs: AT_MS + 60_000 })),
          });
          const lease = granted === null ? null : { id: `lse_${generation}`, granted };
          return store.install("org_1", {
            generation,
            lease,
            state: hasState ? state : null,
            follows: generation - 1,
            lock: "me",
          });
        },
        (model) => {
          model.generation += step;
        },
      );
    }),
  fc
    .integer({ min: 0, max: 1 })
    .map(
      (back) =>
        new Same(`fence -${back}`, (store, { generation }) => store.fence("org_1", generation - back)),
    ),
  fc
    .integer({ min: 0, max: 1 })
    .map(
      (back) =>
        new Same(`forget -${back}`, (store, { generation }) => store.forget("org_1", generation - back)),
    ),
  fc
    .constantFrom("me", "other")
    .map((lock) => new Same(`unlock ${lock}`, (store) => store.unlock("org_1", lock))),
  fc.integer({ min: 1, max: 70_000 }).map(
    (ms) =>
      new Same(
        `wait ${ms}`,
        async () => undefined,
        ({ clock }) => clock.advance(ms),
      ),
  ),
];

describe.each([
  ["redis", 120],
  ["upstash", 40],
] as const)("the %s store after any sequence of steps", (kind, numRuns) => {
  it("has answered and counted what the memory store would have", async () => {
    const seed = testSeed(`model of ${kind}`);
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: 60, size: "+1" }), async (steps) => {
        await stores.empty();
        const clock = manualClock(AT_MS);
        const model: Model = { store: stores.make("memory", clock), clock, generation: 1 };
        const real: Real = { store: stores.make(kind, clock) };
        await fc.asyncModelRun(() => ({ model, real }), steps);
      }),
      { seed, numRuns, endOnFailure: false },
    );
  }, 120_000);
});
