// Harm prevented: a request that is let through uncounted, or money that is lost, while Redis or Postgres is away, slow or odd.
import { spawnSync } from "node:child_process";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { SYSTEM_ACTOR } from "@/server/audit";
import { createBudget, listBudgets } from "@/server/budgets";
import { startRedisServer } from "@/server/dev/redis-server";
import { testDatabase } from "@/server/dev/test-database";
import { type AdmissionSteps, checkInvariants, createAdmissionSteps, readBalance } from "@/server/ledger";
import { aFinish, createMoneyFixture, type MoneyFixture } from "@/server/ledger/fixtures";
import { systemClock } from "@/server/platform/clock";
import { AppError } from "@/server/platform/errors";
import { NoVerdict } from "./contract";
import { anAdmission, startStores } from "./fixtures";
import { createGate, type Gate } from "./gate";
import { createGuardedStore } from "./guarded-store";
import { drainOutbox } from "./outbox";
import { createIoredisRunner } from "./redis/ioredis";
import { createRedisStore } from "./redis/store";
import { createUpstashRunner } from "./redis/upstash";

let database: Awaited<ReturnType<typeof testDatabase>>;
let stores: Awaited<ReturnType<typeof startStores>>;
const USD = 1_000_000_000n;
const TOKEN = 1_600n;
const LIMIT = 10n * 1_000n * TOKEN;

beforeAll(async () => {
  [database, stores] = await Promise.all([testDatabase({ maxConnections: 20 }), startStores()]);
});
afterAll(() => Promise.all([database.close(), stores.close()]));
afterEach(async () => {
  stores.bridge.fault = "none";
  expect(await checkInvariants(database.pool)).toEqual([]);
});

async function withBudget() {
  const fixture = await createMoneyFixture(database.db, 10n * USD);
  const { organizationId } = fixture;
  await database.db.transaction((tx) =>
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
        amountNanoUsd: LIMIT,
        thresholds: [],
      },
    }),
  );
  return fixture;
}

function gateOn(runner: ReturnType<typeof createIoredisRunner>, steps: Partial<AdmissionSteps> = {}) {
  const store = createGuardedStore(createRedisStore(runner), systemClock);
  return {
    store,
    gate: createGate({ ...createAdmissionSteps(database.pool), ...steps, store, clock: systemClock }),
  };
}

async function run(gate: Gate, fixture: MoneyFixture) {
  const admission = anAdmission(fixture, 1_000n * TOKEN);
  const verdict = await gate.admit(admission);
  if (verdict.kind !== "admitted") return verdict.kind;
  await gate.finish(fixture.organizationId, aFinish(fixture, admission.id, 1_000n));
  return "paid";
}

/** One after the other until the budget refuses; how many were paid. */
async function exhaust(gate: Gate, fixture: MoneyFixture) {
  for (let paid = 0; ; paid += 1) {
    const how = await run(gate, fixture);
    if (how !== "paid") return { paid, how };
    if (paid > 20) throw new Error("the budget does not hold");
  }
}

const spent = async (fixture: MoneyFixture) =>
  (await listBudgets(database.db, fixture.organizationId, systemClock.nowMs()))[0]?.spentNanoUsd;

describe("Upstash that is", () => {
  it.each(["slow", "unauthorized", "limit", "html", "null", "cut"] as const)(
    "%s: budgets hold, nothing is let through uncounted",
    async (fault) => {
      const fixture = await withBudget();
      const runner = createUpstashRunner(stores.bridge, { deadlineMs: 250 });
      const { gate } = gateOn(runner);
      for (let turn = 0; turn < 3; turn += 1) expect(await run(gate, fixture)).toBe("paid");
      stores.bridge.fault = fault;
      expect(await exhaust(gate, fixture)).toEqual({ paid: 7, how: "capped" });
      expect(await spent(fixture)).toBe(LIMIT);
    },
  );
});

