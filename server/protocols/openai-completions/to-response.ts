import type { AnswerEvent, AnswerIdentity, FinalUsage, WholeAnswer } from "../model";
import { toClientUsage } from "./usage";

/** The head of a completion, and of every chunk of one: the legacy API has the same for both. */
export function toFrame({ generationId, createdAtMs, model, provider }: AnswerIdentity) {
  return {
    id: generationId,
    object: "text_completion",
    created: Math.floor(createdAtMs / 1_000),
    model,
    provider,
    choices: [] as unknown[],
  };
}

/** The legacy API knows no tools and no thinking: both cannot be asked for, and thinking is not part of the text. */
export function toFinishReason(event: Extract<AnswerEvent, { kind: "finish" }>): string {
  return event.reason === "length" || event.reason === "content_filter" ? event.reason : "stop";
}

/** A complete answer of another protocol as a legacy completion. */
export function toWhole(
  { events }: WholeAnswer,
  identity: AnswerIdentity,
  final: FinalUsage | null,
): Record<string, unknown> {
  const numbers = [...new Set(events.map((event) => event.choice))].sort((a, b) => a - b);
  const choices = numbers.map((index) => {
    const own = events.filter((event) => event.choice === index);
    const finish = own.find((event) => event.kind === "finish");
    const text = own
      .map((event) => (event.kind === "text" || event.kind === "refusal" ? event.text : ""))
      .join("");
    return { text, index, logprobs: null, finish_reason: finish ? toFinishReason(finish) : null };
  });
  return { ...toFrame(identity), choices, ...(final ? { usage: toClientUsage(final, null) } : {}) };
}
