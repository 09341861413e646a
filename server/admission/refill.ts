import type { CounterKnowledge, Rotation } from "@/server/ledger";
import type { Basis, CounterStore } from "./contract";

/** Monotonic order of events in this process: tells whether a refill began after a request arrived. */
export type Tick = number;

export interface Refill {
  readonly startedAt: Tick;
  readonly rotation: Rotation;
}

export type Rotate = (organizationId: string, minimum: bigint, known: CounterKnowledge) => Promise<Rotation>;

/** What the counters said when they asked for a refill. `basis` is null when they know nothing. */
export interface RefillCall {
  readonly basis: Basis | null;
  readonly generation: number;
  readonly nowMs: number;
  /** Before they were asked. */
  readonly askedAt: Tick;
}

export interface RefillCoordinator {
  tick(): Tick;
  /**
   * Joins the organization's refill under way, or starts one that lends at least `minimum` nano-USD. Only the holder of the
   * store's refill lock may start one. Null: something was installed since they were asked, so ask them again.
   */
  refill(organizationId: string, minimum: bigint, call: RefillCall): Promise<Refill | null>;
  /** Intents that are being written: a refill lets them go first, or it would fence the lease under them. */
  letGoFirst(organizationId: string, start: Promise<unknown>): void;
  /** The refill under way in this process, if there is one. */
  underWay(organizationId: string): Promise<Refill> | undefined;
}

/**
 * Single flight per organization: without it every caller that finds the lease empty would open one of its own, and
 * the whole balance would end up in leases.
 */
export function createRefillCoordinator(
  store: CounterStore,
  rotate: Rotate,
  lock: string,
): RefillCoordinator {
  const running = new Map<string, Promise<Refill>>();
  const installedAt = new Map<string, Tick>();
  const starting = new Map<string, Set<Promise<unknown>>>();
  let now: Tick = 0;

  const run = async (
    organizationId: string,
    minimum: bigint,
    { basis, generation: follows, nowMs }: RefillCall,
    startedAt: Tick,
  ): Promise<Refill> => {
    try {
      await Promise.allSettled([...(starting.get(organizationId) ?? [])]);
      const known = { leaseId: basis?.leaseId ?? null, version: basis?.version ?? null, nowMs };
      const rotation = await rotate(organizationId, minimum, known);
      const { generation, state } = rotation;
      const lease =
        rotation.verdict === "ok" ? { id: rotation.leaseId, granted: rotation.grantedNanoUsd } : null;
      if (lease || state) {
        const installation = { generation, lease, state, follows, lock };
        await store.install(organizationId, installation);
        now += 1;
        installedAt.set(organizationId, now);
      } else await store.unlock(organizationId, lock);
      return { startedAt, rotation };
    } finally {
      running.delete(organizationId);
    }
  };

  return {
    tick() {
      now += 1;
      return now;
    },
    async refill(organizationId, minimum, call) {
      const joined = running.get(organizationId);
      if (joined) return joined;
      if (call.askedAt < (installedAt.get(organizationId) ?? 0)) {
        await store.unlock(organizationId, lock);
        return null;
      }
      now += 1;
      const started = run(organizationId, minimum, call, now);
      running.set(organizationId, started);
      return started;
    },
    letGoFirst(organizationId, start) {
      const starts = starting.get(organizationId) ?? new Set();
      starting.set(organizationId, starts);
      starts.add(start);
      const forget = () => {
        starts.delete(start);
        if (starts.size === 0 && starting.get(organizationId) === starts) starting.delete(organizationId);
      };
      start.then(forget, forget);
    },
    underWay: (organizationId) => running.get(organizationId),
  };
}
