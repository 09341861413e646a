import { isObject, textIn } from "../fields";
import type { AnswerEvent, AnswerReader, TokenUsage } from "../model";
import { createFrameSplitter, type EventFrame } from "./frames";
import { readCitation, readReasoning, toFinish } from "./from-response";
import { readConverseUsage } from "./usage";

/**
 * Reads `converse-stream`. The stop reason comes before the usage; the answer only counts as finished with both, so that
 * a stream that breaks between them does not look complete.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 */
export function createConverseReader(): AnswerReader {
  const splitter = createFrameSplitter();
  const blocks = createBlocks();
  const state = {
    started: false,
    finishReason: null as string | null,
    done: false,
    error: null as Record<string, unknown> | null,
    usage: null as TokenUsage | null,
    rawUsage: null as unknown,
  };
  let stopReason: string | null = null;

  const take = ({ name, isFailure, payload }: EventFrame): AnswerEvent[] => {
    if (isFailure) {
      state.error = { ...payload, type: name };
      return [];
    }
    // The opening names the role only.
    state.started ||= name !== "messageStart";
    if (name === "messageStop") stopReason = textIn(payload.stopReason);
    if (name !== "metadata") return blocks.read(name, payload);
    state.rawUsage = payload.usage ?? null;
    state.usage = readConverseUsage(payload.usage);
    state.finishReason = stopReason;
    state.done = stopReason !== null;
    return stopReason === null ? [] : [toFinish(stopReason)];
  };

  return {
    push(chunk) {
      const events: AnswerEvent[] = [];
      for (const frame of splitter.push(chunk)) {
        if (state.error || state.done) break;
        events.push(...take(frame));
      }
      return events;
    },
    state: () => state,
  };
}

/** Content blocks have one numbering for text, thinking and tools; tool calls get their own. */
function createBlocks() {
  const calls = new Map<unknown, { call: number; isEmpty: boolean }>();
  const thinking = new Set<unknown>();

  const readStart = (index: unknown, start: unknown): AnswerEvent[] => {
    if (!isObject(start) || !isObject(start.toolUse)) return [];
    const call = calls.size;
    calls.set(index, { call, isEmpty: true });
    const { toolUseId, name } = start.toolUse;
    return [{ kind: "tool_call", choice: 0, call, id: String(toolUseId ?? ""), name: String(name ?? "") }];
  };

  const readDelta = (index: unknown, delta: unknown): AnswerEvent[] => {
    if (!isObject(delta)) return [];
    if (typeof delta.text === "string") return [{ kind: "text", choice: 0, text: delta.text }];
    if (isObject(delta.reasoningContent)) {
      const begins = !thinking.has(index);
      thinking.add(index);
      return readReasoning(delta.reasoningContent, begins);
    }
    if (isObject(delta.citation)) return readCitation(delta.citation);
    const known = calls.get(index);
    const fragment = isObject(delta.toolUse) ? textIn(delta.toolUse.input) : null;
    if (!known || fragment === null) return [];
    known.isEmpty = false;
    return [{ kind: "tool_arguments", choice: 0, call: known.call, fragment }];
  };

  return {
    read(name: string, payload: Readonly<Record<string, unknown>>): AnswerEvent[] {
      const index = payload.contentBlockIndex;
      if (name === "contentBlockStart") return readStart(index, payload.start);
      if (name === "contentBlockDelta") return readDelta(index, payload.delta);
      const known = name === "contentBlockStop" ? calls.get(index) : undefined;
      // A tool without arguments sends none; clients want an object.
      return known?.isEmpty ? [{ kind: "tool_arguments", choice: 0, call: known.call, fragment: "{}" }] : [];
    },
  };
}
