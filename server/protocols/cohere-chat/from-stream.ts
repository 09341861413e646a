import { isObject, objectsIn, readObject, textIn } from "../fields";
import type { AnswerEvent, AnswerReader, TokenUsage } from "../model";
import { createSseSplitter, readSseEvent } from "../sse";
import { argumentsIn, readCitation, toCall, toFinish, toReasoning } from "./from-response";
import { readCohereUsage } from "./usage";

type Json = Readonly<Record<string, unknown>>;

/** Reads `v2/chat` as a stream. `message-end` carries finish reason and usage, and ends it. */
/** Events that come before there is a word of the answer. */
const OPENINGS = new Set(["message-start", "content-start"]);

export function createCohereReader(): AnswerReader {
  const splitter = createSseSplitter();
  const message = createMessage();
  const state = {
    started: false,
    finishReason: null as string | null,
    done: false,
    error: null as Json | null,
    usage: null as TokenUsage | null,
    rawUsage: null as unknown,
  };

  const take = (type: string | null, payload: Json): AnswerEvent[] => {
    const delta = isObject(payload.delta) ? payload.delta : {};
    if (type === null) {
      // Not one of the protocol's events: what Cohere says when it fails before or within the stream.
      state.error = payload;
      return [];
    }
    if (type !== "message-end") {
      state.started ||= !OPENINGS.has(type);
      return message.read(type, isObject(delta.message) ? delta.message : {}, payload.index);
    }
    state.rawUsage = delta.usage ?? null;
    state.usage = readCohereUsage(delta.usage);
    const native = textIn(delta.finish_reason);
    if (native === "ERROR" || native === "TIMEOUT" || native === null) {
      state.error = { type: native ?? "message-end", message: textIn(delta.error) ?? "no finish reason" };
      return [];
    }
    state.started = true;
    state.finishReason = native;
    state.done = true;
    return [toFinish(native)];
  };

  return {
    push(chunk) {
      const events: AnswerEvent[] = [];
      for (const frame of splitter.push(chunk)) {
        if (state.error || state.done) break;
        const { data } = readSseEvent(frame);
        const payload = data === null ? null : readObject(data);
        if (payload !== null) events.push(...take(textIn(payload.type), payload));
      }
      return events;
    },
    state: () => state,
  };
}

/** The pieces of the one message. Tool calls are numbered as they begin. */
function createMessage() {
  const calls = new Map<unknown, { call: number; isEmpty: boolean }>();
  let isPlanning = false;

  const readContent = (content: unknown, begins: boolean): AnswerEvent[] => {
    if (!isObject(content)) return [];
    if (typeof content.thinking === "string" && (begins || content.thinking !== ""))
      return [toReasoning(content.thinking, begins)];
    return typeof content.text === "string" && content.text !== ""
      ? [{ kind: "text", choice: 0, text: content.text }]
      : [];
  };

  const addArguments = (index: unknown, fragment: string | null): AnswerEvent[] => {
    const known = calls.get(index);
    if (!known || fragment === null) return [];
    known.isEmpty = false;
    return [{ kind: "tool_arguments", choice: 0, call: known.call, fragment }];
  };

  const readCalls = (type: string, of: Json, index: unknown): AnswerEvent[] => {
    if (type === "tool-call-start") {
      const call = calls.size;
      calls.set(index, { call, isEmpty: true });
      return [toCall(call, of), ...addArguments(index, argumentsIn(of))];
    }
    if (type === "tool-call-delta") return addArguments(index, argumentsIn(of));
    // A tool without arguments sends none; clients want an object.
    return calls.get(index)?.isEmpty ? addArguments(index, "{}") : [];
  };

  return {
    read(type: string, message: Json, index: unknown): AnswerEvent[] {
      switch (type) {
        case "content-start":
          return readContent(message.content, true);
        case "content-delta":
          return readContent(message.content, false);
        case "tool-plan-delta": {
          const plan = textIn(message.tool_plan);
          if (plan === null) return [];
          const event = toReasoning(plan, !isPlanning);
          isPlanning = true;
          return [event];
        }
        case "tool-call-start":
        case "tool-call-delta":
        case "tool-call-end":
          return readCalls(type, firstOf(message.tool_calls), index);
        case "citation-start":
          return readCitation(firstOf(message.citations));
        default:
          return [];
      }
    },
  };
}

/** A single object, where other answers have a list of them. */
function firstOf(value: unknown): Json {
  return isObject(value) ? value : (objectsIn(value)[0] ?? {});
}
