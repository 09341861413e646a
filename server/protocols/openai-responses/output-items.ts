import { isObject, type Json, objectsIn, textIn } from "../fields";
import type { AnswerEvent, Citation, FinishReason } from "../model";
import { openEnvelope } from "./envelope";

/** Answers of this protocol have one choice. */
export const CHOICE = 0;

/** The events of a complete answer's output items. */
export function eventsOfOutput(output: unknown): AnswerEvent[] {
  const events: AnswerEvent[] = [];
  let calls = 0;
  for (const item of objectsIn(output)) {
    if (item.type === "function_call") {
      events.push(...eventsOfCall(item, calls));
      calls += 1;
    } else if (item.type === "message") events.push(...eventsOfMessage(item));
    else if (item.type === "reasoning") events.push(...eventsOfThinking(item));
    else events.push(...eventsOfImage(item));
  }
  return events;
}

function eventsOfCall(item: Json, call: number): AnswerEvent[] {
  return [
    startOfCall(item, call),
    { kind: "tool_arguments", choice: CHOICE, call, fragment: textIn(item.arguments) ?? "{}" },
  ];
}

export function startOfCall({ call_id: id, name }: Json, call: number): AnswerEvent {
  return { kind: "tool_call", choice: CHOICE, call, id: String(id ?? ""), name: String(name ?? "") };
}

function eventsOfMessage(item: Json): AnswerEvent[] {
  return objectsIn(item.content).flatMap((part): AnswerEvent[] => {
    if (part.type === "refusal")
      return [{ kind: "refusal", choice: CHOICE, text: textIn(part.refusal) ?? "" }];
    const text = textIn(part.text);
    return [
      ...(text === null ? [] : [{ kind: "text", choice: CHOICE, text } as const]),
      ...eventsOfLogprobs(part.logprobs),
      ...objectsIn(part.annotations).flatMap(eventsOfAnnotation),
    ];
  });
}

/** The thinking itself where it is shown, else its summary. */
export function thoughtOf(item: Json): string {
  const shown = objectsIn(item.content).length > 0 ? item.content : item.summary;
  return objectsIn(shown)
    .map((part) => textIn(part.text) ?? "")
    .join("\n\n");
}

/** What was thought, as far as it is shown, and what only its provider can read. */
function eventsOfThinking(item: Json): AnswerEvent[] {
  const text = thoughtOf(item);
  const sealed = openEnvelope(item.encrypted_content);
  if (text === "" && sealed.opaque === undefined) return [];
  return [
    { kind: "reasoning", choice: CHOICE, begins: true, ...(text === "" ? {} : { text }) },
    ...eventsOfSeal(item),
  ];
}

/** What has to go back to the provider with the thinking. */
export function eventsOfSeal(item: Json): AnswerEvent[] {
  const { callId: _none, ...sealed } = openEnvelope(item.encrypted_content);
  return sealed.opaque === undefined ? [] : [{ kind: "reasoning", choice: CHOICE, ...sealed }];
}

export function eventsOfImage(item: Json): AnswerEvent[] {
  const data = item.type === "image_generation_call" ? textIn(item.result) : null;
  if (data === null) return [];
  const format = textIn(item.output_format) ?? "png";
  return [{ kind: "image", choice: CHOICE, mediaType: `image/${format}`, data }];
}

/** Only citations of pages on the web have a counterpart elsewhere. */
export function eventsOfAnnotation(annotation: unknown): AnswerEvent[] {
  if (!isObject(annotation) || annotation.type !== "url_citation" || typeof annotation.url !== "string")
    return [];
  const index = (value: unknown) => (typeof value === "number" ? value : null);
  const citation: Citation = {
    url: annotation.url,
    title: textIn(annotation.title),
    startIndex: index(annotation.start_index),
    endIndex: index(annotation.end_index),
  };
  return [{ kind: "citation", choice: CHOICE, citation }];
}

/** Token probabilities as the `logprobs` object of a chat choice. */
export function eventsOfLogprobs(logprobs: unknown): AnswerEvent[] {
  const content = objectsIn(logprobs);
  return content.length === 0
    ? []
    : [{ kind: "logprobs", choice: CHOICE, logprobs: { content, refusal: null } }];
}

/** The end of a response that is `completed` or `incomplete`. */
export function finishOf(response: Json, hasCalls: boolean): AnswerEvent & { kind: "finish" } {
  const native = nativeFinish(response);
  return { kind: "finish", choice: CHOICE, reason: toFinishReason(native, hasCalls), native };
}

/** `completed`, or why it is not. */
export function nativeFinish(response: Json): string {
  if (response.status !== "incomplete") return textIn(response.status) ?? "completed";
  const details = isObject(response.incomplete_details) ? response.incomplete_details : {};
  return textIn(details.reason) ?? "incomplete";
}

function toFinishReason(native: string, hasCalls: boolean): FinishReason {
  if (native === "max_output_tokens" || native === "max_tokens" || native === "incomplete") return "length";
  if (native === "content_filter") return "content_filter";
  return hasCalls ? "tool_calls" : "stop";
}
