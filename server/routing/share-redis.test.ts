// Harm prevented: processes that never hear of each other's outages, or that hear of them twice as bad as they are.
import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createIoredisRunner } from "@/server/admission/redis/ioredis";
import { createUpstashRunner } from "@/server/admission/redis/upstash";
import { type RedisServer, startRedisServer } from "@/server/dev/redis-server";
import { startUpstashBridge } from "@/server/dev/upstash-bridge";
import { manualClock } from "@/server/platform/clock";
import { NEW_BREAKER, stateOf } from "./breaker";
import { createHealthBoard, SLOT_MS } from "./health-board";
import { createRedisShare, type RunScript } from "./share-redis";

let server: RedisServer;
let redis: Redis;
let bridge: Awaited<ReturnType<typeof startUpstashBridge>>;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  server = await startRedisServer();
  redis = new Redis(server.url);
  bridge = await startUpstashBridge(server.url);
});
beforeEach(() => redis.flushall());
afterAll(async () => {
  for (const close of closing) await close();
  redis.disconnect();
  await bridge.close();
  await server.stop();
});

const options = { deadlineMs: 2_000 };
const runnerOf = {
  redis: () => createIoredisRunner(server.url, options),
  upstash: () => createUpstashRunner(bridge, options),
};
const failure = { outcome: "failure" } as const;
const success = { outcome: "success", firstTokenMs: 100, durationMs: 1_100, outputTokens: 50 } as const;

describe.each(["redis", "upstash"] as const)("two processes that meet in %s", (kind) => {
  const clock = manualClock();
  const transitions: string[] = [];
  function twoBoards(wrap: (run: RunScript) => RunScript = (run) => run) {
    transitions.length = 0;
    return [0, 1].map((at) => {
      const runner = runnerOf[kind]();
      closing.push(() => runner.close());
      return createHealthBoard({
        clock,
        share: createRedisShare(wrap(runner.script), clock),
        onTransition: (id, state) => transitions.push(`${at} ${id} ${state}`),
      });
    }) as [ReturnType<typeof createHealthBoard>, ReturnType<typeof createHealthBoard>];
  }

  it("hear of an open breaker, and of its recovery", async () => {
    const [a, b] = twoBoards();
    const stateAt = (board: typeof a) => {
      const health = board.healthOf("ep");
      return health && stateOf(health.breaker, clock.nowMs());
    };
    for (let n = 0; n < 5; n += 1) a.report("ep", failure);
    await a.exchange();
    await b.exchange();
    expect([stateAt(a), stateAt(b)]).toEqual(["open", "open"]);
    clock.advance(5_000);
    b.sent("ep");
    b.report("ep", success);
    await b.exchange();
    await a.exchange();
    expect([stateAt(a), stateAt(b)]).toEqual(["closed", "closed"]);
    expect(transitions).toEqual(["0 ep open", "1 ep closed"]);
  });

  it("let an ejection that ends later stand, and share what keys rest", async () => {
    const meet = createRedisShare(runnerOf[kind]().script, clock);
    const said = (openUntilMs: number | null, rests: [string, number][] = []) =>
      meet(
        {
          counts: new Map(),
          breakers: new Map([["ep", { ...NEW_BREAKER, openUntilMs }]]),
          rests: new Map(rests),
        },
        Math.floor(clock.nowMs() / SLOT_MS),
      );
    await said(2_000_000_005_000, [["key", 2_000_000_060_000]]);
    const known = await said(2_000_000_001_000, [["key", 2_000_000_010_000]]);
    expect(known?.breakers.get("ep")?.openUntilMs).toBe(2_000_000_005_000);
    expect(known?.rests).toEqual(new Map([["key", 2_000_000_060_000]]));
    expect((await said(null))?.breakers.get("ep")?.openUntilMs).toBeNull();
  });

  it("sum what both have seen, once, with one command each", async () => {
    let commands = 0;
    const [a, b] = twoBoards((run) => (...args) => {
      commands += 1;
      return run(...args);
    });
    for (const board of [a, b]) {
      for (let n = 0; n < 9; n += 1) board.report("ep", success);
      board.report("ep", failure);
      board.report("ep2", { outcome: "rate_limited", retryAfterMs: 3_000 });
    }
    for (let round = 0; round < 3; round += 1) for (const board of [a, b]) await board.exchange();
    expect(commands).toBe(6);
    for (const board of [a, b]) {
      expect(board.summaryOf("ep")).toMatchObject({ requests: 20, successShare: 0.9 });
      expect(board.summaryOf("ep").firstTokenMsP50).toBeCloseTo(100, -1.5);
      expect(board.summaryOf("ep").tokensPerSecondP50).toBeGreaterThan(40);
      expect(board.summaryOf("ep2").requests).toBe(2);
    }
    const [late] = twoBoards();
    await late.exchange();
    expect(late.summaryOf("ep").requests).toBe(20);
    clock.advance(310_000);
    await late.exchange();
    expect(late.summaryOf("ep").requests).toBe(0);
    for (const key of await redis.keys("*")) expect(await redis.ttl(key)).toBeGreaterThan(0);
  });

  it("tell what changed while Redis was away as soon as it is back", async () => {
    let isAway = false;
    const [a, b] = twoBoards(
      (run) =>
        (...args) =>
          isAway ? Promise.reject(new Error("away")) : run(...args),
    );
    for (let n = 0; n < 5; n += 1) a.report("ep", failure);
    isAway = true;
    await a.exchange();
    isAway = false;
    await a.exchange();
    await b.exchange();
    const health = b.healthOf("ep");
    expect(health && stateOf(health.breaker, clock.nowMs())).toBe("open");
  });
});
