import { AppError } from "@/server/platform/errors";
import { SSE_KEEP_ALIVE } from "@/server/protocols/sse";
import { quirksOf } from "@/server/providers";
import type { GatewayDeps } from "../types";
import type { CalledStream } from "./call";
import { startCheckpoints } from "./checkpoint";
import { type Metered, meterStream, toFinalUsage } from "./meter";
import type { Ended } from "./settle";

const KEEP_ALIVE_MS = 15_000;
const FINISHED = { done: true, value: undefined } as const;

/** How a stream can end, and what the log says of each. */
const ENDINGS = {
  complete: { outcome: "succeeded", httpStatus: 200, errorCode: null },
  truncated: { outcome: "truncated", httpStatus: 200, errorCode: "upstream_stream_truncated" },
  provider_error: { outcome: "failed", httpStatus: 200, errorCode: "upstream_error" },
  canceled: { outcome: "canceled", httpStatus: 499, errorCode: "client_closed_request" },
} as const;

type Exit = keyof typeof ENDINGS;

/**
 * Called → Relayed for streams. Bytes are forwarded as they came; a copy is read for metering. However the stream ends
 * (properly, by the provider's fault, or because the client left), it leaves through one exit, once, and that settles it.
 */
export function relayStream(
  deps: GatewayDeps,
  called: CalledStream,
  onEnded: (ended: Ended) => void,
): AsyncIterable<Uint8Array> {
  const { body, relay } = called;
  const exit = createExit(deps, called, onEnded);
  let head: readonly Uint8Array[] = called.head;
  let reading: Promise<Uint8Array | null> | null = null;
  let isBroken = false;

  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    if (exit.isTaken()) return FINISHED;
    if (head.length > 0) {
      const value = Buffer.concat(head);
      head = [];
      return { done: false, value };
    }
    while (!relay.state().done && !relay.state().error) {
      reading ??= body.read();
      const chunk = await readOrSilence(reading).catch((): typeof BROKEN => BROKEN);
      if (exit.isTaken()) return FINISHED;
      if (chunk === SILENCE) return { done: false, value: SSE_KEEP_ALIVE };
      reading = null;
      isBroken = chunk === BROKEN;
      if (chunk === null || chunk === BROKEN) break;
      const forward = relay.push(chunk);
      exit.delivered();
      if (forward.length > 0) return { done: false, value: Buffer.concat(forward) };
    }
    return { done: false, value: await lastFrame(called, exit, isBroken) };
  };

  return {
    [Symbol.asyncIterator]: () => ({
      next,
      return: async () => {
        await exit.take("canceled");
        return FINISHED;
      },
    }),
  };
}

interface StreamExit {
  isTaken(): boolean;
  /** Bytes went to the client. */
  delivered(): void;
  /**
   * Stops the timers, meters what was delivered and hands it to settlement. Only the first call does anything; later
   * ones wait for it.
   */
  take(how: Exit): Promise<Metered | null>;
}

function createExit(deps: GatewayDeps, called: CalledStream, onEnded: (ended: Ended) => void): StreamExit {
  const checkpoints = startCheckpoints(deps, called);
  let taken: Promise<Metered | null> | null = null;
  const leave = async (how: Exit) => {
    checkpoints.stop();
    if (how !== "complete") called.admitted.request.abort();
    const metered = await meterStream(deps, called, how === "complete");
    onEnded({
      finishReason: called.relay.state().finishReason,
      attempts: called.attempts,
      candidate: called.candidate,
      sentAtMs: called.sentAtMs,
      firstByteAtMs: called.firstByteAtMs,
      metered,
      ...ENDINGS[how],
    });
    return metered;
  };
  return {
    isTaken: () => taken !== null,
    delivered: checkpoints.delivered,
    take(how) {
      taken ??= leave(how);
      return taken;
    },
  };
}

/**
 * Usage and end mark after a proper end; an error frame otherwise, so that a broken stream never looks complete. A finish
 * reason alone is no end: what has to follow it, as usage, can be cut off too.
 */
async function lastFrame(called: CalledStream, exit: StreamExit, isBroken: boolean): Promise<Uint8Array> {
  const { done, finishReason, error, endsWithConnection } = called.relay.state();
  if (error) {
    await exit.take("provider_error");
    return errorFrame(called, "upstream_error", "The provider reported an error while it was answering.");
  }
  const isMarked = !endsWithConnection && !quirksOf(called.candidate.provider).endsWithConnection;
  const isComplete = done || (!isMarked && finishReason !== null && !isBroken);
  if (!isComplete) {
    await exit.take("truncated");
    return errorFrame(
      called,
      "upstream_stream_truncated",
      "The provider's stream broke off. Only what was delivered is charged.",
    );
  }
  const metered = await exit.take("complete");
  const end = called.relay.end(metered && toFinalUsage(metered));
  await called.admitted.operation.beforeEnd?.(end);
  return end;
}

function errorFrame(
  called: CalledStream,
  code: "upstream_error" | "upstream_stream_truncated",
  message: string,
): Uint8Array {
  return called.relay.fail(new AppError(code, { message }), called.admitted.requestId);
}

const SILENCE = Symbol("silence");
/** The connection to the provider was lost, or timed out. */
const BROKEN = Symbol("broken");

function readOrSilence(reading: Promise<Uint8Array | null>): Promise<Uint8Array | null | typeof SILENCE> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(SILENCE), KEEP_ALIVE_MS);
    reading.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
