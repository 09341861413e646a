import { invalid, readObject, unsupported } from "../fields";
import type {
  AssistantPart,
  CacheMark,
  Conversation,
  FilePart,
  ImagePart,
  MediaSource,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResult,
  Turn,
  UserPart,
} from "../model";

type Block = Readonly<Record<string, unknown>>;
interface Message {
  readonly role: "user" | "assistant";
  readonly content: Block[];
}

export function cacheControl(cache: CacheMark | undefined) {
  if (!cache) return {};
  return { cache_control: { type: "ephemeral", ...(cache.ttl === "1h" ? { ttl: "1h" } : {}) } };
}

/** Instructions, wherever they stood. A conversation of instructions alone has none: they are what the user says. */
export function toSystem({ instructions, turns }: Conversation): Block[] {
  const later = turns.flatMap((turn) => (turn.role === "instruction" ? turn.parts : []));
  return hasSpeech(turns) ? [...instructions, ...later].flatMap(textBlock) : [];
}

/** Turns as messages. Those of one side in a row become one message: a tool's results have to open the next one. */
export function toMessages({ instructions, turns }: Conversation): Message[] {
  if (!hasSpeech(turns)) {
    const parts = [
      ...instructions,
      ...turns.flatMap((turn) => (turn.role === "instruction" ? turn.parts : [])),
    ];
    return [{ role: "user", content: parts.flatMap(textBlock) }];
  }
  const messages: Message[] = [];
  for (const turn of turns) {
    const content = blocksOf(turn);
    if (turn.role === "instruction" || content.length === 0) continue;
    const role = turn.role === "assistant" ? "assistant" : "user";
    const last = messages.at(-1);
    if (last?.role === role) last.content.push(...content);
    else messages.push({ role, content });
  }
  return messages;
}

function hasSpeech(turns: readonly Turn[]): boolean {
  return turns.some((turn) => turn.role !== "instruction");
}

function blocksOf(turn: Turn): Block[] {
  switch (turn.role) {
    case "user":
      return turn.parts.flatMap(userBlock);
    case "assistant":
      return turn.parts.flatMap(assistantBlock);
    case "tool":
      return turn.results.map(resultBlock);
    default:
      return [];
  }
}

/** Anthropic refuses empty text. */
function textBlock({ text, cache }: TextPart): Block[] {
  return text === "" ? [] : [{ type: "text", text, ...cacheControl(cache) }];
}

function userBlock(part: UserPart): Block[] {
  switch (part.type) {
    case "text":
      return textBlock(part);
    case "image":
      return [imageBlock(part)];
    case "file":
      return [documentBlock(part)];
    default:
      throw unsupported("messages", "Anthropic's models do not listen");
  }
}

function imageBlock({ source, cache }: ImagePart): Block {
  return { type: "image", source: mediaSource(source), ...cacheControl(cache) };
}

function mediaSource(source: MediaSource): Block {
  return source.kind === "url"
    ? { type: "url", url: source.url }
    : { type: "base64", media_type: source.mediaType, data: source.data };
}

/** PDFs go as they are, text as text. */
function documentBlock({ source, name, cache }: FilePart): Block {
  const rest = { ...(name === undefined ? {} : { title: name }), ...cacheControl(cache) };
  if (source.kind === "id")
    throw unsupported("messages", "a file that is stored at another provider cannot be read by Anthropic");
  if (source.kind === "base64" && source.mediaType.startsWith("text/")) {
    const data = Buffer.from(source.data, "base64").toString("utf8");
    return { type: "document", source: { type: "text", media_type: "text/plain", data }, ...rest };
  }
  return { type: "document", source: mediaSource(source), ...rest };
}

function assistantBlock(part: AssistantPart): Block[] {
  switch (part.type) {
    case "text":
      return textBlock(part);
    case "refusal":
      return part.text === "" ? [] : [{ type: "text", text: part.text }];
    case "reasoning":
      return thinkingBlock(part);
    case "tool_call":
      return [toolUseBlock(part)];
    default:
      throw unsupported("messages", "Anthropic's models have no images of their own");
  }
}

/** Only thinking that Anthropic signed comes back to it; other models' thoughts stay with them. */
function thinkingBlock({ text, signature, opaque, origin }: ReasoningPart): Block[] {
  if (origin !== "anthropic-messages") return [];
  if (signature) return [{ type: "thinking", thinking: text, signature }];
  return opaque ? [{ type: "redacted_thinking", data: opaque }] : [];
}

function toolUseBlock({ id, name, arguments: text, cache }: ToolCallPart): Block {
  const input = text.trim() === "" ? {} : readObject(text);
  if (input === null) throw invalid("messages", `has a call of ${name} whose arguments are no JSON object`);
  return { type: "tool_use", id: toToolId(id), name, input, ...cacheControl(cache) };
}

function resultBlock({ callId, parts, isError, cache }: ToolResult): Block {
  const content = parts.flatMap(userBlock);
  return {
    type: "tool_result",
    tool_use_id: toToolId(callId),
    ...(content.length > 0 ? { content } : {}),
    ...(isError ? { is_error: true } : {}),
    ...cacheControl(cache),
  };
}

/** Anthropic allows letters, digits, `_` and `-`. Calls and results are changed alike, so they still meet. */
function toToolId(id: string): string {
  return id.replace(/[^a-zA-Z0-9_-]/g, "_");
}
