import { AppError } from "@/server/platform/errors";

/**
 * What our own stores may take of a request, in all, before it is told to come back: a caller hears within two seconds that
 * Postgres hangs. A body that comes slowly, and a provider that thinks, are not waited for here.
 */
const STORES_MS = 1_800;
/**
 * Time is counted in steps, and a step that a busy process ends late counts once: a thousand requests at once wait for this
 * process, and not for a store.
 */
const STEP_MS = 100;

export interface Patience {
  /** Waits for a store while there is time left. What it does later, it does for nobody. @throws AppError service_unavailable */
  wait<Result>(work: Promise<Result>): Promise<Result>;
}

/** Told every step: one timer for all that wait, because a request waits many times, and nearly always for a moment. */
const waiting = new Set<() => void>();
let ticker: ReturnType<typeof setInterval> | undefined;

function startTicking(): void {
  ticker ??= setInterval(() => {
    for (const tick of [...waiting]) tick();
    if (waiting.size > 0) return;
    clearInterval(ticker);
    ticker = undefined;
  }, STEP_MS).unref();
}

/** @param totalMs for all waits of one request together */
export function createPatience(totalMs = STORES_MS): Patience {
  let leftMs = totalMs;
  return {
    wait: (work) =>
      new Promise((resolve, reject) => {
        let countedMs = performance.now();
        const count = () => {
          const nowMs = performance.now();
          leftMs -= Math.min(STEP_MS, nowMs - countedMs);
          countedMs = nowMs;
        };
        const tick = () => {
          count();
          if (leftMs > 0) return;
          waiting.delete(tick);
          // An answer that is already in the socket is not late: one turn to read it.
          setImmediate(() => setImmediate(() => reject(storesAway())));
        };
        const ended = () => {
          if (waiting.delete(tick)) count();
        };
        waiting.add(tick);
        startTicking();
        work.then(
          (result) => {
            ended();
            resolve(result);
          },
          (reason: unknown) => {
            ended();
            reject(reason);
          },
        );
      }),
  };
}

function storesAway(): AppError {
  return new AppError("service_unavailable", {
    message: "A part of our system does not answer in time. Nothing was sent to a provider. Please retry.",
    internal: "a store took too long",
    retryAfterSeconds: 1,
  });
}
