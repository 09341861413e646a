import { unsupported } from "../fields";
import type {
  AssistantTurn,
  Conversation,
  DialectQuirks,
  FilePart,
  ImagePart,
  MediaSource,
  TextPart,
  ToolTurn,
  Turn,
  UserPart,
} from "../model";
import { toDetail, toSignature } from "./write-delta";

type Message = Record<string, unknown>;

/** Instructions and turns as messages. @throws AppError unsupported_parameter */
export function toMessages({ instructions, turns }: Conversation, quirks: DialectQuirks): Message[] {
  const opening = instructions.length > 0 ? [{ role: "system", content: joined(instructions) }] : [];
  return [...opening, ...turns.flatMap((turn) => toTurn(turn, quirks))];
}

function toTurn(turn: Turn, quirks: DialectQuirks): Message[] {
  switch (turn.role) {
    case "instruction":
      return [{ role: "system", content: joined(turn.parts) }];
    case "user":
      return [{ role: "user", content: toContent(turn.parts), ...(turn.name ? { name: turn.name } : {}) }];
    case "assistant":
      return [toAssistant(turn, quirks)];
    case "tool":
      return toResults(turn);
  }
}

function toAssistant({ parts }: AssistantTurn, quirks: DialectQuirks): Message {
  const text = joined(
    parts.filter((part) => part.type === "text"),
    "",
  );
  const refusal = joined(
    parts.filter((part) => part.type === "refusal"),
    "",
  );
  const calls = parts.filter((part) => part.type === "tool_call");
  const reasoning = parts.filter((part) => part.type === "reasoning");
  if (parts.some((part) => part.type === "image"))
    throw unsupported("messages", "chat completions have no images in earlier answers");
  return {
    role: "assistant",
    content: text === "" && (calls.length > 0 || refusal !== "") ? null : text,
    ...(refusal === "" ? {} : { refusal }),
    ...toReasoning(reasoning, quirks),
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map((call) => ({
            id: call.id,
            type: "function",
            function: { name: call.name, arguments: call.arguments },
            ...toSignature(call.signature),
          })),
        }),
  };
}

/** Earlier thinking goes only to a provider that is known to take it, under its name; see the quirks. */
function toReasoning(
  parts: readonly { readonly text: string; readonly signature?: string; readonly opaque?: string }[],
  { reasoningHistory }: DialectQuirks,
): Message {
  if (parts.length === 0 || reasoningHistory === undefined) return {};
  if (reasoningHistory === "reasoning_details") return { reasoning_details: parts.map(toDetail) };
  return { [reasoningHistory]: joined(parts, "") };
}

/**
 * One message per result. A tool message holds only text here: images and files of results follow in a message of the
 * user's, which is how this protocol's own clients do it.
 */
function toResults({ results }: ToolTurn): Message[] {
  const media: (ImagePart | FilePart)[] = [];
  const messages = results.map(({ callId, parts }) => {
    const texts = parts.filter((part) => part.type === "text");
    const others = parts.filter((part) => part.type !== "text");
    media.push(...others);
    const content = texts.length === 0 && others.length > 0 ? "The result follows below." : joined(texts);
    return { role: "tool", tool_call_id: callId, content };
  });
  return media.length === 0 ? messages : [...messages, { role: "user", content: toContent(media) }];
}

function toContent(parts: readonly UserPart[]): unknown {
  const [first] = parts;
  if (parts.length === 1 && first?.type === "text") return first.text;
  return parts.map(toPart);
}

function toPart(part: UserPart): Record<string, unknown> {
  switch (part.type) {
    case "text":
      return { type: "text", text: part.text };
    case "image": {
      const detail = part.detail ? { detail: part.detail } : {};
      return { type: "image_url", image_url: { url: toUrl(part.source), ...detail } };
    }
    case "file":
      return { type: "file", file: toFile(part) };
    case "audio":
      return { type: "input_audio", input_audio: { data: part.data, format: part.format } };
  }
}

function toFile({ source, name }: FilePart): Record<string, unknown> {
  if (source.kind === "id") return { file_id: source.id };
  if (source.kind === "url") throw unsupported("messages", "chat completions take files as data, not by URL");
  return { filename: name ?? "file", file_data: toUrl(source) };
}

function toUrl(source: MediaSource): string {
  return source.kind === "url" ? source.url : `data:${source.mediaType};base64,${source.data}`;
}

function joined(parts: readonly (TextPart | { readonly text: string })[], separator = "\n\n"): string {
  return parts.map((part) => part.text).join(separator);
}
