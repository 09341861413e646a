import type { AnswerEvent, AnswerIdentity, AnswerWriter } from "../model";
import { SSE_DONE, toSseData } from "../sse";
import { toErrorBody } from "./errors";
import { toBareChunk } from "./pass-through";
import { toClientUsage } from "./usage";
import { toDelta } from "./write-delta";

interface Choice {
  isOpen: boolean;
  /** Calls that have no arguments yet: they get `{}` before the finish, so that every call can be parsed. */
  readonly bareCalls: Set<number>;
}

/**
 * Writes chat completion chunks from the events of a provider that speaks another protocol. Finish reasons wait for the
 * end, so that a stream which breaks off before it has none.
 */
export function writer(identity: AnswerIdentity): AnswerWriter {
  const choices = new Map<number, Choice>();
  const finishes: Uint8Array[] = [];

  const frame = (choice: number, rest: Readonly<Record<string, unknown>>) =>
    toSseData({
      ...toBareChunk(identity),
      choices: [{ index: choice, logprobs: null, finish_reason: null, ...rest }],
    });

  /** The role stands in the first delta of a choice, and only there. */
  const withRole = (number: number, delta: Record<string, unknown>): Record<string, unknown> => {
    const choice = choiceOf(number);
    if (choice.isOpen) return delta;
    choice.isOpen = true;
    return { role: "assistant", ...("content" in delta ? {} : { content: null }), ...delta };
  };

  const choiceOf = (number: number): Choice => {
    let choice = choices.get(number);
    if (!choice) {
      choice = { isOpen: false, bareCalls: new Set() };
      choices.set(number, choice);
    }
    return choice;
  };

  const writeEvent = (event: AnswerEvent): Uint8Array[] => {
    const choice = choiceOf(event.choice);
    if (event.kind === "tool_call") choice.bareCalls.add(event.call);
    if (event.kind === "tool_arguments") choice.bareCalls.delete(event.call);
    if (event.kind === "logprobs")
      return [frame(event.choice, { delta: withRole(event.choice, {}), logprobs: event.logprobs })];
    if (event.kind !== "finish") {
      const delta = toDelta(event);
      return delta === null ? [] : [frame(event.choice, { delta: withRole(event.choice, delta) })];
    }
    const frames = [...choice.bareCalls].map((call) =>
      frame(event.choice, { delta: { tool_calls: [{ index: call, function: { arguments: "{}" } }] } }),
    );
    choice.bareCalls.clear();
    finishes.push(
      frame(event.choice, {
        delta: withRole(event.choice, {}),
        finish_reason: event.reason,
        native_finish_reason: event.native,
      }),
    );
    return frames;
  };

  return {
    write: (events) => events.flatMap(writeEvent),
    end(final) {
      if (!final) return Buffer.concat([...finishes, SSE_DONE]);
      return Buffer.concat([
        ...finishes,
        toSseData({ ...toBareChunk(identity), usage: toClientUsage(final, null) }),
        SSE_DONE,
      ]);
    },
    fail: (error, requestId) => toSseData(toErrorBody(error, requestId)),
  };
}
