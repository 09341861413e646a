import { objectsIn } from "../fields";
import type { AnswerReader } from "../model";
import { createChunkState } from "../openai-chat/chunk-state";
import { createSseSplitter } from "../sse";
import { readChoice } from "./from-response";

/** Reads a stream of legacy completion chunks into events. */
export function reader(): AnswerReader {
  const splitter = createSseSplitter();
  const chunks = createChunkState();
  return {
    push: (bytes) =>
      splitter.push(bytes).flatMap((event) => {
        if (chunks.state.done || chunks.state.error) return [];
        const taken = chunks.take(event);
        return taken.kind === "chunk" ? objectsIn(taken.chunk.choices).flatMap(readChoice) : [];
      }),
    state: () => chunks.state,
  };
}
