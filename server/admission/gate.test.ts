import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testDatabase } from "@/server/dev/test-database";
import { checkInvariants, createAdmissionSteps, createIntents, readBalance } from "@/server/ledger";
import { aFinish, createMoneyFixture } from "@/server/ledger/fixtures";
import { systemClock } from "@/server/platform/clock";
import { anAdmission } from "./fixtures";
import { createGate } from "./gate";
import { createMemoryStore } from "./memory-store";

let database: Awaited<ReturnType<typeof testDatabase>>;
const USD = 1_000_000_000n;
/** 1,600 nano-USD per output token. */
const TOKEN = 1_600n;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

function newGate() {
  return createGate({
    ...createAdmissionSteps(database.pool),
    store: createMemoryStore(systemClock),
    clock: systemClock,
  });
}

type Gate = ReturnType<typeof newGate>;
type Fixture = Awaited<ReturnType<typeof createMoneyFixture>>;

/** One request: reserved, "called" for a while, settled. Answers what it cost, or null when it was refused. */
async function run(
  gate: Gate,
  fixture: Fixture,
  reservedTokens: bigint,
  usedTokens: bigint,
  durationMs: number,
) {
  const admission = anAdmission(fixture, reservedTokens * TOKEN);
  const startedAtMs = performance.now();
  const verdict = await gate.admit(admission);
  const waitedMs = performance.now() - startedAtMs;
  if (verdict.kind !== "admitted") return { cost: null, waitedMs };
  await new Promise((resolve) => setTimeout(resolve, durationMs));
  const { chargedNanoUsd } = await gate.finish(
    fixture.organizationId,
    aFinish(fixture, admission.id, usedTokens),
  );
  return { cost: chargedNanoUsd, waitedMs };
}

async function expectBooksRight(fixture: Fixture, credit: bigint, spent: bigint) {
  expect(await checkInvariants(database.pool)).toEqual([]);
  const balance = await readBalance(database.db, fixture.organizationId);
  expect(balance).toMatchObject({ totalNanoUsd: credit - spent, reservedNanoUsd: 0n, debtNanoUsd: 0n });
}

describe("gate", () => {
  it.each([
    { name: "every request uses all that it reserved", used: 1_000n, durationMs: 5 },
    { name: "every request uses half of what it reserved", used: 500n, durationMs: 5 },
    { name: "slow answers", used: 1_000n, durationMs: 200 },
  ])(
    "prevents overspending and idle money at the last dollar: 1,000 at once on a balance for 80, $name",
    async ({ used, durationMs }) => {
      const credit = 80n * used * TOKEN + 1_000n * TOKEN - used * TOKEN;
      const fixture = await createMoneyFixture(database.db, credit);
      const gate = newGate();
      const results = await Promise.all(
        Array.from({ length: 1_000 }, () => run(gate, fixture, 1_000n, used, durationMs)),
      );
      const paid = results.flatMap(({ cost }) => (cost === null ? [] : [cost]));
      const spent = paid.reduce((sum, cost) => sum + cost, 0n);
      expect(spent).toBeLessThanOrEqual(credit);
      expect(Number((spent * 10_000n) / credit)).toBeGreaterThanOrEqual(9_500);
      expect(paid.length).toBeLessThan(1_000);
      await expectBooksRight(fixture, credit, spent);
    },
  );

  it("prevents a false refusal: while money is there, nobody is turned away", async () => {
    const fixture = await createMoneyFixture(database.db, 10n * USD);
    const gate = newGate();
    const results = await Promise.all(Array.from({ length: 400 }, () => run(gate, fixture, 1_000n, 100n, 1)));
    expect(results.filter(({ cost }) => cost === null)).toHaveLength(0);
    await expectBooksRight(fixture, 10n * USD, 400n * 100n * TOKEN);
  });

  it("prevents overspending by several processes: three gates that know nothing of each other", async () => {
    const credit = 100n * 1_000n * TOKEN;
    const fixture = await createMoneyFixture(database.db, credit);
    const gates = [newGate(), newGate(), newGate()];
    const results = await Promise.allSettled(
      Array.from({ length: 300 }, (_, index) => {
        const gate = gates[index % 3];
        if (!gate) throw new Error("no gate");
        return run(gate, fixture, 1_000n, 900n, 2);
      }),
    );
    const spent = results.reduce(
      (sum, result) => sum + (result.status === "fulfilled" ? (result.value.cost ?? 0n) : 0n),
      0n,
    );
    expect(spent).toBeLessThanOrEqual(credit);
    await expectBooksRight(fixture, credit, spent);
  });

  it("prevents a free ride without a verdict: when Postgres does not answer, the request is refused", async () => {
    const fixture = await createMoneyFixture(database.db, USD);
    const dead = {
      query: () => Promise.reject(new Error("connection refused")),
    } as unknown as typeof database.pool;
    const gate = createGate({
      ...createAdmissionSteps(database.pool),
      intents: createIntents(dead),
      store: createMemoryStore(systemClock),
      clock: systemClock,
    });
    const admission = anAdmission(fixture, TOKEN);
    await expect(gate.admit(admission)).rejects.toMatchObject({ code: "service_unavailable" });
  });

  it("prevents a 'come back later' where nothing is left: who waits for another process's refill hears of the balance", async () => {
    const fixture = await createMoneyFixture(database.db, 1_000n * TOKEN);
    const store = createMemoryStore(systemClock);
    let asked = 0;
    const gate = createGate({
      ...createAdmissionSteps(database.pool),
      store: {
        ...store,
        async admit() {
          asked += 1;
          return { kind: "wait" };
        },
      },
      clock: systemClock,
    });
    const beganMs = performance.now();
    const tooMuch = Array.from({ length: 100 }, () => gate.admit(anAdmission(fixture, 1_001n * TOKEN)));
    expect(new Set((await Promise.all(tooMuch)).map(({ kind }) => kind))).toEqual(new Set(["insufficient"]));
    expect(await gate.admit(anAdmission(fixture, 1_001n * TOKEN))).toMatchObject({
      availableNanoUsd: 1_000n * TOKEN,
    });
    // One of them asks whether the other process is done, the others wait for what it hears.
    expect(asked).toBeLessThan(600);
    await expect(gate.admit(anAdmission(fixture, 1_000n * TOKEN))).rejects.toMatchObject({
      code: "service_unavailable",
      retryAfterSeconds: 1,
    });
    expect(performance.now() - beganMs).toBeLessThan(10_000);
    await expectBooksRight(fixture, 1_000n * TOKEN, 0n);
  });

  it("prevents a wait that ends with somebody else's: when the lookout hears, all ask again", async () => {
    const fixture = await createMoneyFixture(database.db, USD);
    const store = createMemoryStore(systemClock);
    let isRefilling = true;
    const gate = createGate({
      ...createAdmissionSteps(database.pool),
      store: {
        ...store,
        admit: async (request) => (isRefilling ? { kind: "wait" } : store.admit(request)),
      },
      clock: systemClock,
    });
    const waiting = Array.from({ length: 50 }, () => run(gate, fixture, 10n, 10n, 1));
    setTimeout(() => {
      isRefilling = false;
    }, 100);
    expect((await Promise.all(waiting)).filter(({ cost }) => cost === null)).toEqual([]);
  });

  it("lets a request that cannot cost anything pass an empty balance", async () => {
    const fixture = await createMoneyFixture(database.db, 0n);
    const admission = anAdmission(fixture, 0n);
    expect(await newGate().admit(admission)).toMatchObject({ kind: "admitted" });
  });
});
