// Harm prevented: a sequence of ordinary steps after which somebody has more or less money than arithmetic says.
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { CounterStore } from "@/server/admission";
import { createGate, createMemoryStore, type Gate } from "@/server/admission";
import { anAdmission } from "@/server/admission/fixtures";
import { listBudgets } from "@/server/budgets";
import { testSeed } from "@/server/dev/test-seed";
import { checkInvariants, createAdmissionSteps, readBalance, rotateLease } from "@/server/ledger";
import { aFinish, aVoid, type MoneyFixture } from "@/server/ledger/fixtures";
import { systemClock } from "@/server/platform/clock";
import { recordFigures, size } from "../figures";
import { readAudit } from "../ground";
import { createEvents, type Events } from "./events";
import { seededRandom } from "./random";
import { createCustomer, startWorld, TOKEN, type World } from "./world";

const CREDIT = 10_000;
const LIMIT = 9_000;
const RUNS = size("RUNS", 12, 200);
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

/** An organization as arithmetic sees it, in output tokens. */
interface Model {
  balance: number;
  limit: number;
  spent: number;
  /** Reserved by requests under way, by id. */
  readonly started: Map<string, number>;
  /** False from a rollback of the counters until they are rebuilt: the money is exact all the same, the budget is not. */
  isBudgetSure: boolean;
}
interface Real {
  readonly fixture: MoneyFixture;
  readonly events: Events;
  readonly gate: Gate;
  /** Empties the counters. */
  flush(): Promise<void>;
  requests: number;
}

const reserved = ({ started }: Model) => [...started.values()].reduce((sum, amount) => sum + amount, 0);
/** What the gate has to say to a request of so many tokens. */
function verdictOf(model: Model, tokens: number): readonly string[] {
  const isPaid = model.balance - reserved(model) >= tokens;
  const isWithin = model.spent + reserved(model) + tokens <= model.limit;
  if (!isPaid) return isWithin && model.isBudgetSure ? ["insufficient"] : ["insufficient", "capped"];
  if (!model.isBudgetSure) return ["admitted", "capped"];
  return [isWithin ? "admitted" : "capped"];
}

class Step implements fc.AsyncCommand<Model, Real> {
  constructor(
    readonly name: string,
    readonly take: (model: Model, real: Real) => Promise<void>,
  ) {}
  check = () => true;
  async run(model: Model, real: Real) {
    await this.take(model, real);
    const balance = await readBalance(world.database.db, real.fixture.organizationId);
    expect({ total: balance.totalNanoUsd, reserved: balance.reservedNanoUsd }).toEqual({
      total: BigInt(model.balance) * TOKEN,
      reserved: BigInt(reserved(model)) * TOKEN,
    });
  }
  toString = () => this.name;
}

const nano = (tokens: number) => BigInt(tokens) * TOKEN;
/** A request under way, if there is one. */
function open(model: Model, which: number): { id: string; held: number } | null {
  const [entry] = [...model.started].slice(which % Math.max(1, model.started.size));
  return entry ? { id: entry[0], held: entry[1] } : null;
}
function end(model: Model, id: string, cost: number): void {
  model.started.delete(id);
  model.spent += cost;
  model.balance -= cost;
}

async function admit(tokens: number, model: Model, real: Real): Promise<void> {
  real.requests += 1;
  // It came a second ago: nobody waits for money in a sequence in which nothing else happens meanwhile.
  const admission = { ...anAdmission(real.fixture, nano(tokens)), receivedAtMs: systemClock.nowMs() - 1_000 };
  const { kind } = await real.gate.admit(admission);
  expect(verdictOf(model, tokens)).toContain(kind);
  if (kind === "admitted") model.started.set(admission.id, tokens);
}

const which = fc.nat(20);
const tokens = fc.integer({ min: 50, max: 2_500 });
const step = <Input>(
  name: string,
  input: fc.Arbitrary<Input>,
  take: (input: Input, model: Model, real: Real) => Promise<void>,
) => input.map((given) => new Step(`${name} ${String(given)}`, (model, real) => take(given, model, real)));

