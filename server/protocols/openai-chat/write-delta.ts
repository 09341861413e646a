import type { AnswerEvent } from "../model";

/** The delta of an event, in the shape that both a chunk's delta and (gathered) a message have. Null: not part of one. */
export function toDelta(event: AnswerEvent): Record<string, unknown> | null {
  switch (event.kind) {
    case "text":
      return { content: event.text };
    case "refusal":
      return { refusal: event.text };
    case "reasoning":
      return toReasoningDelta(event);
    case "tool_call":
      return {
        tool_calls: [
          {
            index: event.call,
            id: event.id,
            type: "function",
            function: { name: event.name, arguments: "" },
            ...toSignature(event.signature),
          },
        ],
      };
    case "tool_arguments":
      return { tool_calls: [{ index: event.call, function: { arguments: event.fragment } }] };
    case "image":
      return { images: [toImage(event)] };
    case "citation":
      return { annotations: [toAnnotation(event.citation)] };
    default:
      return null;
  }
}

type Reasoning = Extract<AnswerEvent, { kind: "reasoning" }>;

/** The text under the name that most clients read, and all of it as details, which alone can hold a signature. */
function toReasoningDelta(event: Reasoning): Record<string, unknown> {
  return {
    ...(event.text === undefined ? {} : { reasoning_content: event.text }),
    reasoning_details: [toDetail(event)],
  };
}

export function toDetail({
  text,
  signature,
  opaque,
  origin,
}: Pick<Reasoning, "text" | "signature" | "opaque" | "origin">) {
  const format = origin === undefined ? {} : { format: origin };
  if (opaque !== undefined) return { type: "reasoning.encrypted", data: opaque, ...format };
  return {
    type: "reasoning.text",
    ...(text === undefined ? {} : { text }),
    ...(signature === undefined ? {} : { signature }),
    ...format,
  };
}

export function toImage({ mediaType, data }: { readonly mediaType: string; readonly data: string }) {
  return { type: "image_url", image_url: { url: `data:${mediaType};base64,${data}` } };
}

export function toAnnotation(citation: Extract<AnswerEvent, { kind: "citation" }>["citation"]) {
  return {
    type: "url_citation",
    url_citation: {
      url: citation.url,
      ...(citation.title === null ? {} : { title: citation.title }),
      ...(citation.startIndex === null ? {} : { start_index: citation.startIndex }),
      ...(citation.endIndex === null ? {} : { end_index: citation.endIndex }),
    },
  };
}

/** A provider's signature of a call, where Google's own compatible endpoint puts it. */
export function toSignature(signature: string | undefined): Record<string, unknown> {
  return signature === undefined ? {} : { extra_content: { google: { thought_signature: signature } } };
}
