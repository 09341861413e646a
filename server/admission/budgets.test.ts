// Harm prevented: a hard budget that parallel requests, lost counters or several processes pass; or one that blocks too early.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { SYSTEM_ACTOR } from "@/server/audit";
import {
  type BudgetTerms,
  createBudget,
  listBudgets,
  type RateLimitTerms,
  setRateLimits,
  updateBudget,
} from "@/server/budgets";
import { testDatabase } from "@/server/dev/test-database";
import { checkInvariants, createAdmissionSteps } from "@/server/ledger";
import { aFinish, aVoid, createMoneyFixture, type MoneyFixture } from "@/server/ledger/fixtures";
import { systemClock } from "@/server/platform/clock";
import { compareCounters } from "./compare";
import type { CounterStore } from "./contract";
import { anAdmission, STORE_KINDS, type StoreKind, startStores } from "./fixtures";
import { createGate, type Gate } from "./gate";
import { createGuardedStore } from "./guarded-store";
import { sweepHolds } from "./sweep-holds";

let database: Awaited<ReturnType<typeof testDatabase>>;
let stores: Awaited<ReturnType<typeof startStores>>;
const USD = 1_000_000_000n;
const TOKEN = 1_600n;

beforeAll(async () => {
  [database, stores] = await Promise.all([testDatabase({ maxConnections: 20 }), startStores()]);
});
afterAll(() => Promise.all([database.close(), stores.close()]));
afterEach(async () => {
  expect(await checkInvariants(database.pool)).toEqual([]);
});

/** A gate as one process has it, and its store. */
function newProcess(kind: StoreKind, wrap = (store: CounterStore) => store) {
  const store = wrap(stores.make(kind, systemClock));
  return { gate: createGate({ ...createAdmissionSteps(database.pool), store, clock: systemClock }), store };
}

async function withBudget(amountNanoUsd: bigint, overrides: Partial<BudgetTerms> = {}) {
  const fixture = await createMoneyFixture(database.db, 100n * USD);
  const budgetId = await setBudget(fixture, amountNanoUsd, overrides);
  return { fixture, budgetId };
}

async function setBudget(fixture: MoneyFixture, amountNanoUsd: bigint, overrides: Partial<BudgetTerms> = {}) {
  const { organizationId } = fixture;
  const { id } = await database.db.transaction((tx) =>
    createBudget(tx, systemClock, {
      organizationId,
      by: SYSTEM_ACTOR,
      memberId: null,
      terms: {
        scope: "organization",
        scopeId: organizationId,
        window: "day",
        isRolling: false,
        isHard: true,
        thresholds: [50, 80, 100],
        amountNanoUsd,
        ...overrides,
      },
    }),
  );
  return id;
}

/** One request to its end; what it cost, or why it was refused. */
async function run(gate: Gate, fixture: MoneyFixture, reservedTokens: bigint, usedTokens: bigint, ms = 2) {
  const admission = anAdmission(fixture, reservedTokens * TOKEN);
  const verdict = await gate.admit(admission);
  if (verdict.kind !== "admitted") return verdict;
  await new Promise((resolve) => setTimeout(resolve, ms));
  const { chargedNanoUsd } = await gate.finish(
    fixture.organizationId,
    aFinish(fixture, admission.id, usedTokens),
  );
  return { kind: "paid", chargedNanoUsd } as const;
}

const standing = async (fixture: MoneyFixture) =>
  (await listBudgets(database.db, fixture.organizationId, systemClock.nowMs()))[0];

async function spentOf(results: PromiseSettledResult<Awaited<ReturnType<typeof run>>>[]) {
  return results.reduce(
    (sum, result) =>
      sum +
      (result.status === "fulfilled" && result.value.kind === "paid" ? result.value.chargedNanoUsd : 0n),
    0n,
  );
}

