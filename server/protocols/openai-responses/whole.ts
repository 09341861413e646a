import { isObject, type Json, readObject } from "../fields";
import type { AnswerIdentity, FinalUsage, WholeAnswer } from "../model";
import { amendResponse } from "./amend";
import { eventsOfOutput, finishOf, nativeFinish } from "./output-items";
import { readResponsesUsage, searchesIn, toClientUsage } from "./usage";

/** Null when the bytes are no answer: not JSON, an error, or a response that failed or is still running. */
export function readWholeResponse(bytes: Uint8Array): WholeAnswer | null {
  const body = readObject(bytes);
  if (!body || isObject(body.error) || !Array.isArray(body.output)) return null;
  if (body.status !== undefined && body.status !== "completed" && body.status !== "incomplete") return null;
  const events = eventsOfOutput(body.output);
  const hasCalls = events.some(({ kind }) => kind === "tool_call");
  return {
    events: [...events, finishOf(body, hasCalls)],
    usage: readResponsesUsage(body.usage, searchesIn(body.output)),
    rawUsage: body.usage ?? null,
    finishReason: nativeFinish(body),
    body,
  };
}

/** The provider's own response with the model that answered, what is said of its state, usage and cost. */
export function fromSameResponse(
  answer: WholeAnswer,
  identity: AnswerIdentity,
  final: FinalUsage | null,
): Json {
  return {
    ...amendResponse(answer.body, identity),
    model: identity.model,
    ...(final ? { usage: toClientUsage(final, final.rawUsage) } : {}),
  };
}