describe("Redis that is", () => {
  it("killed and comes back empty: budgets hold throughout, and revocation acts at once", async () => {
    const redis = await startRedisServer();
    const runner = createIoredisRunner(redis.url, { deadlineMs: 250 });
    const { gate } = gateOn(runner);
    const fixture = await withBudget();
    for (let turn = 0; turn < 3; turn += 1) expect(await run(gate, fixture)).toBe("paid");
    await redis.stop();
    for (let turn = 0; turn < 4; turn += 1) expect(await run(gate, fixture)).toBe("paid");
    const again = await startRedisServer({ port: Number(new URL(redis.url).port) });
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await exhaust(gate, fixture)).toEqual({ paid: 3, how: "capped" });
    await again.stop();
    await database.pool.query("UPDATE api_key SET status = 'revoked' WHERE id = $1", [fixture.keyId]);
    await expect(gate.admit(anAdmission(fixture, TOKEN))).rejects.toMatchObject({ code: "invalid_api_key" });
    await runner.close();
  });

  it("stopped without a word: an answer that does not come is none", async () => {
    const redis = await startRedisServer();
    const runner = createIoredisRunner(redis.url, { deadlineMs: 250 });
    const { gate } = gateOn(runner);
    const fixture = await withBudget();
    expect(await run(gate, fixture)).toBe("paid");
    spawnSync("kill", ["-STOP", String(redis.pid)]);
    const beganMs = performance.now();
    expect(await exhaust(gate, fixture)).toEqual({ paid: 9, how: "capped" });
    expect(performance.now() - beganMs).toBeLessThan(10_000);
    spawnSync("kill", ["-CONT", String(redis.pid)]);
    await redis.stop();
    await runner.close();
  });

  it("taken back in time across a rotation: what it forgot is rebuilt, and nothing is spent twice", async () => {
    const fixture = await withBudget();
    const runner = createIoredisRunner(stores.redis.url, { deadlineMs: 2_000 });
    const { gate, store } = gateOn(runner);
    expect(await run(gate, fixture)).toBe("paid");
    const keys = ["m", "c", "k", "r", "h", "e", "z"].map((name) => `{${fixture.organizationId}}:${name}`);
    const dumps = (await runner.script(
      "local all = {} for i, key in ipairs(KEYS) do all[i] = redis.call('EXISTS', key) == 1 and redis.call('DUMP', key) or '' end " +
        "for i, dump in ipairs(all) do redis.call('SET', KEYS[i] .. ':old', dump) end return #all",
      keys,
      [],
    )) as number;
    expect(dumps).toBe(7);
    const reading = await store.read(fixture.organizationId);
    await store.forget(fixture.organizationId, reading?.generation ?? 0);
    for (let turn = 0; turn < 5; turn += 1) expect(await run(gate, fixture)).toBe("paid");
    await runner.script(
      "for _, key in ipairs(KEYS) do local dump = redis.call('GET', key .. ':old') redis.call('DEL', key) " +
        "if dump ~= '' then redis.call('RESTORE', key, 0, dump) end end return 1",
      keys,
      [],
    );
    expect(await exhaust(gate, fixture)).toEqual({ paid: 4, how: "capped" });
    expect(await spent(fixture)).toBe(LIMIT);
    await runner.close();
  });
});

