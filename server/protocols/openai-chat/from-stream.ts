import { isObject, objectsIn } from "../fields";
import type { AnswerEvent, AnswerReader } from "../model";
import { createSseSplitter } from "../sse";
import { createChunkState } from "./chunk-state";
import { type CallNumbers, createCallNumbers, readDelta, readFinish } from "./read-delta";

/** Reads a stream of chat completion chunks into events, for a client that speaks another protocol. */
export function reader(): AnswerReader {
  const splitter = createSseSplitter();
  const chunks = createChunkState();
  const callsOf = new Map<number, CallNumbers>();

  const readChoice = (choice: Record<string, unknown>): AnswerEvent[] => {
    const number = typeof choice.index === "number" ? choice.index : 0;
    let calls = callsOf.get(number);
    if (!calls) {
      calls = createCallNumbers();
      callsOf.set(number, calls);
    }
    return [
      ...(isObject(choice.delta) ? readDelta(choice.delta, number, calls) : []),
      ...(isObject(choice.logprobs)
        ? [{ kind: "logprobs", choice: number, logprobs: choice.logprobs } as const]
        : []),
      ...readFinish(choice, number),
    ];
  };

  return {
    push(chunk) {
      const events: AnswerEvent[] = [];
      for (const event of splitter.push(chunk)) {
        if (chunks.state.done || chunks.state.error) break;
        const taken = chunks.take(event);
        if (taken.kind === "chunk") events.push(...objectsIn(taken.chunk.choices).flatMap(readChoice));
      }
      return events;
    },
    state: () => chunks.state,
  };
}