describe.each(STORE_KINDS)("a hard budget, counters in %s", (kind) => {
  it("prevents parallel requests from passing it, and leaves next to nothing of it", async () => {
    const limit = 20n * 1_000n * TOKEN;
    const { fixture } = await withBudget(limit);
    const { gate, store } = newProcess(kind);
    const results = await Promise.allSettled(
      Array.from({ length: 100 }, () => run(gate, fixture, 1_000n, 1_000n)),
    );
    const spent = await spentOf(results);
    expect(spent).toBeLessThanOrEqual(limit);
    expect(Number((spent * 100n) / limit)).toBeGreaterThanOrEqual(98);
    const refusal = await run(gate, fixture, 1_000n, 1_000n);
    expect(refusal).toMatchObject({
      kind: "capped",
      cap: { scope: "organization", limit, spent, reserved: 0n },
    });
    expect(await standing(fixture)).toMatchObject({ spentNanoUsd: spent, reservedNanoUsd: 0n });
    expect(await compareCounters(store, database.pool, fixture.organizationId)).toEqual([]);
    // What cannot cost anything passes.
    expect(await gate.admit(anAdmission(fixture, 0n))).toMatchObject({ kind: "admitted" });
  });

  it("prevents several processes from passing it together", async () => {
    const limit = 30n * 1_000n * TOKEN;
    const { fixture } = await withBudget(limit);
    const gates = [newProcess(kind).gate, newProcess(kind).gate, newProcess(kind).gate];
    const results = await Promise.allSettled(
      Array.from({ length: 150 }, (_, index) => run(gates[index % 3] as Gate, fixture, 1_000n, 900n)),
    );
    const spent = await spentOf(results);
    expect(spent).toBeLessThanOrEqual(limit);
    expect(spent).toBeGreaterThan(0n);
    expect((await standing(fixture))?.spentNanoUsd).toBe(spent);
  });

  it("acts on the next request after it is set, raised or lowered", async () => {
    const fixture = await createMoneyFixture(database.db, 100n * USD);
    const { gate } = newProcess(kind);
    expect(await run(gate, fixture, 1_000n, 1_000n)).toMatchObject({ kind: "paid" });
    const budgetId = await setBudget(fixture, USD / 100n);
    const big = USD / 50n / TOKEN;
    expect(await run(gate, fixture, big, 1n)).toMatchObject({
      kind: "capped",
      cap: { spent: 1_000n * TOKEN },
    });
    const change = { window: "day", isRolling: false, isHard: true, thresholds: [100] } as const;
    const set = (amountNanoUsd: bigint) =>
      database.db.transaction((tx) =>
        updateBudget(tx, systemClock, {
          organizationId: fixture.organizationId,
          by: SYSTEM_ACTOR,
          budgetId,
          change: { ...change, amountNanoUsd },
        }),
      );
    await set(USD);
    expect(await run(gate, fixture, big, 1n)).toMatchObject({ kind: "paid" });
    await set(USD / 100n);
    expect(await run(gate, fixture, big, 1n)).toMatchObject({ kind: "capped" });
  });

  it("acts on the next request after a rate limit is set, and lets go when it is lifted", async () => {
    const fixture = await createMoneyFixture(database.db, 100n * USD);
    const { gate } = newProcess(kind);
    const limit = (requestsPerMinute: number | null) =>
      database.db.transaction((tx) =>
        setRateLimits(tx, systemClock, {
          organizationId: fixture.organizationId,
          keyId: fixture.keyId,
          by: SYSTEM_ACTOR,
          terms: { requestsPerMinute, tokensPerMinute: null, maxConcurrent: null },
        }),
      );
    expect(await run(gate, fixture, 10n, 10n)).toMatchObject({ kind: "paid" });
    await limit(2);
    const results = await Promise.all([1, 2, 3].map(() => run(gate, fixture, 10n, 10n)));
    expect(results.filter(({ kind: how }) => how === "limited").length).toBeGreaterThanOrEqual(1);
    await limit(null);
    expect(await run(gate, fixture, 10n, 10n)).toMatchObject({ kind: "paid" });
  });

  it("prevents a lost counter store from forgetting what was spent and what is in flight", async () => {
    const limit = 10n * 1_000n * TOKEN;
    const { fixture } = await withBudget(limit);
    const { gate, store } = newProcess(kind);
    for (let turn = 0; turn < 4; turn += 1) await run(gate, fixture, 1_000n, 1_000n);
    const inFlight = Array.from({ length: 5 }, () => anAdmission(fixture, 1_000n * TOKEN));
    for (const admission of inFlight) expect(await gate.admit(admission)).toMatchObject({ kind: "admitted" });
    if (kind === "memory") {
      const reading = await store.read(fixture.organizationId);
      await store.forget(fixture.organizationId, reading?.generation ?? 0);
    } else await stores.empty();
    expect(await run(gate, fixture, 1_000n, 1_000n)).toMatchObject({ kind: "paid" });
    expect(await run(gate, fixture, 1_000n, 1_000n)).toMatchObject({
      kind: "capped",
      cap: { spent: 5_000n * TOKEN, reserved: 5_000n * TOKEN },
    });
    for (const { id } of inFlight) await gate.finish(fixture.organizationId, aVoid(id));
    expect(await compareCounters(store, database.pool, fixture.organizationId)).toEqual([]);
    expect(await run(gate, fixture, 1_000n, 1_000n)).toMatchObject({ kind: "paid" });
  });

  it("prevents holds of dead processes from blocking it for ever", async () => {
    const limit = 20n * 1_000n * TOKEN;
    const { fixture } = await withBudget(limit);
    const { gate, store } = newProcess(kind);
    const admission = anAdmission(fixture, 20_000n * TOKEN);
    await gate.admit(admission);
    // Settled in Postgres, and the process died before it told the counters.
    await createAdmissionSteps(database.pool).intents.finish(aFinish(fixture, admission.id, 1_000n));
    expect(await sweepHolds(store, database.pool)).toBeGreaterThanOrEqual(1);
    expect(await compareCounters(store, database.pool, fixture.organizationId)).toEqual([]);
    expect(await run(gate, fixture, 1_000n, 1_000n)).toMatchObject({ kind: "paid" });
  });
});

