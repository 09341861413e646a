import { isObject, objectsIn, readObject, textIn } from "../fields";
import type { AnswerEvent, FinishReason, WholeAnswer } from "../model";
import { readCohereUsage } from "./usage";

const FINISH: Readonly<Record<string, FinishReason>> = {
  COMPLETE: "stop",
  STOP_SEQUENCE: "stop",
  MAX_TOKENS: "length",
  TOOL_CALL: "tool_calls",
};

export function toFinish(native: string): AnswerEvent {
  return { kind: "finish", choice: 0, reason: FINISH[native] ?? "error", native };
}

/** Thinking and a plan before tool calls are the same to others: reasoning. */
export function toReasoning(text: string, begins: boolean): AnswerEvent {
  return { kind: "reasoning", choice: 0, text, ...(begins ? { begins } : {}) };
}

export function toCall(call: number, of: Readonly<Record<string, unknown>>): AnswerEvent {
  const name = isObject(of.function) ? textIn(of.function.name) : null;
  return { kind: "tool_call", choice: 0, call, id: textIn(of.id) ?? `call_${call}`, name: name ?? "" };
}

export function argumentsIn(of: Readonly<Record<string, unknown>>): string | null {
  return isObject(of.function) ? textIn(of.function.arguments) : null;
}

/** Sources of the answer that have an address; those of the caller's own documents have none. */
export function readCitation(citation: Readonly<Record<string, unknown>>): AnswerEvent[] {
  return objectsIn(citation.sources).flatMap((source): AnswerEvent[] => {
    const document = isObject(source.document) ? source.document : {};
    const url = textIn(document.url);
    if (url === null) return [];
    const index = (value: unknown) => (typeof value === "number" ? value : null);
    const [startIndex, endIndex] = [index(citation.start), index(citation.end)];
    const title = textIn(document.title);
    return [{ kind: "citation", choice: 0, citation: { url, title, startIndex, endIndex } }];
  });
}

/** Null when the bytes are no answer of Cohere's chat. */
export function readCohereAnswer(bytes: Uint8Array): WholeAnswer | null {
  const body = readObject(bytes);
  if (!isObject(body?.message) || !Array.isArray(body.message.content ?? body.message.tool_calls))
    return null;
  const { message } = body;
  const events: AnswerEvent[] = objectsIn(message.content).flatMap((part): AnswerEvent[] => {
    if (typeof part.thinking === "string") return [toReasoning(part.thinking, true)];
    return typeof part.text === "string" ? [{ kind: "text", choice: 0, text: part.text }] : [];
  });
  const plan = textIn(message.tool_plan);
  if (plan !== null) events.push(toReasoning(plan, true));
  objectsIn(message.tool_calls).forEach((of, call) => {
    const fragment = argumentsIn(of) ?? "{}";
    events.push(toCall(call, of), { kind: "tool_arguments", choice: 0, call, fragment });
  });
  events.push(...objectsIn(message.citations).flatMap(readCitation));
  const native = textIn(body.finish_reason);
  if (native !== null) events.push(toFinish(native));
  const rawUsage = body.usage ?? null;
  return { events, usage: readCohereUsage(rawUsage), rawUsage, finishReason: native, body };
}
