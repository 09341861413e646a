import type { Clock } from "@/server/platform/clock";
import { type CounterStore, NoVerdict } from "./contract";

/** A counter store answers within this, or has not answered. */
export const STORE_DEADLINE_MS = 250;
/** So many failures in a row open the breaker, for this long; then one call is let through to see. */
const FAILURES = 3;
const OPEN_MS = 1_000;

/**
 * A deadline and a breaker in front of a remote store. While it is open no time is lost on a store that is away: every call
 * fails at once with NoVerdict, and whoever asked takes the strict path.
 */
export function createGuardedStore(
  store: CounterStore,
  clock: Clock,
  onChange: (state: "open" | "closed") => void = () => {},
): CounterStore {
  let failures = 0;
  let openedAtMs: number | null = null;
  let isProbing = false;

  const guard = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (openedAtMs !== null) {
      if (isProbing || clock.nowMs() - openedAtMs < OPEN_MS)
        throw new NoVerdict("counter store: breaker open");
      isProbing = true;
    }
    try {
      const result = await withDeadline(work());
      if (openedAtMs !== null) onChange("closed");
      failures = 0;
      openedAtMs = null;
      return result;
    } catch (reason) {
      if (reason instanceof RangeError) throw reason;
      failures += 1;
      if (failures >= FAILURES || openedAtMs !== null) {
        if (openedAtMs === null) onChange("open");
        openedAtMs = clock.nowMs();
      }
      throw NoVerdict.is(reason) ? reason : new NoVerdict("counter store: failed");
    } finally {
      isProbing = false;
    }
  };

  const { outbox } = store;
  return {
    admit: (request) => guard(() => store.admit(request)),
    install: (organizationId, installation) => guard(() => store.install(organizationId, installation)),
    finish: (organizationId, requestId, ending) =>
      guard(() => store.finish(organizationId, requestId, ending)),
    fence: (organizationId, generation) => guard(() => store.fence(organizationId, generation)),
    forget: (organizationId, generation) => guard(() => store.forget(organizationId, generation)),
    unlock: (organizationId, lock) => guard(() => store.unlock(organizationId, lock)),
    read: (organizationId) => guard(() => store.read(organizationId)),
    organizations: () => guard(() => store.organizations()),
    outbox: outbox && {
      put: (id, text) => guard(() => outbox.put(id, text)),
      list: (limit) => guard(() => outbox.list(limit)),
      remove: (id) => guard(() => outbox.remove(id)),
    },
  };
}

function withDeadline<Result>(work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      // An answer that is already in the socket when a busy process wakes up is not late: one turn to read it.
      setImmediate(() => setImmediate(() => reject(new NoVerdict("counter store: no answer in time"))));
    }, STORE_DEADLINE_MS);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
