import { isObject, type Json, readObject, textIn } from "../fields";
import type { AnswerEvent, AnswerReader, AnswerState } from "../model";
import { createSseSplitter, readSseEvent } from "../sse";
import {
  CHOICE,
  eventsOfAnnotation,
  eventsOfImage,
  eventsOfLogprobs,
  eventsOfOutput,
  eventsOfSeal,
  finishOf,
  nativeFinish,
  startOfCall,
  thoughtOf,
} from "./output-items";
import { isBilledSearch, readResponsesUsage, searchesIn } from "./usage";

/** Reads one provider's events, one at a time; the same for answers that pass through and for those that are rewritten. */
export interface ResponsesEventReader {
  /** One complete server-sent event. `data` is its parsed object, null when it has none. */
  take(event: Buffer): { readonly data: Json | null; readonly events: readonly AnswerEvent[] };
  state(): AnswerState;
}

/** Announced before anything is generated: a provider that fails after these has delivered nothing. */
const PRELUDE = new Set(["response.created", "response.queued", "response.in_progress"]);
/** A message is begun empty, before there is a word of it; other items (a thought, a call) are work already. */
const isEmptyMessage = ({ item }: Json, name: string) =>
  name === "response.content_part.added" ||
  (name === "response.output_item.added" && isObject(item) && item.type === "message");
const ENDS = new Set(["response.completed", "response.incomplete"]);

export function createResponsesReader(): AnswerReader {
  const splitter = createSseSplitter();
  const reader = createEventReader();
  return {
    push: (chunk) => splitter.push(chunk).flatMap((event) => reader.take(event).events),
    state: reader.state,
  };
}

export function createEventReader(): ResponsesEventReader {
  const state = {
    started: false,
    finishReason: null as string | null,
    done: false,
    error: null as Json | null,
    usage: null as AnswerState["usage"],
    rawUsage: null as unknown,
  };
  const items = createItemReader();

  const noteEnd = (response: Json) => {
    if (!isObject(response.usage)) return;
    state.rawUsage = response.usage;
    state.usage = readResponsesUsage(response.usage, Math.max(items.searches(), searchesIn(response.output)));
  };

  const read = (data: Json, name: string): readonly AnswerEvent[] => {
    const response = isObject(data.response) ? data.response : {};
    if (ENDS.has(name)) {
      state.started = true;
      state.done = true;
      state.finishReason = nativeFinish(response);
      noteEnd(response);
      return [...items.missed(response.output), finishOf(response, items.hasCalls(response.output))];
    }
    if (name === "response.failed" || name === "error" || isObject(data.error)) {
      state.error = errorOf(data, response);
      noteEnd(response);
      return [];
    }
    state.started ||= !PRELUDE.has(name) && !isEmptyMessage(data, name);
    return items.read(name, data);
  };

  return {
    take(event) {
      if (state.done || state.error) return { data: null, events: [] };
      const { event: named, data: text } = readSseEvent(event);
      const data = text === null ? null : readObject(text);
      if (data === null) return { data, events: [] };
      return { data, events: read(data, textIn(data.type) ?? named ?? "") };
    },
    state: () => state,
  };
}

/** The provider's error object, wherever this event carries it. */
function errorOf(data: Json, response: Json): Json {
  if (isObject(response.error)) return response.error;
  return isObject(data.error) ? data.error : data;
}

interface ItemReader {
  read(name: string, data: Json): AnswerEvent[];
  /** Events of a final output that no event of the stream has brought. */
  missed(output: unknown): AnswerEvent[];
  hasCalls(output: unknown): boolean;
  searches(): number;
}

function createItemReader(): ItemReader {
  /** Number of each tool call, by where it is in the output. */
  const calls = new Map<unknown, { readonly call: number; hasArguments: boolean }>();
  let hasContent = false;
  let searches = 0;
  /** Parts of a summary are paragraphs; the first one of an item needs no gap before it. */
  let gap = "";
  let hasThought = false;

  const open = (index: unknown, item: Json): AnswerEvent[] => {
    if (item.type === "reasoning") {
      gap = "";
      hasThought = false;
      return [{ kind: "reasoning", choice: CHOICE, begins: true }];
    }
    if (item.type !== "function_call") return [];
    const call = calls.size;
    calls.set(index, { call, hasArguments: false });
    return [startOfCall(item, call)];
  };

  const feed = (index: unknown, fragment: unknown): AnswerEvent[] => {
    const known = calls.get(index);
    if (!known || typeof fragment !== "string" || fragment === "") return [];
    known.hasArguments = true;
    return [{ kind: "tool_arguments", choice: CHOICE, call: known.call, fragment }];
  };

  /** Some providers send thinking and arguments only when they are complete. */
  const close = (index: unknown, item: Json): AnswerEvent[] => {
    if (isBilledSearch(item)) searches += 1;
    if (item.type === "reasoning")
      return [...(hasThought ? [] : think(thoughtOf(item))), ...eventsOfSeal(item)];
    if (item.type !== "function_call") return eventsOfImage(item);
    const opened = calls.has(index) ? [] : open(index, item);
    if (calls.get(index)?.hasArguments) return opened;
    return [...opened, ...feed(index, textIn(item.arguments) ?? "{}")];
  };

  const think = (text: unknown): AnswerEvent[] => {
    if (typeof text !== "string" || text === "") return [];
    const before = gap;
    gap = "";
    hasThought = true;
    return [{ kind: "reasoning", choice: CHOICE, text: before + text }];
  };

  const read = (name: string, data: Json): AnswerEvent[] => {
    const index = data.output_index;
    const item = isObject(data.item) ? data.item : {};
    switch (name) {
      case "response.output_item.added":
        return open(index, item);
      case "response.output_item.done":
        return close(index, item);
      case "response.output_text.delta":
        return [...say("text", data.delta), ...eventsOfLogprobs(data.logprobs)];
      case "response.output_text.annotation.added":
        return eventsOfAnnotation(data.annotation);
      case "response.refusal.delta":
        return say("refusal", data.delta);
      case "response.reasoning_summary_part.added":
        if (data.summary_index !== 0) gap = "\n\n";
        return [];
      case "response.reasoning_summary_text.delta":
      case "response.reasoning_text.delta":
        return think(data.delta);
      case "response.function_call_arguments.delta":
        return feed(index, data.delta);
      // Input of a tool that only this protocol has: no call elsewhere, but text that was generated.
      case "response.custom_tool_call_input.delta":
        return say("text", data.delta);
      default:
        return [];
    }
  };

  return {
    read(name, data) {
      const events = read(name, data);
      if (events.some(({ kind }) => kind !== "reasoning")) hasContent = true;
      return events;
    },
    missed: (output) => (hasContent ? [] : eventsOfOutput(output).filter(({ kind }) => kind !== "reasoning")),
    hasCalls: (output) =>
      calls.size > 0 ||
      (Array.isArray(output) && output.some((item) => isObject(item) && item.type === "function_call")),
    searches: () => searches,
  };
}

function say(kind: "text" | "refusal", text: unknown): AnswerEvent[] {
  return typeof text === "string" && text !== "" ? [{ kind, choice: CHOICE, text }] : [];
}
