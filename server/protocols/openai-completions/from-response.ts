import { isObject, objectsIn, readObject, textIn } from "../fields";
import type { AnswerEvent, WholeAnswer } from "../model";
import { readFinish } from "../openai-chat/read-delta";
import { readChatUsage } from "./usage";

/** Null when the bytes are no completion: not JSON, an error object, or no choices. */
export function readWhole(bytes: Uint8Array): WholeAnswer | null {
  const body = readObject(bytes);
  if (body === null || isObject(body.error) || !Array.isArray(body.choices)) return null;
  const choices = objectsIn(body.choices);
  return {
    body,
    usage: readChatUsage(body.usage),
    rawUsage: body.usage ?? null,
    finishReason:
      choices.map((choice) => textIn(choice.finish_reason)).find((reason) => reason !== null) ?? null,
    get events() {
      return choices.flatMap(readChoice);
    },
  };
}

/** The text and the finish of one choice, of a whole answer or of a chunk. */
export function readChoice(choice: Record<string, unknown>): AnswerEvent[] {
  const number = typeof choice.index === "number" ? choice.index : 0;
  const text = textIn(choice.text);
  return [
    ...(text === null ? [] : [{ kind: "text", choice: number, text } as const]),
    ...readFinish(choice, number),
  ];
}
