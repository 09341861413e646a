import type { Tick } from "./refill";

/** Answers from a look-up that began after the caller arrived; callers at the same time share one. */
export function createFreshLookup<Result>(
  look: (id: string) => Promise<Result>,
  tick: () => Tick,
): (id: string, arrivedAt: Tick) => Promise<Result> {
  const underWay = new Map<string, { readonly startedAt: Tick; readonly result: Promise<Result> }>();

  return async (id, arrivedAt) => {
    for (;;) {
      const current = underWay.get(id);
      if (current) {
        if (current.startedAt > arrivedAt) return current.result;
        await current.result.catch(() => undefined);
        if (underWay.get(id) === current) underWay.delete(id);
        continue;
      }
      const started = { startedAt: tick(), result: look(id) };
      underWay.set(id, started);
      const forget = () => {
        if (underWay.get(id) === started) underWay.delete(id);
      };
      started.result.then(forget, forget);
      return started.result;
    }
  };
}
