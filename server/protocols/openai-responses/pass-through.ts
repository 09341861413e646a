import type { AppError } from "@/server/platform/errors";
import { isObject, type Json } from "../fields";
import { type AnswerIdentity, type FinalUsage, type StreamRelay, textOfEvents } from "../model";
import { createSseSplitter, SSE_DONE } from "../sse";
import { amendResponse } from "./amend";
import { failureFrames, toFrame } from "./frames";
import { createEventReader } from "./reader";
import { newResponse } from "./response-object";
import { toClientUsage } from "./usage";

/**
 * Forwards a stream of this very protocol. Bytes go on as they came; only the response objects of the first and last
 * events are rewritten, where what is said in them about state, usage and cost differs. The last event is held back until
 * the cost is known, so that a stream which breaks off never has one.
 */
export function passThroughResponses(identity: AnswerIdentity): StreamRelay {
  const splitter = createSseSplitter();
  const reader = createEventReader();
  let text = "";
  /** The provider's own response object, as it was last seen. */
  let response: Json | null = null;
  let lastEvent: Json | null = null;
  let lastSequence = -1;

  const take = (event: Buffer): Uint8Array[] => {
    const { data, events } = reader.take(event);
    text += textOfEvents(events);
    if (data === null) return isEndMark(event) ? [] : [event];
    if (isObject(data.response)) response = data.response;
    const { done, error } = reader.state();
    if (done || error) {
      lastEvent = data;
      return [];
    }
    if (typeof data.sequence_number === "number") lastSequence = data.sequence_number;
    if (!isObject(data.response)) return [event];
    const amended = amendResponse(data.response, identity);
    return amended === data.response ? [event] : [toFrame({ ...data, response: amended })];
  };

  const finalResponse = (final: FinalUsage | null): Json | null =>
    response && {
      ...amendResponse(response, identity),
      ...(final ? { usage: toClientUsage(final, final.rawUsage) } : {}),
    };

  return {
    push(chunk) {
      const forward: Uint8Array[] = [];
      for (const event of splitter.push(chunk)) {
        if (reader.state().done || reader.state().error) break;
        forward.push(...take(event));
      }
      return forward;
    },
    state: reader.state,
    generatedText: () => text,
    end(final) {
      return Buffer.concat([toFrame({ ...lastEvent, response: finalResponse(final) }), SSE_DONE]);
    },
    fail(error: AppError, requestId: string) {
      const seen = response ?? newResponse(identity);
      return failureFrames({ response: seen, sequence: lastSequence + 1, error, requestId });
    },
  };
}

/** The protocol has no `[DONE]` at OpenAI, but at others it has; ours is sent at the end. */
function isEndMark(event: Buffer): boolean {
  return event.subarray(0, 40).toString("latin1").includes("[DONE]");
}
