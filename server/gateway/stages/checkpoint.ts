import type { GatewayDeps } from "../types";
import type { CalledStream } from "./call";
import { meterByCounting } from "./meter";

/** Short streams settle before the first checkpoint would be worth its statement. */
const FIRST_AFTER_MS = 250;
const EVERY_MS = 10_000;
/** About 4,000 tokens of event-stream framing. */
const EVERY_CHUNKS = 4_000;

/**
 * Writes what would be owed if this process died now: soon after the first byte, then every ten seconds or some four
 * thousand tokens. Best effort, and never above what was delivered.
 */
export function startCheckpoints(
  deps: GatewayDeps,
  called: CalledStream,
): { delivered(): void; stop(): void } {
  let chunksSince = 0;
  let isStopped = false;
  let isWriting = false;

  const write = async () => {
    if (isStopped || isWriting) return;
    isWriting = true;
    chunksSince = 0;
    try {
      const { charge } = await meterByCounting(deps, called, called.relay.generatedText());
      if (!isStopped) await deps.intents.checkpoint(called.admitted.generationId, charge);
    } catch (reason) {
      deps.log.warn(
        { generationId: called.admitted.generationId, reason: String(reason) },
        "checkpoint not written",
      );
    } finally {
      isWriting = false;
    }
  };

  let timer = setTimeout(() => {
    void write();
    timer = setInterval(() => void write(), EVERY_MS);
  }, FIRST_AFTER_MS);

  return {
    delivered() {
      chunksSince += 1;
      if (chunksSince >= EVERY_CHUNKS) void write();
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
