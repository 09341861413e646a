import { isObject, objectsIn, readObject } from "../fields";
import type { AnswerState, TokenUsage } from "../model";
import { readSseEvent } from "../sse";
import { readChatUsage } from "./usage";

/** What an event of a stream turned out to be. */
export type Taken =
  /** Nothing to read: a comment, or data that is no JSON object. */
  | { readonly kind: "other" }
  | { readonly kind: "done" }
  | { readonly kind: "error" }
  /** Only usage, and no choice. */
  | { readonly kind: "usage"; readonly chunk: Record<string, unknown> }
  | { readonly kind: "chunk"; readonly chunk: Record<string, unknown> };

export interface ChunkState {
  readonly state: AnswerState;
  /** How many choices have their finish reason. */
  finished(): number;
  take(event: Buffer): Taken;
}

/** Follows a stream of chat completion chunks: start, finish, usage, error and end. */
export function createChunkState(): ChunkState {
  const state = {
    started: false,
    finishReason: null as string | null,
    done: false,
    error: null as Record<string, unknown> | null,
    usage: null as TokenUsage | null,
    rawUsage: null as unknown,
  };

  const finished = new Set<unknown>();

  const noteFinish = (chunk: Record<string, unknown>) => {
    if (!Array.isArray(chunk.choices)) return;
    for (const choice of chunk.choices) {
      if (isObject(choice) && typeof choice.finish_reason === "string" && choice.finish_reason !== "") {
        state.finishReason = choice.finish_reason;
        finished.add(choice.index);
      }
    }
  };

  const noteUsage = (chunk: Record<string, unknown>): boolean => {
    const raw = isObject(chunk.usage) ? chunk.usage : isObject(chunk.x_groq) ? chunk.x_groq.usage : undefined;
    if (!isObject(raw)) return false;
    // Cumulative on every chunk or once at the end: the last one is the total.
    state.rawUsage = raw;
    state.usage = readChatUsage(raw);
    return true;
  };

  return {
    state,
    finished: () => finished.size,
    take(event) {
      const { event: name, data } = readSseEvent(event);
      if (data === null) return { kind: "other" };
      if (data.trim() === "[DONE]") {
        state.done = true;
        return { kind: "done" };
      }
      const chunk = readObject(data);
      if (chunk === null) return { kind: "other" };
      if (isObject(chunk.error) || name === "error") {
        state.error = isObject(chunk.error) ? chunk.error : chunk;
        noteUsage(chunk);
        return { kind: "error" };
      }
      state.started ||= saysSomething(chunk);
      noteFinish(chunk);
      const hasUsage = noteUsage(chunk);
      const isBare = hasUsage && Array.isArray(chunk.choices) && chunk.choices.length === 0;
      return { kind: isBare ? "usage" : "chunk", chunk };
    },
  };
}

/**
 * Is there anything that a reader would notice: a word, a thought, a call, an end? The role alone, with which many hosts
 * open before they have done any work, is not, and a failure after it is still tried elsewhere.
 */
function saysSomething(chunk: Record<string, unknown>): boolean {
  return objectsIn(chunk.choices).some(({ finish_reason, text, delta }) => {
    if (isFilled(finish_reason) || isFilled(text)) return true;
    return (
      isObject(delta) && Object.entries(delta).some(([name, value]) => name !== "role" && isFilled(value))
    );
  });
}

function isFilled(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== "";
}
