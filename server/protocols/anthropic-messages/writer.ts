import type { AppError } from "@/server/platform/errors";
import type { AnswerIdentity, AnswerWriter, FinalUsage, FinishReason } from "../model";
import { createBlockWriter } from "./block-writer";
import { errorFrame } from "./errors";
import { toFrame } from "./frames";
import { messageOf } from "./message";
import { toStopReason } from "./stop-reason";
import { ownUsageFields, toMessagesUsage } from "./usage";

/** Letters in a token of ordinary text; only for the provisional count at the start of a stream. */
const CHARACTERS_PER_TOKEN = 4;

/**
 * Writes another protocol's answer as a Messages stream: `message_start`, blocks that open and close one after the other,
 * `message_delta` with the true usage, `message_stop`.
 */
export function createMessagesWriter(identity: AnswerIdentity): AnswerWriter {
  const blocks = createBlockWriter();
  let isStarted = false;
  let reason: FinishReason = "stop";
  let stopSequence: string | null = null;

  const start = (): Uint8Array[] => {
    if (isStarted) return [];
    isStarted = true;
    return [toFrame({ type: "message_start", message: openMessage(identity) })];
  };

  return {
    write(events) {
      if (events.length === 0) return [];
      const frames = start();
      for (const event of events) {
        if (event.choice !== 0) continue;
        if (event.kind === "finish") {
          reason = event.reason;
          stopSequence = event.stopSequence ?? null;
        }
        frames.push(...blocks.write(event).map(toFrame));
      }
      return frames;
    },
    end(final) {
      if (reason === "error") return Buffer.concat([...start(), providerError()]);
      const stop = toStopReason(reason, { hasTools: blocks.hasTools(), stopSequence });
      return Buffer.concat([
        ...start(),
        ...blocks.end().map(toFrame),
        toFrame({
          type: "message_delta",
          delta: { stop_reason: stop, stop_sequence: stop === "stop_sequence" ? stopSequence : null },
          usage: finalUsage(identity, final),
        }),
        toFrame({ type: "message_stop" }),
      ]);
    },
    fail: (error: AppError, requestId: string) => errorFrame(error, requestId),
  };
}

/** The provider itself called its answer a failure: it must not end like a good one. */
function providerError(): Uint8Array {
  return toFrame({
    type: "error",
    error: { type: "api_error", message: "The provider reported an error while it was answering." },
  });
}

/** The true counts come with the end; clients show this one meanwhile, so it is near the truth and never zero. */
function openMessage(identity: AnswerIdentity) {
  const estimate = Math.max(1, Math.ceil(identity.call.promptText().length / CHARACTERS_PER_TOKEN));
  return {
    ...messageOf(identity),
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: {
      input_tokens: estimate,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: 1,
    },
  };
}

function finalUsage(identity: AnswerIdentity, final: FinalUsage | null) {
  if (final) return { ...toMessagesUsage(final.usage), ...ownUsageFields(final) };
  return { input_tokens: openMessage(identity).usage.input_tokens, output_tokens: 0 };
}
