import { invalid, isObject, type Json, objectsIn, textIn, unsupported } from "../fields";
import type {
  AssistantPart,
  CacheMark,
  FilePart,
  ImagePart,
  MediaSource,
  TextPart,
  ToolResult,
  Turn,
} from "../model";
import { readOrigin } from "./origin";

type UserMedia = TextPart | ImagePart | FilePart;

export function cacheOf(block: Json): { cache?: CacheMark } {
  if (!isObject(block.cache_control)) return {};
  return { cache: { ttl: block.cache_control.ttl === "1h" ? "1h" : "5m" } };
}

/** Blocks of instructions: text only. */
export function textParts(blocks: readonly Json[], path: string): TextPart[] {
  return blocks.map((block, index) => {
    if (block.type !== "text") throw unsupported(`${path}.${index}.type`, "only text can stand there");
    return textPart(block, `${path}.${index}`);
  });
}

function textPart(block: Json, path: string): TextPart {
  if (typeof block.text !== "string") throw invalid(`${path}.text`, "must be a string");
  return { type: "text", text: block.text, ...cacheOf(block) };
}

/** One user message: its tool results first, as a turn of their own, then what the user says. */
export function fromUserBlocks(blocks: readonly Json[], path: string): Turn[] {
  const results: ToolResult[] = [];
  const parts: UserMedia[] = [];
  blocks.forEach((block, index) => {
    const at = `${path}.${index}`;
    if (block.type === "tool_result") results.push(toToolResult(block, at));
    else parts.push(...fromMediaBlock(block, at));
  });
  const turns: Turn[] = [];
  if (results.length > 0) turns.push({ role: "tool", results });
  if (parts.length > 0) turns.push({ role: "user", parts });
  return turns;
}

function toToolResult(block: Json, path: string): ToolResult {
  if (typeof block.tool_use_id !== "string") throw invalid(`${path}.tool_use_id`, "must be a string");
  const { content } = block;
  const parts: UserMedia[] =
    typeof content === "string"
      ? [{ type: "text", text: content }]
      : objectsIn(content).flatMap((inner, index) => fromMediaBlock(inner, `${path}.content.${index}`));
  return { callId: block.tool_use_id, parts, isError: block.is_error === true, ...cacheOf(block) };
}

function fromMediaBlock(block: Json, path: string): UserMedia[] {
  switch (block.type) {
    case "text":
      return [textPart(block, path)];
    case "image":
      return [{ type: "image", source: mediaSource(block.source, `${path}.source`), ...cacheOf(block) }];
    case "document":
      return fromDocument(block, path);
    case "search_result":
      return [{ type: "text", text: searchResultText(block), ...cacheOf(block) }];
    default:
      throw unsupported(`${path}.type`, `a block of type ${JSON.stringify(block.type)} has no counterpart`);
  }
}

/** Documents that are text anyway become text under their title; PDFs stay files. */
function fromDocument(block: Json, path: string): UserMedia[] {
  const title = textIn(block.title);
  const source = isObject(block.source) ? block.source : {};
  if (source.type === "text")
    return [{ type: "text", text: titled(title, String(source.data ?? "")), ...cacheOf(block) }];
  if (source.type === "content") {
    if (typeof source.content === "string")
      return [{ type: "text", text: titled(title, source.content), ...cacheOf(block) }];
    const inner = objectsIn(source.content);
    return inner.flatMap((part, index) => fromMediaBlock(part, `${path}.source.content.${index}`));
  }
  const file = { type: "file" as const, ...(title === null ? {} : { name: title }), ...cacheOf(block) };
  if (source.type === "file") return [{ ...file, source: { kind: "id", id: String(source.file_id ?? "") } }];
  return [{ ...file, source: mediaSource(source, `${path}.source`) }];
}

function titled(title: string | null, text: string): string {
  return title === null ? text : `${title}\n\n${text}`;
}

function searchResultText(block: Json): string {
  const texts = objectsIn(block.content).map((inner) => textIn(inner.text) ?? "");
  return [textIn(block.title), textIn(block.source), ...texts].filter(Boolean).join("\n");
}

function mediaSource(value: unknown, path: string): MediaSource {
  if (isObject(value) && value.type === "base64" && typeof value.data === "string")
    return { kind: "base64", mediaType: String(value.media_type ?? ""), data: value.data };
  if (isObject(value) && value.type === "url" && typeof value.url === "string")
    return { kind: "url", url: value.url };
  if (isObject(value) && value.type === "file")
    throw unsupported(path, "a file stored at Anthropic cannot be read by another provider");
  throw invalid(path, "must be a base64 or url source");
}

/**
 * An earlier answer. What Anthropic's own tools found (`server_tool_use` and results) is dropped: it is encrypted for
 * Anthropic, and the text that was written from it stays.
 */
export function fromAssistantBlocks(blocks: readonly Json[], path: string): AssistantPart[] {
  return blocks.flatMap((block, index): AssistantPart[] => {
    const at = `${path}.${index}`;
    switch (block.type) {
      case "text":
        return [textPart(block, at)];
      case "thinking":
        return [thinkingPart(block)];
      case "redacted_thinking":
        return [redactedPart(block)];
      case "tool_use":
        if (typeof block.id !== "string" || typeof block.name !== "string")
          throw invalid(at, "must have an id and a name");
        return [
          {
            type: "tool_call",
            id: block.id,
            name: block.name,
            arguments: JSON.stringify(block.input ?? {}),
            ...cacheOf(block),
          },
        ];
      default:
        return [];
    }
  });
}

function thinkingPart(block: Json): AssistantPart {
  const part = { type: "reasoning" as const, text: textIn(block.thinking) ?? "" };
  const signature = textIn(block.signature);
  if (signature === null) return part;
  const { value, ...origin } = readOrigin(signature);
  return { ...part, signature: value, ...origin };
}

function redactedPart(block: Json): AssistantPart {
  const { value, ...origin } = readOrigin(textIn(block.data) ?? "");
  return { type: "reasoning", text: "", opaque: value, ...origin };
}
