import { isObject, objectsIn, readObject, textIn } from "../fields";
import type { AnswerEvent, FinishReason, WholeAnswer } from "../model";
import { readConverseUsage } from "./usage";

const ORIGIN = "bedrock-converse";

const FINISH: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  tool_use: "tool_calls",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  guardrail_intervened: "content_filter",
  content_filtered: "content_filter",
};

export function toFinish(stopReason: string): AnswerEvent {
  return { kind: "finish", choice: 0, reason: FINISH[stopReason] ?? "error", native: stopReason };
}

/** Thinking, whole or a piece of it: `reasoningText` of an answer, or the delta of a stream. */
export function readReasoning(content: Readonly<Record<string, unknown>>, begins: boolean): AnswerEvent[] {
  const of = isObject(content.reasoningText) ? content.reasoningText : content;
  const text = textIn(of.text);
  const signature = textIn(of.signature);
  const opaque = textIn(content.redactedContent);
  if (text === null && signature === null && opaque === null) return [];
  return [
    {
      kind: "reasoning",
      choice: 0,
      ...(text === null ? {} : { text }),
      ...(signature === null ? {} : { signature }),
      ...(opaque === null ? {} : { opaque }),
      ...(begins ? { begins } : {}),
      origin: ORIGIN,
    },
  ];
}

export function readCitation(citation: unknown): AnswerEvent[] {
  const location = isObject(citation) && isObject(citation.location) ? citation.location : {};
  const url = isObject(location.web) ? textIn(location.web.url) : null;
  if (url === null || !isObject(citation)) return [];
  const title = textIn(citation.title);
  return [{ kind: "citation", choice: 0, citation: { url, title, startIndex: null, endIndex: null } }];
}

/** Null when the bytes are no Converse answer. */
export function readConverseAnswer(bytes: Uint8Array): WholeAnswer | null {
  const body = readObject(bytes);
  if (!isObject(body?.output) || !isObject(body.output.message)) return null;
  let call = 0;
  const events = objectsIn(body.output.message.content).flatMap((block): AnswerEvent[] => {
    if (typeof block.text === "string") return [{ kind: "text", choice: 0, text: block.text }];
    if (isObject(block.reasoningContent)) return readReasoning(block.reasoningContent, true);
    if (isObject(block.citationsContent)) return readCited(block.citationsContent);
    if (!isObject(block.toolUse)) return [];
    const { toolUseId, name, input } = block.toolUse;
    const at = { choice: 0, call: call++ };
    return [
      { kind: "tool_call", ...at, id: String(toolUseId ?? ""), name: String(name ?? "") },
      { kind: "tool_arguments", ...at, fragment: JSON.stringify(input ?? {}) },
    ];
  });
  const stopReason = textIn(body.stopReason);
  if (stopReason !== null) events.push(toFinish(stopReason));
  return {
    events,
    usage: readConverseUsage(body.usage),
    rawUsage: body.usage ?? null,
    finishReason: stopReason,
    body,
  };
}

function readCited(cited: Readonly<Record<string, unknown>>): AnswerEvent[] {
  const texts = objectsIn(cited.content).flatMap(({ text }): AnswerEvent[] =>
    typeof text === "string" ? [{ kind: "text", choice: 0, text }] : [],
  );
  return [...texts, ...objectsIn(cited.citations).flatMap(readCitation)];
}
