// Harm prevented: a request that is let through unpaid, or paid twice, while Redis or Postgres or both are away, slow or odd.
import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { createGate, drainOutbox, type Gate, sweepHolds } from "@/server/admission";
import { compareCounters } from "@/server/admission/compare";
import type { AdmitVerdict, Basis, CounterStore } from "@/server/admission/contract";
import { anAdmission } from "@/server/admission/fixtures";
import { createGuardedStore } from "@/server/admission/guarded-store";
import { createIoredisRunner } from "@/server/admission/redis/ioredis";
import { createRedisStore } from "@/server/admission/redis/store";
import { type Cable, type CableFault, startCable } from "@/server/dev/cable";
import { checkInvariants, createAdmissionSteps, readBalance, sweep } from "@/server/ledger";
import { aFinish, type MoneyFixture } from "@/server/ledger/fixtures";
import { systemClock } from "@/server/platform/clock";
import { type DatabaseHandle, openDatabase } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { recordFigures } from "../figures";
import { readAudit } from "../ground";
import { createCustomer, startWorld, TOKEN, type World } from "./world";

/** The budget carries so many requests of the same size; the balance far more. */
const CARRIED = 10;
const SIZE = 1_000n;
const CREDIT = 1_000n * SIZE * TOKEN;
const UNDER_WAY = 5;
const CONNECTIONS = 8;