const commands = [
  ...Array.from({ length: 5 }, () => step("admit and start", tokens, admit)),
  step("settle", fc.tuple(which, fc.nat(3_000)), async ([at, used], model, { gate, fixture }) => {
    const request = open(model, at);
    if (!request) return;
    // More than was reserved is the platform's loss.
    const cost = Math.min(used, request.held);
    const finish = aFinish(fixture, request.id, BigInt(used));
    expect(await gate.finish(fixture.organizationId, finish)).toMatchObject({ chargedNanoUsd: nano(cost) });
    expect(await gate.finish(fixture.organizationId, finish)).toMatchObject({ verdict: "already" });
    end(model, request.id, cost);
  }),
  step("void", which, async (at, model, { gate, fixture }) => {
    const request = open(model, at);
    if (!request) return;
    await gate.finish(fixture.organizationId, aVoid(request.id));
    end(model, request.id, 0);
  }),
  step("expire", fc.nat(500), async (delivered, model, { events, fixture }) => {
    const { intents } = createAdmissionSteps(world.database.pool);
    for (const [id, held] of [...model.started]) {
      const cost = Math.min(delivered, held);
      const { charge } = aFinish(fixture, id, BigInt(cost));
      if (charge) await intents.checkpoint(id, charge);
      end(model, id, cost);
    }
    await events.expire("all");
    await events.sweep();
  }),
  step("top up", tokens, async (amount, model, { events }) => {
    await events.topUp(nano(amount));
    model.balance += amount;
  }),
  step("refund", tokens, async (amount, model, { events }) => {
    const isThere = model.balance - reserved(model) >= amount;
    expect(await events.refund(nano(amount))).toBe(isThere ? "taken" : "insufficient");
    if (isThere) model.balance -= amount;
  }),
  step("budget", fc.integer({ min: 6_500, max: 12_000 }), async (limit, model, { events }) => {
    await events.changeBudget(nano(limit));
    model.limit = limit;
    model.isBudgetSure = true;
  }),
  step("rotate", tokens, async (amount, _model, { fixture }) => {
    await rotateLease(world.database.pool, fixture.organizationId, nano(amount));
  }),
  step("flush", fc.constant(""), async (_none, model, { flush }) => {
    await flush();
    model.isBudgetSure = true;
  }),
];
/** Redis only: memory does not go back in time. */
const rollback = [
  step("remember", fc.constant(""), async (_none, _model, { events }) => events.remember()),
  step("roll back", fc.constant(""), async (_none, model, { events }) => {
    if (await events.rollBackToLast()) model.isBudgetSure = false;
  }),
];

/** A memory store that can be emptied like Redis can. */
function emptiableMemory(): { store: CounterStore; empty(): void } {
  let current = createMemoryStore(systemClock);
  return {
    store: new Proxy(current, { get: (_first, name) => Reflect.get(current, name) }),
    empty() {
      current = createMemoryStore(systemClock);
    },
  };
}

it.for(["memory", "redis"] as const)(
  "T20: after any sequence of steps on the %s store, every answer and the balance are what arithmetic says",
  async (kind, context) => {
    const seed = testSeed(`protocol on ${kind}`);
    const total = { steps: 0, requests: 0, sequences: 0, lost: 0, doubled: 0, overspentNanoUsd: 0n };
    const ofStore = kind === "memory" ? commands : [...commands, ...rollback];
    const sequence = fc.commands(ofStore, { maxCommands: 40, size: "+1" });
    await fc.assert(
      fc.asyncProperty(sequence, async (steps) => {
        const memory = emptiableMemory();
        const store = kind === "memory" ? memory.store : world.store(systemClock);
        const flush = async () => {
          memory.empty();
          await world.flush();
        };
        await flush();
        const budget = { scope: "organization", window: "total", amountNanoUsd: nano(LIMIT) } as const;
        const fixture = await createCustomer(world, systemClock, nano(CREDIT), [budget]);
        const clock = systemClock;
        const events = createEvents({ world, fixture, store, clock, random: seededRandom(seed) });
        const gate = createGate({ ...createAdmissionSteps(world.database.pool), store, clock });
        const model: Model = {
          balance: CREDIT,
          limit: LIMIT,
          spent: 0,
          started: new Map(),
          isBudgetSure: true,
        };
        const real: Real = { fixture, events, gate, flush, requests: 0 };
        await fc.asyncModelRun(() => ({ model, real }), steps);
        total.requests += real.requests;
        total.steps += [...steps].length;
        total.sequences += 1;
        expect(await checkInvariants(world.database.pool)).toEqual([]);
        const [standing] = await listBudgets(world.database.db, fixture.organizationId, clock.nowMs());
        expect(standing?.spentNanoUsd).toBe(nano(model.spent));
        await events.expire("all");
        await events.sweep();
        const { creditedNanoUsd, takenNanoUsd } = events.happened;
        const audit = await readAudit(world.database, {
          organizationId: fixture.organizationId,
          creditNanoUsd: nano(CREDIT) + creditedNanoUsd - takenNanoUsd,
        });
        total.lost += audit.lost;
        total.doubled += audit.doubled;
        total.overspentNanoUsd += audit.overspentNanoUsd;
      }),
      { seed, numRuns: RUNS, endOnFailure: false },
    );
    const { steps, sequences, ...figures } = total;
    expect(figures).toMatchObject({ lost: 0, doubled: 0, overspentNanoUsd: 0n });
    recordFigures(context, {
      ...figures,
      name: `T20 model of the whole protocol, ${kind}`,
      injected: steps - total.requests,
      note: `${sequences} sequences of ${steps} steps, TEST_SEED=${seed}; after every step the balance is what arithmetic says`,
    });
  },
);
