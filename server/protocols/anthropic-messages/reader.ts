import { isObject, type Json, readObject, textIn } from "../fields";
import type { AnswerEvent, AnswerReader, AnswerState } from "../model";
import { createSseSplitter, readSseEvent } from "../sse";
import { createBlockReader } from "./blocks";
import { fromStopReason } from "./stop-reason";
import { mergeUsage, readMessagesUsage } from "./usage";

/** What the events of a stream have shown so far, event by event. */
export interface StreamInterpreter {
  /** Takes the data of one event; its `type` decides. What is unknown is passed over. */
  take(event: Json): AnswerEvent[];
  readonly state: AnswerState;
}

/**
 * Only `message_stop` ends a message. Until it has come there is no finish reason, although `message_delta` names one:
 * a stream that breaks off between the two must look broken to everyone.
 *
 * The output count of `message_start` is provisional, so it is no usage yet; its prompt counts.
 */
export function createStreamInterpreter(): StreamInterpreter {
  const blocks = createBlockReader();
  const state = {
    started: false,
    finishReason: null as string | null,
    done: false,
    error: null as Json | null,
    usage: null as AnswerState["usage"],
    promptUsage: null as AnswerState["usage"],
    rawUsage: null as Json | null,
  };
  let stopReason: string | null = null;
  let stopSequence: string | null = null;

  const noteUsage = (usage: unknown, isFinal: boolean) => {
    if (!isObject(usage)) return;
    state.rawUsage = mergeUsage(state.rawUsage, usage);
    if (isFinal) state.usage = readMessagesUsage(state.rawUsage);
    else state.promptUsage = readMessagesUsage({ ...usage, output_tokens: 0 });
  };
  const noteEnd = (event: Json) => {
    state.started = true;
    noteUsage(event.usage, true);
    if (!isObject(event.delta)) return;
    stopReason = textIn(event.delta.stop_reason) ?? stopReason;
    stopSequence = textIn(event.delta.stop_sequence) ?? stopSequence;
  };
  /** An empty text or thought is opened before there is a word of it. */
  const open = (index: unknown, block: Json) => {
    const events = blocks.open(index, block);
    state.started ||= events.length > 0 || (block.type !== "text" && block.type !== "thinking");
    return events;
  };

  return {
    state,
    take(event) {
      switch (event.type) {
        case "message_start":
          if (isObject(event.message)) noteUsage(event.message.usage, false);
          return [];
        case "content_block_start":
          return isObject(event.content_block) ? open(event.index, event.content_block) : [];
        case "content_block_delta":
          state.started = true;
          return isObject(event.delta) ? blocks.grow(event.index, event.delta) : [];
        case "content_block_stop":
          return blocks.close(event.index);
        case "message_delta":
          noteEnd(event);
          return [];
        case "message_stop":
          state.started = true;
          state.done = true;
          state.finishReason = stopReason;
          return [finishEvent(stopReason, stopSequence, blocks.hasTools())];
        case "error":
          state.error = isObject(event.error) ? event.error : event;
          return [];
        default:
          return [];
      }
    },
  };
}

/** The way an answer ended. A forced call of our own JSON tool is an ordinary end. */
export function finishEvent(
  native: string | null,
  stopSequence: string | null,
  hasTools: boolean,
): AnswerEvent {
  const reason = native === "tool_use" && !hasTools ? "stop" : fromStopReason(native);
  return { kind: "finish", choice: 0, reason, native, ...(stopSequence === null ? {} : { stopSequence }) };
}

/** Reads a stream of the Messages API into events. */
export function createMessagesReader(): AnswerReader {
  const splitter = createSseSplitter();
  const interpreter = createStreamInterpreter();
  return {
    push(chunk) {
      const events: AnswerEvent[] = [];
      for (const frame of splitter.push(chunk)) {
        if (interpreter.state.done || interpreter.state.error) break;
        const event = readFrame(frame);
        if (event) events.push(...interpreter.take(event));
      }
      return events;
    },
    state: () => interpreter.state,
  };
}

/** The JSON of a frame, its type taken from the `event:` line where the data names none. */
export function readFrame(frame: Buffer): Json | null {
  const { event, data } = readSseEvent(frame);
  const parsed = data === null ? null : readObject(data);
  if (parsed && parsed.type === undefined && event !== null) return { ...parsed, type: event };
  return parsed;
}
