import { isObject, readObject } from "../fields";
import type { AnswerEvent, AnswerReader, TokenUsage } from "../model";
import { createSseSplitter, readSseEvent } from "../sse";
import { createCandidateLog } from "./from-response";
import { readGeminiUsage } from "./usage";

/**
 * Reads `streamGenerateContent?alt=sse`. There is no end mark: the stream has ended when every answer in it has a finish
 * reason and the connection closes. Usage comes with each piece and may fall; the last one is the total.
 */
export function createGeminiReader(): AnswerReader {
  const splitter = createSseSplitter();
  const log = createCandidateLog();
  const state = {
    started: false,
    finishReason: null as string | null,
    done: false,
    endsWithConnection: true,
    error: null as Record<string, unknown> | null,
    usage: null as TokenUsage | null,
    rawUsage: null as unknown,
  };
  let hasText = false;

  const take = (response: Record<string, unknown>): AnswerEvent[] => {
    if (isObject(response.error)) {
      state.error = response.error;
      return [];
    }
    const events = log.read(response);
    state.started ||= events.length > 0;
    hasText ||= events.some(({ kind }) => kind !== "finish");
    state.finishReason = log.finishReason();
    if (isObject(response.usageMetadata)) {
      state.rawUsage = response.usageMetadata;
      // Before the end the answer's own tokens may not be stated yet: then they are counted, not taken for zero.
      const isPartial = response.usageMetadata.candidatesTokenCount === undefined;
      state.usage =
        isPartial && hasText && state.finishReason === null ? null : readGeminiUsage(response.usageMetadata);
    }
    return events;
  };

  return {
    push(chunk) {
      const events: AnswerEvent[] = [];
      for (const frame of splitter.push(chunk)) {
        if (state.error) break;
        const { data } = readSseEvent(frame);
        const response = data === null ? null : readObject(data);
        if (response !== null) events.push(...take(response));
      }
      return events;
    },
    state: () => state,
  };
}
