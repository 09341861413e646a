import { objectsIn, readObject } from "../fields";
import type { AnswerIdentity, StreamRelay } from "../model";
import {
  createSseSplitter,
  endOfEvent,
  eventsIn,
  lastEventBefore,
  readSseEvent,
  SSE_DONE,
  toSseData,
} from "../sse";
import { createChunkState } from "./chunk-state";
import { toErrorBody } from "./errors";
import { generatedText } from "./text";
import { toClientUsage } from "./usage";

/** Kept events are turned into text when they grow beyond this, so that memory follows the text and not its framing. */
const KEPT_BYTES = 128 * 1024;
/** Only an event with one of these needs to be parsed while the stream runs; all others are forwarded unread. */
const MARKER = /"usage"\s*:\s*\{|"finish_reason"\s*:\s*"|"error"|\[DONE\]|event:/g;

/**
 * A stream whose client and provider both speak chat completions: bytes are forwarded as they came, a copy is read for
 * metering. Kept back are the chunk that carries only usage, until the cost can be written into it, and the end: from the
 * chunk that finishes the last choice on, until the end mark has come. A stream that breaks off between the two must not
 * look complete.
 */
export function passThrough(identity: AnswerIdentity): StreamRelay {
  return passThroughChunks(identity, toBareChunk(identity), (choice) => generatedText(choice.delta));
}

/**
 * The same for any stream of chunks with choices.
 * @param bareChunk what usage is sent in when the provider sent no chunk for it
 * @param textOf the generated text in one choice of a chunk
 */
export function passThroughChunks(
  { call }: AnswerIdentity,
  bareChunk: Readonly<Record<string, unknown>>,
  textOf: (choice: Record<string, unknown>) => string,
): StreamRelay {
  const splitter = createSseSplitter();
  const chunks = createChunkState();
  let usageChunk: Record<string, unknown> | null = null;
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let text = "";
  const ending: Buffer[] = [];

  const compact = () => {
    for (const event of kept.flatMap(eventsIn)) text += textOfEvent(event, textOf);
    kept = [];
    keptBytes = 0;
  };

  const keep = (events: Buffer) => {
    kept.push(events);
    keptBytes += events.length;
    if (keptBytes > KEPT_BYTES) compact();
  };

  const isEnding = () => ending.length > 0 || chunks.finished() >= call.choices;

  /** True when the event may be forwarded as it is. */
  const take = (event: Buffer): boolean => {
    const taken = chunks.take(event);
    if (taken.kind === "usage") usageChunk = taken.chunk;
    return taken.kind === "chunk" || taken.kind === "other";
  };

  return {
    push(chunk) {
      const forward: Uint8Array[] = [];
      const bytes = splitter.complete(chunk);
      // One letter a byte, so that places in the text are places in the bytes.
      const letters = bytes.toString("latin1");
      for (let at = 0; at < bytes.length && !chunks.state.done && !chunks.state.error; ) {
        const unreadTo = chunks.state.started && !isEnding() ? endOfUnread(bytes, letters, at) : at;
        const isUnread = unreadTo > at;
        const end = isUnread ? unreadTo : endOfEvent(bytes, at);
        const events = bytes.subarray(at, end === -1 ? undefined : end);
        at += events.length;
        keep(events);
        if (isUnread || take(events)) (isEnding() ? ending : forward).push(events);
      }
      return forward;
    },
    state: () => chunks.state,
    generatedText() {
      compact();
      return text;
    },
    end(final) {
      if (!final) return Buffer.concat([...ending, SSE_DONE]);
      const chunk = usageChunk ?? bareChunk;
      const usage = toSseData(Object.assign({}, chunk, { usage: toClientUsage(final, final.rawUsage) }));
      return Buffer.concat([...ending, usage, SSE_DONE]);
    },
    fail: (error, requestId) => toSseData(toErrorBody(error, requestId)),
  };
}

/** Where the events from `at` on end that nobody has to read. */
function endOfUnread(bytes: Buffer, letters: string, at: number): number {
  MARKER.lastIndex = at;
  const marked = MARKER.exec(letters);
  return marked === null ? bytes.length : Math.max(at, lastEventBefore(bytes, marked.index));
}

/** A chunk without choices, for usage. */
export function toBareChunk({ generationId, createdAtMs, model, provider }: AnswerIdentity) {
  return {
    id: generationId,
    object: "chat.completion.chunk",
    created: Math.floor(createdAtMs / 1_000),
    model,
    provider,
    choices: [] as unknown[],
  };
}

function textOfEvent(event: Buffer, textOf: (choice: Record<string, unknown>) => string): string {
  const { data } = readSseEvent(event);
  const chunk = data === null ? null : readObject(data);
  return objectsIn(chunk?.choices).map(textOf).join("");
}
