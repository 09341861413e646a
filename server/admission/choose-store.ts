import type { Clock } from "@/server/platform/clock";
import type { Log } from "@/server/platform/log";
import type { CounterStore } from "./contract";
import { createGuardedStore, STORE_DEADLINE_MS } from "./guarded-store";
import { createMemoryStore } from "./memory-store";
import { createIoredisRunner } from "./redis/ioredis";
import type { RedisRunner } from "./redis/runner";
import { createRedisStore } from "./redis/store";
import { createUpstashRunner } from "./redis/upstash";

export interface StoreSettings {
  readonly upstash: { readonly url: string; readonly token: string } | null;
  readonly redisUrl: string | null;
}

export interface ChosenStore {
  readonly store: CounterStore;
  /** The Redis behind it, for what else processes share; null in memory. */
  readonly runner: RedisRunner | null;
  close(): Promise<void>;
}

/** Upstash when it is configured, else Redis, else the memory of this process. */
export function chooseStore(settings: StoreSettings, clock: Clock, log: Log): ChosenStore {
  const options = { deadlineMs: STORE_DEADLINE_MS };
  const remote = (kind: "upstash" | "redis", runner: RedisRunner): ChosenStore => ({
    store: createGuardedStore(createRedisStore(runner), clock, (breaker) =>
      log.warn({ store: kind, breaker }, "counter store: breaker"),
    ),
    runner,
    close: () => runner.close(),
  });
  if (settings.upstash) return remote("upstash", createUpstashRunner(settings.upstash, options));
  if (settings.redisUrl) return remote("redis", createIoredisRunner(settings.redisUrl, options));
  return { store: createMemoryStore(clock), runner: null, close: async () => {} };
}
