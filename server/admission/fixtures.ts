import { startRedisServer } from "@/server/dev/redis-server";
import { startUpstashBridge } from "@/server/dev/upstash-bridge";
import type { Cap, IntentStart, LimitsState, LiveKey, RateLimits } from "@/server/ledger";
import { anIntent, type MoneyFixture } from "@/server/ledger/fixtures";
import { type Clock, systemClock } from "@/server/platform/clock";
import type { AdmitRequest, CounterStore } from "./contract";
import type { Admission } from "./gate";
import { createMemoryStore } from "./memory-store";
import { createIoredisRunner } from "./redis/ioredis";
import { createRedisStore } from "./redis/store";
import { createUpstashRunner } from "./redis/upstash";

/** A request for `reserved` nano-USD at the gate. */
export function anAdmission(
  fixture: MoneyFixture,
  reserved: bigint,
  overrides: Partial<IntentStart> = {},
): Admission {
  const { leaseId: _none, ...intent } = anIntent(fixture, reserved, overrides);
  return { ...intent, receivedAtMs: systemClock.nowMs() };
}

const NO_RATES: RateLimits = { requests: null, tokens: null, concurrent: null };
export const AT_MS = 1_750_000_000_000;

/** What Postgres would say of an organization with one key and no budgets. */
export function aState(overrides: Partial<LimitsState> = {}): LimitsState {
  return {
    version: 1,
    rates: NO_RATES,
    keys: [aKey("key_1"), aKey("key_2")],
    caps: [],
    holds: [],
    ...overrides,
  };
}

export function aKey(
  id: string,
  rates: Partial<RateLimits> = {},
  expiresAtMs: number | null = null,
): LiveKey {
  return { id, expiresAtMs, rates: { ...NO_RATES, ...rates } };
}

export function aCap(id: string, limit: bigint, overrides: Partial<Cap> = {}): Cap {
  return {
    id,
    scope: "organization",
    scopeId: "org_1",
    window: "day",
    limit,
    spent: 0n,
    endsAtMs: AT_MS + 86_400_000,
    resetsAtMs: AT_MS + 86_400_000,
    ...overrides,
  };
}

export function aRequest(
  requestId: string,
  amount: bigint,
  overrides: Partial<AdmitRequest> = {},
): AdmitRequest {
  return {
    organizationId: "org_1",
    projectId: "prj_1",
    memberId: "mem_1",
    keyId: "key_1",
    requestId,
    amount,
    tokens: 10,
    holdTtlMs: 60_000,
    lock: "me",
    isAgain: false,
    ...overrides,
  };
}

/** Every counter store there is, each with a clock of the test's. Redis and the bridge are real processes and sockets. */
export async function startStores() {
  const redis = await startRedisServer();
  const bridge = await startUpstashBridge(redis.url);
  const runners = {
    redis: createIoredisRunner(redis.url, { deadlineMs: 5_000 }),
    upstash: createUpstashRunner(bridge, { deadlineMs: 5_000 }),
  };
  return {
    redis,
    bridge,
    make: (kind: StoreKind, clock: Clock): CounterStore =>
      kind === "memory" ? createMemoryStore(clock) : createRedisStore(runners[kind], { clock }),
    async empty() {
      await runners.redis.script("return redis.call('FLUSHALL')", [], []);
    },
    async close() {
      await Promise.all([runners.redis.close(), runners.upstash.close()]);
      await bridge.close();
      await redis.stop();
    },
  };
}

export const STORE_KINDS = ["memory", "redis", "upstash"] as const;
export type StoreKind = (typeof STORE_KINDS)[number];
