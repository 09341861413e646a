import type { AnswerEvent, AnswerIdentity, DialectName, FinalUsage, WholeAnswer } from "../model";
import { toClientUsage } from "./usage";
import { toAnnotation, toDetail, toImage, toSignature } from "./write-delta";

/** A complete answer of another protocol as a chat completion. */
export function toWhole(
  answer: WholeAnswer,
  identity: AnswerIdentity,
  final: FinalUsage | null,
): Record<string, unknown> {
  const numbers = [...new Set(answer.events.map((event) => event.choice))].sort((a, b) => a - b);
  return {
    id: identity.generationId,
    object: "chat.completion",
    created: Math.floor(identity.createdAtMs / 1_000),
    model: identity.model,
    provider: identity.provider,
    choices: numbers.map((number) =>
      toChoice(
        number,
        answer.events.filter((event) => event.choice === number),
      ),
    ),
    ...(final ? { usage: toClientUsage(final, null) } : {}),
  };
}

/** A provider's own chat completion as the client gets it: untouched but for the model's name and the usage. */
export function fromSame(
  answer: WholeAnswer,
  identity: AnswerIdentity,
  final: FinalUsage | null,
): Record<string, unknown> {
  const body: Record<string, unknown> = { ...answer.body, model: identity.model };
  if (final) body.usage = toClientUsage(final, final.rawUsage);
  return body;
}

function toChoice(index: number, events: readonly AnswerEvent[]): Record<string, unknown> {
  const finish = only(events, "finish").at(-1);
  return {
    index,
    message: toMessage(events),
    logprobs: only(events, "logprobs").at(-1)?.logprobs ?? null,
    finish_reason: finish?.reason ?? null,
    native_finish_reason: finish?.native ?? null,
  };
}

function toMessage(events: readonly AnswerEvent[]): Record<string, unknown> {
  const text = join(only(events, "text"));
  const refusal = join(only(events, "refusal"));
  const reasoning = only(events, "reasoning");
  const images = only(events, "image");
  const citations = only(events, "citation");
  const calls = toCalls(events);
  return {
    role: "assistant",
    content: text === "" && (calls.length > 0 || refusal !== "") ? null : text,
    refusal: refusal === "" ? null : refusal,
    ...(reasoning.length > 0
      ? {
          reasoning_content: reasoning.map((event) => event.text ?? "").join(""),
          reasoning_details: gather(reasoning).map(toDetail),
        }
      : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    ...(images.length > 0 ? { images: images.map(toImage) } : {}),
    ...(citations.length > 0 ? { annotations: citations.map(({ citation }) => toAnnotation(citation)) } : {}),
  };
}

function toCalls(events: readonly AnswerEvent[]) {
  return only(events, "tool_call").map(({ call, id, name, signature }) => ({
    id,
    type: "function",
    function: {
      name,
      arguments:
        only(events, "tool_arguments")
          .filter((event) => event.call === call)
          .map((event) => event.fragment)
          .join("") || "{}",
    },
    ...toSignature(signature),
  }));
}

type Reasoning = Extract<AnswerEvent, { kind: "reasoning" }>;
interface Block {
  text?: string;
  signature?: string;
  opaque?: string;
  origin?: DialectName;
}

/** Fragments of thinking as blocks: a signature, an opaque part or a stated beginning ends the one before. */
function gather(events: readonly Reasoning[]): Block[] {
  const blocks: Block[] = [];
  let open: Block | null = null;
  for (const { text, signature, opaque, begins, origin } of events) {
    if (open === null || begins || opaque !== undefined) {
      open = {};
      blocks.push(open);
    }
    if (text !== undefined) open.text = (open.text ?? "") + text;
    if (signature !== undefined) open.signature = signature;
    if (opaque !== undefined) open.opaque = opaque;
    if (origin !== undefined) open.origin = origin;
    if (signature !== undefined || opaque !== undefined) open = null;
  }
  return blocks;
}

function only<Kind extends AnswerEvent["kind"]>(
  events: readonly AnswerEvent[],
  kind: Kind,
): Extract<AnswerEvent, { kind: Kind }>[] {
  return events.filter((event): event is Extract<AnswerEvent, { kind: Kind }> => event.kind === kind);
}

function join(events: readonly { readonly text: string }[]): string {
  return events.map((event) => event.text).join("");
}