describe("without counters", () => {
  const dead = (store: CounterStore) =>
    createGuardedStore(
      { ...store, admit: () => Promise.reject(new Error("READONLY")), finish: () => new Promise(() => {}) },
      systemClock,
    );

  it("prevents admission without a verdict: budgets, money and revocation hold on the strict path", async () => {
    const limit = 10n * 1_000n * TOKEN;
    const { fixture } = await withBudget(limit);
    const alive = newProcess("redis");
    const blind = newProcess("redis", dead);
    expect(await run(alive.gate, fixture, 1_000n, 1_000n)).toMatchObject({ kind: "paid" });
    const results = await Promise.allSettled(
      Array.from({ length: 40 }, (_, index) =>
        run(index % 2 === 0 ? alive.gate : blind.gate, fixture, 1_000n, 1_000n),
      ),
    );
    const spent = await spentOf(results);
    expect(spent + 1_000n * TOKEN).toBeLessThanOrEqual(limit);
    expect((await standing(fixture))?.spentNanoUsd).toBe(spent + 1_000n * TOKEN);
    await database.pool.query("UPDATE api_key SET status = 'revoked' WHERE id = $1", [fixture.keyId]);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await expect(blind.gate.admit(anAdmission(fixture, TOKEN))).rejects.toMatchObject({
      code: "invalid_api_key",
    });
    await expect(alive.gate.admit(anAdmission(fixture, TOKEN))).rejects.toMatchObject({
      code: "invalid_api_key",
    });
  });

  it("prevents rates from being forgotten on the strict path: requests and tokens a minute, and at once", async () => {
    const fixture = await createMoneyFixture(database.db, 100n * USD);
    const { organizationId, keyId } = fixture;
    const limit = (ofKey: boolean, terms: Partial<RateLimitTerms>) =>
      database.db.transaction((tx) =>
        setRateLimits(tx, systemClock, {
          organizationId,
          keyId: ofKey ? keyId : null,
          by: SYSTEM_ACTOR,
          terms: { requestsPerMinute: null, tokensPerMinute: null, maxConcurrent: null, ...terms },
        }),
      );
    const admit = (gate: Gate, tokens = 100) => gate.admit(anAdmission(fixture, 10n * TOKEN, { tokens }));
    const alive = newProcess("redis");
    // What counters admitted counts too: one has ended with 400 tokens, one is under way with an estimate of 300.
    const ended = anAdmission(fixture, 10n * TOKEN);
    expect(await alive.gate.admit(ended)).toMatchObject({ kind: "admitted" });
    const { ending, ...finish } = aFinish(fixture, ended.id, 1n);
    await alive.gate.finish(organizationId, {
      ...finish,
      ending: { ...ending, inputTokens: 300, outputTokens: 100 },
    });
    expect(await admit(alive.gate, 300)).toMatchObject({ kind: "admitted" });
    const { gate } = newProcess("redis", dead);

    await limit(true, { maxConcurrent: 1 });
    expect(await admit(gate)).toMatchObject({
      kind: "limited",
      rate: { which: "concurrent", scope: "key", limit: 1 },
    });
    await limit(true, { maxConcurrent: 2, tokensPerMinute: 800 });
    await limit(false, { tokensPerMinute: 750 });
    expect(await admit(gate, 101)).toMatchObject({
      rate: { which: "tokens", scope: "key", limit: 800 },
    });
    expect(await admit(gate, 60)).toMatchObject({
      rate: { which: "tokens", scope: "organization", limit: 750 },
    });
    expect(await admit(gate, 50)).toMatchObject({ kind: "admitted" });
    await limit(false, { requestsPerMinute: 4 });
    await limit(true, {});
    expect(await admit(gate)).toMatchObject({ kind: "admitted" });
    const refused = await admit(gate);
    expect(refused).toMatchObject({ rate: { which: "requests", scope: "organization", limit: 4 } });
    const waitMs = refused.kind === "limited" ? refused.rate.retryAfterMs : 0;
    expect(waitMs).toBeGreaterThan(30_000);
    expect(waitMs).toBeLessThanOrEqual(60_000);
    // Many at once are one statement, and still counted one by one.
    await limit(false, { requestsPerMinute: 7 });
    const verdicts = await Promise.all(Array.from({ length: 8 }, () => admit(gate)));
    expect(verdicts.filter(({ kind }) => kind === "admitted")).toHaveLength(3);
    // An estimate above the whole allowance counts as the allowance, or it could never pass.
    const other = await createMoneyFixture(database.db, USD);
    await database.pool.query("UPDATE api_key SET tokens_per_minute = 10 WHERE id = $1", [other.keyId]);
    expect(await gate.admit(anAdmission(other, 10n * TOKEN, { tokens: 1_000 }))).toMatchObject({
      kind: "admitted",
    });
  });

  it("prevents a flood of the strict path: what does not fit is told to come back", async () => {
    const fixture = await createMoneyFixture(database.db, USD);
    const { gate } = newProcess("redis", dead);
    const results = await Promise.allSettled(Array.from({ length: 60 }, () => run(gate, fixture, 10n, 10n)));
    const refused = results.filter(({ status }) => status === "rejected");
    expect(refused.length).toBeGreaterThanOrEqual(30);
    expect(refused[0]).toMatchObject({ reason: { code: "service_unavailable", retryAfterSeconds: 1 } });
  });
});
