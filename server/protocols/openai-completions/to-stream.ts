import type { AnswerEvent, AnswerIdentity, AnswerWriter } from "../model";
import { toErrorBody } from "../openai-chat/errors";
import { SSE_DONE, toSseData } from "../sse";
import { toFinishReason, toFrame } from "./to-response";
import { toClientUsage } from "./usage";

/** Writes legacy completion chunks from the events of a provider that speaks another protocol. Finishes wait for the end. */
export function writer(identity: AnswerIdentity): AnswerWriter {
  const finishes: Uint8Array[] = [];
  const frame = (index: number, text: string, finishReason: string | null) =>
    toSseData({
      ...toFrame(identity),
      choices: [{ text, index, logprobs: null, finish_reason: finishReason }],
    });
  const writeEvent = (event: AnswerEvent): Uint8Array[] => {
    if (event.kind === "text" || event.kind === "refusal") return [frame(event.choice, event.text, null)];
    if (event.kind === "finish") finishes.push(frame(event.choice, "", toFinishReason(event)));
    return [];
  };
  return {
    write: (events) => events.flatMap(writeEvent),
    end(final) {
      if (!final) return Buffer.concat([...finishes, SSE_DONE]);
      return Buffer.concat([
        ...finishes,
        toSseData({ ...toFrame(identity), usage: toClientUsage(final, null) }),
        SSE_DONE,
      ]);
    },
    fail: (error, requestId) => toSseData(toErrorBody(error, requestId)),
  };
}
