import { isObject, type Json, objectsIn, readObject, textIn } from "../fields";
import type { AnswerEvent, TokenUsage, WholeAnswer } from "../model";
import { createCallNumbers, readDelta, readFinish } from "./read-delta";
import { readChatUsage } from "./usage";

/** Null when the bytes are no chat answer: not JSON, an error object, or no choices. */
export function readWhole(bytes: Uint8Array): WholeAnswer | null {
  const body = readObject(bytes);
  if (body === null || isObject(body.error) || !Array.isArray(body.choices)) return null;
  const choices = body.choices.filter(isObject);
  return new ChatAnswer(body, choices);
}

class ChatAnswer implements WholeAnswer {
  readonly usage: TokenUsage | null;
  readonly rawUsage: unknown;
  readonly finishReason: string | null;
  #events: readonly AnswerEvent[] | null = null;

  constructor(
    readonly body: Json,
    private readonly choices: readonly Record<string, unknown>[],
  ) {
    this.usage = readChatUsage(body.usage);
    this.rawUsage = body.usage ?? null;
    this.finishReason =
      choices.map((choice) => textIn(choice.finish_reason)).find((reason) => reason !== null) ?? null;
  }

  /** Only a translation, or a count, looks at them: an answer that passes through is not taken apart. */
  get events(): readonly AnswerEvent[] {
    this.#events ??= this.choices.flatMap((choice, position) => {
      const number = typeof choice.index === "number" ? choice.index : position;
      return [
        ...(isObject(choice.message) ? readDelta(choice.message, number, createCallNumbers()) : []),
        ...(isObject(choice.logprobs) && objectsIn(choice.logprobs.content).length > 0
          ? [{ kind: "logprobs", choice: number, logprobs: choice.logprobs } as const]
          : []),
        ...readFinish(choice, number),
      ];
    });
    return this.#events;
  }
}