let world: World;
let redisCable: Cable;
let postgresCable: Cable;
let cabled: DatabaseHandle;
let redis: Redis;
beforeAll(async () => {
  world = await startWorld();
  [redisCable, postgresCable] = await Promise.all([
    startCable(world.redis.url),
    startCable(world.database.url),
  ]);
  cabled = openDatabase(postgresCable.url, { maxConnections: CONNECTIONS });
  redis = new Redis(world.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await cabled.close();
  await Promise.all([redisCable.close(), postgresCable.close()]);
  await world.close();
});
afterEach(() => {
  for (const cable of [redisCable, postgresCable]) cable.set({ kind: "none" });
});

/** One process, on the far ends of both cables, and a customer with a hard budget. */
async function startProcess(lies: Partial<CounterStore> = {}) {
  await world.flush();
  const budget = {
    scope: "organization",
    window: "total",
    amountNanoUsd: BigInt(CARRIED) * SIZE * TOKEN,
  } as const;
  const fixture = await createCustomer(world, systemClock, CREDIT, [budget]);
  const runner = createIoredisRunner(redisCable.url, { deadlineMs: 250 });
  const store = createGuardedStore({ ...createRedisStore(runner), ...lies }, systemClock);
  const gate = createGate({ ...createAdmissionSteps(cabled.pool), store, clock: systemClock });
  const called = new Set<string>();
  let requests = 0;
  /** Up to the call of a provider: the id, or why there is none. */
  const begin = async () => {
    requests += 1;
    const admission = anAdmission(fixture, SIZE * TOKEN);
    const refusal = await gate.admit(admission).then(({ kind }) => kind, codeOf);
    if (refusal === "admitted") called.add(admission.id);
    return { id: admission.id, refusal: refusal === "admitted" ? null : refusal };
  };
  const pay = async () => {
    const { id, refusal } = await begin();
    if (refusal !== null) return refusal;
    await finish(gate, fixture, id);
    return "paid";
  };
  return {
    fixture,
    store,
    gate,
    called,
    begin,
    pay,
    isLying: "admit" in lies,
    requests: () => requests,
    close: () => runner.close(),
  };
}
type Process = Awaited<ReturnType<typeof startProcess>>;

const finish = (gate: Gate, fixture: MoneyFixture, id: string) =>
  gate.finish(fixture.organizationId, aFinish(fixture, id, SIZE));

function codeOf(reason: unknown): string {
  if (!AppError.is(reason)) throw reason;
  if (reason.code === "service_unavailable") expect(reason.retryAfterSeconds).toBeGreaterThanOrEqual(1);
  return reason.code;
}

/** One after the other until there is another answer than "paid"; how many were. */
async function exhaust({ pay }: Process) {
  for (let paid = 0; ; paid += 1) {
    const how = await pay();
    if (how !== "paid") return { paid, how };
  }
}

/** When all works again: sweepers do what they do every ten seconds, and the books are read. */
async function closeBooks(process: Process, context: TestContext, name: string, note: string) {
  const { fixture, called, requests } = process;
  const { organizationId } = fixture;
  const { pool } = world.database;
  const runner = createIoredisRunner(world.redis.url, { deadlineMs: 2_000 });
  const store = createRedisStore(runner);
  await drainOutbox(store, createAdmissionSteps(pool).intents);
  await pool.query("UPDATE intent SET expires_at = now() - interval '1 second' WHERE state = 'started'");
  await sweep(pool);
  await sweepHolds(store, pool);
  expect(await checkInvariants(pool)).toEqual([]);
  // Counters that never counted have nothing to be compared with.
  if (!process.isLying) expect(await compareCounters(store, pool, organizationId)).toEqual([]);
  expect(await store.outbox?.list(100)).toEqual([]);
  const { rows } = await pool.query<{ id: string; state: string }>(
    "SELECT id, state FROM intent WHERE organization_id = $1",
    [organizationId],
  );
  const states = new Map(rows.map(({ id, state }) => [id, state]));
  expect([...called].filter((id) => !states.has(id))).toEqual([]);
  const audit = await readAudit(world.database, { organizationId, creditNanoUsd: CREDIT });
  expect(audit).toMatchObject({ lost: 0, doubled: 0, overspentNanoUsd: 0n });
  expect(await readBalance(world.database.db, organizationId)).toMatchObject({
    totalNanoUsd: CREDIT - audit.spentNanoUsd,
    reservedNanoUsd: 0n,
  });
  recordFigures(context, { ...audit, name, injected: 1, requests: requests(), note });
  await Promise.all([process.close(), runner.close()]);
  return { states, spent: audit.spentNanoUsd / TOKEN };
}

interface RedisFault {
  readonly name: string;
  begin(organizationId: string): Promise<unknown> | unknown;
  end?(organizationId: string): Promise<unknown>;
}
const byCable = (name: string, fault: CableFault): RedisFault => ({
  name,
  begin: () => redisCable.set(fault),
});
const keyOf = (organizationId: string) => `{${organizationId}}:m`;
/** The breaker lets one call through to see after a second. */
const CLOSES_AFTER_MS = 1_200;

const REDIS_FAULTS: readonly RedisFault[] = [
  byCable("dead", { kind: "refused" }),
  byCable("5 s slow", { kind: "slow", ms: 5_000 }),
  byCable("its answers are cut", { kind: "cut", afterBytes: 3 }),
  byCable("does as it is asked, and nobody hears", { kind: "cut", afterBytes: 0 }),
  byCable("lies: OK to everything", { kind: "lies", answer: "+OK\r\n" }),
  byCable("lies: 1 to everything", { kind: "lies", answer: ":1\r\n" }),
  { name: "forgets its scripts (NOSCRIPT)", begin: () => redis.script("FLUSH") },
  {
    name: "a replica (READONLY)",
    begin: () => redis.replicaof("127.0.0.1", "1"),
    end: () => redis.replicaof("NO", "ONE"),
  },
  {
    name: "another type under our key (WRONGTYPE)",
    begin: (organizationId) => redis.set(keyOf(organizationId), "a string"),
    end: (organizationId) => redis.del(keyOf(organizationId)),
  },
  {
    name: "out of memory (OOM)",
    begin: () => redis.config("SET", "maxmemory", "1"),
    end: () => redis.config("SET", "maxmemory", "0"),
  },
];

describe("T6", () => {
  it.for(REDIS_FAULTS)(
    "Redis $name: the budget is exact, and revocation acts on the next request",
    async (fault, context) => {
      const process = await startProcess();
      const { organizationId, keyId } = process.fixture;
      const setKey = (status: string) =>
        world.database.pool.query("UPDATE api_key SET status = $2 WHERE id = $1", [keyId, status]);
      for (let turn = 0; turn < 3; turn += 1) expect(await process.pay()).toBe("paid");
      const running = await process.begin();
      await fault.begin(organizationId);
      expect(await exhaust(process)).toEqual({ paid: CARRIED - 4, how: "capped" });
      await finish(process.gate, process.fixture, running.id);
      await setKey("revoked");
      expect(await process.pay()).toBe("invalid_api_key");
      redisCable.set({ kind: "none" });
      await fault.end?.(organizationId);
      expect(await process.pay()).toBe("invalid_api_key");
      await pause(CLOSES_AFTER_MS);
      await setKey("active");
      expect(await process.pay()).toBe("capped");
      const { spent } = await closeBooks(
        process,
        context,
        `T6 Redis ${fault.name}`,
        "a hard budget of ten: ten paid",
      );
      expect(spent).toBe(BigInt(CARRIED) * SIZE);
    },
  );

  it("Redis says yes to everything, under a lease that there is not: nothing passes", async (context) => {
    const process = await startProcess({
      admit: async () =>
        ok({ leaseId: "lse_made_up", generation: 1, version: 1, nowMs: systemClock.nowMs() }),
    });
    expect(await Promise.all(Array.from({ length: 20 }, process.pay))).toEqual(
      Array(20).fill("service_unavailable"),
    );
    expect(process.called.size).toBe(0);
    await closeBooks(process, context, "T6 Redis lies: a lease that there is not", "nothing was called");
  });

  it("Redis says yes to everything, under the lease that there is: no more than was lent", async (context) => {
    const process = await startProcess({
      admit: async ({ organizationId }) => {
        const reading = await process.store.read(organizationId);
        if (!reading) return { kind: "lost", generation: 0, nowMs: systemClock.nowMs() };
        return ok(reading);
      },
    });
    await Promise.all(Array.from({ length: 40 }, () => process.pay()));
    const { spent } = await closeBooks(
      process,
      context,
      "T6 Redis lies: yes to everything",
      "no more than was lent",
    );
    expect(spent).toBeGreaterThan(0n);
    expect(spent * TOKEN).toBeLessThanOrEqual(CREDIT);
  });
});

const POSTGRES_FAULTS = [
  { name: "refuses", fault: { kind: "refused" }, isThere: false },
  { name: "10 s slow", fault: { kind: "slow", ms: 10_000 }, isThere: false },
  { name: "commits, and nobody hears", fault: { kind: "cut", afterBytes: 0 }, isThere: false },
  { name: "commits, and one answer is lost", fault: { kind: "cut", afterBytes: 0, times: 1 }, isThere: true },
] as const;

describe("T5", () => {
  it.for(POSTGRES_FAULTS)(
    "Postgres $name: no new request, and those under way are charged once",
    async ({ name, fault, isThere }, context) => {
      const process = await startProcess();
      const running = await Promise.all(Array.from({ length: UNDER_WAY }, process.begin));
      expect(running.map(({ refusal }) => refusal)).toEqual(Array(UNDER_WAY).fill(null));
      // A connection for every statement to come: what is slow are answers, and not the making of connections.
      await Promise.all(Array.from({ length: CONNECTIONS }, () => cabled.pool.query("SELECT pg_sleep(0.1)")));
      postgresCable.set(fault);
      const fresh = await Promise.all(Array.from({ length: UNDER_WAY }, process.begin));
      const refusal = isThere ? null : "service_unavailable";
      expect(fresh.map((one) => one.refusal)).toEqual(Array(UNDER_WAY).fill(refusal));
      const ends = running.map(({ id }) =>
        finish(process.gate, process.fixture, id).then(({ verdict }) => verdict, codeOf),
      );
      expect(await Promise.all(ends)).toEqual(
        Array(UNDER_WAY).fill(isThere ? "settled" : "service_unavailable"),
      );
      expect(await process.store.outbox?.list(100)).toHaveLength(isThere ? 0 : UNDER_WAY);
      postgresCable.set({ kind: "none" });
      if (isThere) for (const { id } of fresh) await finish(process.gate, process.fixture, id);
      const note = isThere
        ? "asked again by the same id"
        : "refused with 503; settlements waited in the outbox";
      const { spent, states } = await closeBooks(process, context, `T5 Postgres ${name}`, note);
      expect(running.map(({ id }) => states.get(id))).toEqual(Array(UNDER_WAY).fill("settled"));
      expect(spent).toBe(BigInt(isThere ? 2 * UNDER_WAY : UNDER_WAY) * SIZE);
    },
  );
});

it("T7: both down: 503 for every new request, and those under way are charged at their checkpoint", async (context) => {
  const process = await startProcess();
  const { gate, fixture } = process;
  const running = await Promise.all(Array.from({ length: UNDER_WAY }, process.begin));
  const half = SIZE / 2n;
  const seen = running.slice(0, 3);
  for (const { id } of seen) {
    const { charge } = aFinish(fixture, id, half);
    if (charge) await createAdmissionSteps(cabled.pool).intents.checkpoint(id, charge);
  }
  for (const cable of [redisCable, postgresCable]) cable.set({ kind: "refused" });
  const fresh = await Promise.all(Array.from({ length: 2 * UNDER_WAY }, process.begin));
  expect(new Set(fresh.map(({ refusal }) => refusal))).toEqual(new Set(["service_unavailable"]));
  for (const { id } of running)
    expect(await finish(gate, fixture, id).then(({ verdict }) => verdict, codeOf)).toBe(
      "service_unavailable",
    );
  for (const cable of [redisCable, postgresCable]) cable.set({ kind: "none" });
  await pause(CLOSES_AFTER_MS);
  expect(await process.store.outbox?.list(100)).toEqual([]);
  expect(await process.pay()).toBe("paid");
  const note = "503 for what is new, the checkpoint for what was under way";
  const { spent, states } = await closeBooks(process, context, "T7 Redis and Postgres down", note);
  expect(running.map(({ id }) => states.get(id))).toEqual(Array(UNDER_WAY).fill("expired"));
  expect(spent).toBe(SIZE + 3n * half);
});

function ok(basis: Basis): AdmitVerdict {
  const figure = { limit: 100, remaining: 100, resetMs: 0 };
  const { leaseId, generation, version, nowMs } = basis;
  return {
    kind: "ok",
    basis: { leaseId, generation, version, nowMs },
    rates: { requests: figure, tokens: figure },
  };
}
