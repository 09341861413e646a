import type { AppError } from "@/server/platform/errors";
import { usageWithCost } from "../cost";
import { isObject, readObject } from "../fields";
import type { AnswerState, FinalUsage, StreamRelay, TokenUsage } from "../model";
import { toErrorBody } from "../openai-chat";
import { createSseSplitter, readSseEvent, toSseData } from "../sse";
import { readTokens } from "./response";

/** A transcript that comes as it is heard. The last event waits until the cost can be written into its usage. */
export function transcriptRelay(): StreamRelay {
  const splitter = createSseSplitter();
  const state = {
    started: false,
    finishReason: null as string | null,
    done: false,
    error: null as AnswerState["error"],
    usage: null as TokenUsage | null,
    rawUsage: null as unknown,
  };
  let last: Record<string, unknown> | null = null;
  let text = "";

  /** True when the event may be forwarded as it is. */
  const take = (frame: Buffer): boolean => {
    const { data } = readSseEvent(frame);
    const event = data === null ? null : readObject(data);
    if (event === null) return data === null;
    if (isObject(event.error)) {
      state.error = event.error;
      return false;
    }
    state.started = true;
    if (event.type === "transcript.text.delta" && typeof event.delta === "string") text += event.delta;
    if (event.type !== "transcript.text.done") return true;
    last = event;
    state.finishReason = "stop";
    state.done = true;
    state.rawUsage = event.usage ?? null;
    state.usage = isObject(event.usage) ? readTokens(event.usage) : null;
    return false;
  };

  return {
    push(chunk) {
      const forward: Uint8Array[] = [];
      for (const frame of splitter.push(chunk)) {
        if (state.done || state.error) break;
        if (take(frame)) forward.push(frame);
      }
      return forward;
    },
    state: () => state,
    generatedText: () => text,
    end: (final: FinalUsage | null) => toSseData({ ...last, usage: usageWithCost(state.rawUsage, final) }),
    fail: (error: AppError, requestId: string) => toSseData(toErrorBody(error, requestId)),
  };
}
