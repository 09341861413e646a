import { isObject, objectsIn, readObject, textIn } from "../fields";
import type { AnswerEvent, AnswerIdentity, FinalUsage, FinishReason, WholeAnswer } from "../model";
import { groupCalls } from "./block-writer";
import { createBlockReader } from "./blocks";
import { messageOf } from "./message";
import { markOrigin } from "./origin";
import { finishEvent } from "./reader";
import { toStopReason } from "./stop-reason";
import { ownUsageFields, readMessagesUsage, toMessagesUsage } from "./usage";

type Body = Record<string, unknown>;

/** A complete message, or null when the bytes are none. */
export function readWhole(bytes: Uint8Array): WholeAnswer | null {
  const body = readObject(bytes);
  if (body?.type !== "message" || !Array.isArray(body.content)) return null;
  let events: AnswerEvent[] | null = null;
  return {
    body,
    usage: readMessagesUsage(body.usage),
    rawUsage: body.usage ?? null,
    finishReason: textIn(body.stop_reason),
    // Only a translation, or a count, looks at the events: an answer that passes through is not taken apart.
    get events() {
      events ??= readEvents(body);
      return events;
    },
  };
}

function readEvents(body: Body): AnswerEvent[] {
  const blocks = createBlockReader();
  const events = objectsIn(body.content).flatMap((block, index) => {
    const opened = blocks.open(index, block);
    const cited = objectsIn(block.citations).flatMap((citation) =>
      blocks.grow(index, { type: "citations_delta", citation }),
    );
    return [...opened, ...cited, ...blocks.close(index)];
  });
  return [...events, finishEvent(textIn(body.stop_reason), textIn(body.stop_sequence), blocks.hasTools())];
}

/** Another protocol's answer as a message. */
export function toWhole(answer: WholeAnswer, identity: AnswerIdentity, final: FinalUsage | null): Body {
  const content = toContent(answer.events);
  let reason: FinishReason = "stop";
  let stopSequence: string | null = null;
  for (const event of answer.events) {
    if (event.kind !== "finish" || event.choice !== 0) continue;
    reason = event.reason;
    stopSequence = event.stopSequence ?? null;
  }
  const hasTools = content.some((block) => block.type === "tool_use");
  const stop = toStopReason(reason, { hasTools, stopSequence });
  return {
    ...messageOf(identity),
    content,
    stop_reason: stop,
    stop_sequence: stop === "stop_sequence" ? stopSequence : null,
    usage: final
      ? { ...toMessagesUsage(final.usage), ...ownUsageFields(final) }
      : { input_tokens: 0, output_tokens: 0 },
  };
}

/** The provider's own message: untouched but for the model's name and the cost in its usage. */
export function fromSame(answer: WholeAnswer, { model }: AnswerIdentity, final: FinalUsage | null): Body {
  if (!final) return { ...answer.body, model };
  const own = final.rawUsage === null ? null : answer.body.usage;
  const usage = isObject(own) ? own : toMessagesUsage(final.usage);
  return { ...answer.body, model, usage: { ...usage, ...ownUsageFields(final) } };
}

function toContent(events: readonly AnswerEvent[]): Body[] {
  const content: Body[] = [];
  let argumentsText = "";
  for (const event of groupCalls(events)) {
    if (event.kind !== "finish" && event.choice !== 0) continue;
    const last = content.at(-1);
    if (event.kind === "text" || event.kind === "refusal") {
      if (event.text === "") continue;
      if (last?.type === "text") last.text = `${last.text}${event.text}`;
      else content.push({ type: "text", text: event.text });
    } else if (event.kind === "reasoning") {
      addThinking(content, event);
    } else if (event.kind === "tool_call") {
      argumentsText = "";
      content.push({ type: "tool_use", id: event.id, name: event.name, input: {} });
    } else if (event.kind === "tool_arguments" && last?.type === "tool_use") {
      argumentsText += event.fragment;
      // Until the text is complete it is no object; what never becomes one stays visible as text.
      last.input = readObject(argumentsText) ?? { arguments: argumentsText };
    }
  }
  return content;
}

function addThinking(content: Body[], event: Extract<AnswerEvent, { kind: "reasoning" }>): void {
  if (event.opaque !== undefined) {
    content.push({ type: "redacted_thinking", data: markOrigin(event.opaque, event.origin) });
    return;
  }
  let last = content.at(-1);
  if (event.begins || last?.type !== "thinking") {
    last = { type: "thinking", thinking: "", signature: "" };
    content.push(last);
  }
  if (event.text) last.thinking = `${last.thinking}${event.text}`;
  if (event.signature) last.signature = `${last.signature}${markOrigin(event.signature, event.origin)}`;
}
