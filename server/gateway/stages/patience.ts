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

/** @param totalMs for all waits of one request together */
export function createPatience(totalMs = STORES_MS): Patience {
  let leftMs = totalMs;
  return {
    async wait(work) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      let stepBeganMs = performance.now();
      const tooLong = new Promise<never>((_resolve, reject) => {
        const step = () => {
          stepBeganMs = performance.now();
          timer = setTimeout(() => {
            leftMs -= STEP_MS;
            stepBeganMs = performance.now();
            if (leftMs > 0) step();
            // An answer that is already in the socket is not late: one turn to read it.
            else setImmediate(() => setImmediate(() => reject(storesAway())));
          }, STEP_MS);
        };
        step();
      });
      try {
        return await Promise.race([work, tooLong]);
      } finally {
        clearTimeout(timer);
        leftMs -= Math.min(STEP_MS, performance.now() - stepBeganMs);
      }
    },
  };
}

function storesAway(): AppError {
  return new AppError("service_unavailable", {
    message: "A part of our system does not answer in time. Nothing was sent to a provider. Please retry.",
    internal: "a store took too long",
    retryAfterSeconds: 1,
  });
}