describe("a hold that is left over", () => {
  it("after Redis went back to before it was released: the request is admitted, not told that it is under way", async () => {
    const fixture = await withBudget();
    const runner = createIoredisRunner(stores.redis.url, { deadlineMs: 2_000 });
    const store = createRedisStore(runner);
    const { intents, ...steps } = createAdmissionSteps(database.pool);
    let starts = 0;
    let releases = 0;
    const gate = createGate({
      ...steps,
      intents: {
        ...intents,
        start: async (intent) => (starts++ === 0 ? "closed" : intents.start(intent)),
      },
      // All that Redis has to forget is the first release.
      store: { ...store, finish: async (...end) => (releases++ === 0 ? undefined : store.finish(...end)) },
      clock: systemClock,
    });
    expect(await run(gate, fixture)).toBe("paid");
    expect(starts).toBe(2);
    expect(await store.read(fixture.organizationId)).toMatchObject({
      holds: [],
      caps: [{ held: 0n, spent: 1_000n * TOKEN }],
    });
    await runner.close();
  });

  it("by an answer that was lost: the same request with less is admitted, and one that really runs is not run twice", async () => {
    const fixture = await withBudget();
    const runner = createIoredisRunner(stores.redis.url, { deadlineMs: 2_000 });
    const store = createRedisStore(runner);
    let isLost = false;
    const gate = createGate({
      ...createAdmissionSteps(database.pool),
      store: {
        ...store,
        async admit(request) {
          const verdict = await store.admit(request);
          if (isLost) throw new NoVerdict("the answer was lost");
          return verdict;
        },
      },
      clock: systemClock,
    });
    expect(await run(gate, fixture)).toBe("paid");
    const before = await gate.admit(anAdmission(fixture, LIMIT - 2_000n * TOKEN));
    expect(before).toMatchObject({ kind: "admitted" });
    const admission = anAdmission(fixture, 900n * TOKEN);
    isLost = true;
    // The strict path needs what the others have reserved: refused there, and held by the counters.
    await database.pool.query("UPDATE budget SET amount = amount - $1 WHERE organization_id = $2", [
      500n * TOKEN,
      fixture.organizationId,
    ]);
    expect(await gate.admit(admission)).toMatchObject({ kind: "capped" });
    isLost = false;
    const smaller = { ...admission, reserved: 400n * TOKEN };
    expect(await gate.admit(smaller)).toMatchObject({ kind: "admitted" });
    await expect(gate.admit(smaller)).rejects.toMatchObject({ code: "conflict" });
    expect((await store.read(fixture.organizationId))?.holds.map(({ id }) => id)).toContain(admission.id);
    await gate.finish(fixture.organizationId, aFinish(fixture, admission.id, 400n));
    expect(await spent(fixture)).toBe(1_400n * TOKEN);
    await runner.close();
  });
});

describe("Postgres that is away", () => {
  const down = () =>
    Promise.reject(new AppError("service_unavailable", { message: "away", retryAfterSeconds: 1 }));

  it("when a request comes: 503, and nothing stays held", async () => {
    const fixture = await withBudget();
    const { intents } = createAdmissionSteps(database.pool);
    const runner = createIoredisRunner(stores.redis.url, { deadlineMs: 2_000 });
    const working = gateOn(runner);
    expect(await run(working.gate, fixture)).toBe("paid");
    const { gate, store } = gateOn(runner, { intents: { ...intents, start: down } });
    await expect(gate.admit(anAdmission(fixture, TOKEN))).rejects.toMatchObject({
      code: "service_unavailable",
      retryAfterSeconds: 1,
    });
    expect((await store.read(fixture.organizationId))?.holds).toEqual([]);
    await runner.close();
  });

  it("when a request ends: its settlement waits in the outbox and is charged once, however often it is drained", async () => {
    const fixture = await withBudget();
    const { intents } = createAdmissionSteps(database.pool);
    const runner = createIoredisRunner(stores.redis.url, { deadlineMs: 2_000 });
    const { gate, store } = gateOn(runner, { intents: { ...intents, finish: down } });
    const admission = anAdmission(fixture, 1_000n * TOKEN);
    expect(await gate.admit(admission)).toMatchObject({ kind: "admitted" });
    const finish = aFinish(fixture, admission.id, 700n);
    await expect(gate.finish(fixture.organizationId, finish)).rejects.toMatchObject({
      code: "service_unavailable",
    });
    await expect(gate.finish(fixture.organizationId, finish)).rejects.toMatchObject({
      code: "service_unavailable",
    });
    expect(await store.outbox?.list(10)).toHaveLength(1);
    await Promise.all([drainOutbox(store, intents), drainOutbox(store, intents)]);
    expect(await drainOutbox(store, intents)).toBe(0);
    expect(await spent(fixture)).toBe(700n * TOKEN);
    expect((await readBalance(database.db, fixture.organizationId)).totalNanoUsd).toBe(
      10n * USD - 700n * TOKEN,
    );
    expect(await store.read(fixture.organizationId)).toMatchObject({
      holds: [],
      caps: [{ held: 0n, spent: 700n * TOKEN }],
    });
    await runner.close();
  });
});
