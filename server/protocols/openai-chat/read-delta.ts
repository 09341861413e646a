import { isObject, type Json, objectsIn, textIn } from "../fields";
import type { AnswerEvent, FinishReason } from "../model";
import { toSource } from "./read-content";

/** The tool calls of one choice so far, numbered from 0 without gaps, whatever the provider's indices are. */
export interface CallNumbers {
  /** Number of the call that a delta belongs to, and whether the delta begins it. */
  numberOf(call: Json): { readonly number: number; readonly begins: boolean };
}

export function createCallNumbers(): CallNumbers {
  const byIndex = new Map<unknown, { number: number; id: string | null }>();
  let count = 0;
  return {
    numberOf(call) {
      const id = textIn(call.id);
      const name = isObject(call.function) ? textIn(call.function.name) : null;
      const key = call.index ?? id ?? count - 1;
      const known = byIndex.get(key);
      // Some hosts give every call the index 0: another id with a name is another call.
      if (known && (id === null || id === known.id || name === null))
        return { number: known.number, begins: false };
      const number = count;
      count += 1;
      byIndex.set(key, { number, id });
      return { number, begins: true };
    },
  };
}

/** One message or delta of a choice, in the order in which a model makes its parts: thinking, text, calls. */
export function readDelta(delta: Json, choice: number, calls: CallNumbers): AnswerEvent[] {
  const events: AnswerEvent[] = [...readReasoning(delta, choice), ...readContent(delta.content, choice)];
  const refusal = textIn(delta.refusal);
  if (refusal !== null) events.push({ kind: "refusal", choice, text: refusal });
  for (const image of objectsIn(delta.images)) events.push(...readImage(image, choice));
  for (const call of objectsIn(delta.tool_calls)) events.push(...readCall(call, choice, calls));
  for (const annotation of objectsIn(delta.annotations)) {
    const source = isObject(annotation.url_citation) ? annotation.url_citation : {};
    const url = textIn(source.url);
    if (url === null) continue;
    events.push({
      kind: "citation",
      choice,
      citation: {
        url,
        title: textIn(source.title),
        startIndex: typeof source.start_index === "number" ? source.start_index : null,
        endIndex: typeof source.end_index === "number" ? source.end_index : null,
      },
    });
  }
  return events;
}

/** `reasoning_details` where there are any (only they hold signatures), else one of the two plain names. */
function readReasoning(delta: Json, choice: number): AnswerEvent[] {
  const details = objectsIn(delta.reasoning_details);
  if (details.length > 0) return details.flatMap((detail) => readDetail(detail, choice));
  const text = textIn(delta.reasoning_content) ?? textIn(delta.reasoning);
  return text === null ? [] : [{ kind: "reasoning", choice, text }];
}

function readDetail(detail: Json, choice: number): AnswerEvent[] {
  const text = textIn(detail.text) ?? textIn(detail.summary);
  const signature = textIn(detail.signature);
  const opaque = textIn(detail.data);
  if (text === null && signature === null && opaque === null) return [];
  return [
    {
      kind: "reasoning",
      choice,
      ...(text === null ? {} : { text }),
      ...(signature === null ? {} : { signature }),
      ...(opaque === null ? {} : { opaque, begins: true }),
    },
  ];
}

/** Content is a string, or a list of parts (Mistral's thinking, OpenAI's own parts). */
function readContent(content: unknown, choice: number): AnswerEvent[] {
  if (typeof content === "string") return content === "" ? [] : [{ kind: "text", choice, text: content }];
  return objectsIn(content).flatMap((part): AnswerEvent[] => {
    if (part.type === "image_url") return readImage(part, choice);
    const thinking = Array.isArray(part.thinking)
      ? objectsIn(part.thinking)
          .map((piece) => textIn(piece.text) ?? "")
          .join("")
      : textIn(part.thinking);
    if (thinking) return [{ kind: "reasoning", choice, text: thinking }];
    const text = textIn(part.text);
    return text === null ? [] : [{ kind: "text", choice, text }];
  });
}

function readImage(part: Json, choice: number): AnswerEvent[] {
  const url = isObject(part.image_url) ? textIn(part.image_url.url) : textIn(part.image_url);
  const source = url === null ? null : toSource(url);
  return source?.kind === "base64"
    ? [{ kind: "image", choice, mediaType: source.mediaType, data: source.data }]
    : [];
}

function readCall(call: Json, choice: number, calls: CallNumbers): AnswerEvent[] {
  const { number, begins } = calls.numberOf(call);
  const definition = isObject(call.function) ? call.function : {};
  const events: AnswerEvent[] = [];
  if (begins) {
    const google =
      isObject(call.extra_content) && isObject(call.extra_content.google) ? call.extra_content.google : {};
    const signature = textIn(google.thought_signature);
    events.push({
      kind: "tool_call",
      choice,
      call: number,
      id: textIn(call.id) ?? `call_${choice}_${number}`,
      name: textIn(definition.name) ?? "",
      ...(signature === null ? {} : { signature }),
    });
  }
  const fragment = isObject(definition.arguments)
    ? JSON.stringify(definition.arguments)
    : textIn(definition.arguments);
  if (fragment !== null) events.push({ kind: "tool_arguments", choice, call: number, fragment });
  return events;
}

const FINISH: Readonly<Record<string, FinishReason>> = {
  stop: "stop",
  eos: "stop",
  length: "length",
  max_tokens: "length",
  model_length: "length",
  tool_calls: "tool_calls",
  function_call: "tool_calls",
  content_filter: "content_filter",
  error: "error",
};

/** The finish of a choice, or nothing while it goes on. */
export function readFinish(choice: Json, number: number): AnswerEvent[] {
  const native = textIn(choice.finish_reason);
  if (native === null) return [];
  const stated = textIn(choice.native_finish_reason);
  return [{ kind: "finish", choice: number, reason: FINISH[native] ?? "stop", native: stated ?? native }];
}
