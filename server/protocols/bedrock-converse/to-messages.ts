import { readObject, unsupported } from "../fields";
import type {
  AssistantPart,
  CacheMark,
  FilePart,
  ImagePart,
  ReasoningPart,
  TextPart,
  ToolResult,
  Turn,
  UserPart,
} from "../model";

type Block = Record<string, unknown>;
interface Message {
  readonly role: "user" | "assistant";
  readonly content: Block[];
}

/** Turns as Converse's messages, which alternate: neighbours of the same role become one. */
export function toMessages(turns: readonly Turn[]): Message[] {
  const messages: Message[] = [];
  const names = createDocumentNames();
  for (const turn of turns) {
    const role = turn.role === "assistant" ? "assistant" : "user";
    const content = toBlocks(turn, names);
    if (content.length === 0) continue;
    const last = messages.at(-1);
    if (last?.role === role) last.content.push(...content);
    else messages.push({ role, content });
  }
  return messages;
}

/** A text block (none for an empty text, which Converse refuses), and the cache point that follows it. */
export function toTextBlocks({ text, cache }: TextPart): Block[] {
  return [...(text === "" ? [] : [{ text }]), ...toCachePoint(cache)];
}

export function toCachePoint(cache: CacheMark | undefined): Block[] {
  if (!cache) return [];
  return [{ cachePoint: { type: "default", ...(cache.ttl === "1h" ? { ttl: "1h" } : {}) } }];
}

type NameOf = (part: FilePart) => string;

function toBlocks(turn: Turn, nameOf: NameOf): Block[] {
  switch (turn.role) {
    case "user":
      return turn.parts.flatMap((part) => toUserBlocks(part, nameOf));
    case "instruction":
      // There is one place for instructions, before the first message; later ones are said in the user's role.
      return turn.parts.flatMap(toTextBlocks);
    case "assistant":
      return turn.parts.flatMap(toAssistantBlocks);
    case "tool":
      return turn.results.flatMap((result) => toResultBlocks(result, nameOf));
  }
}

function toUserBlocks(part: UserPart, nameOf: NameOf): Block[] {
  switch (part.type) {
    case "text":
      return toTextBlocks(part);
    case "image":
      return [{ image: toImage(part) }, ...toCachePoint(part.cache)];
    case "file":
      return [{ document: { ...toDocument(part), name: nameOf(part) } }, ...toCachePoint(part.cache)];
    case "audio":
      throw unsupported("messages", "the models of Converse take no audio");
  }
}

const IMAGE_FORMATS: Readonly<Record<string, string>> = {
  "image/png": "png",
  "image/jpeg": "jpeg",
  "image/jpg": "jpeg",
  "image/gif": "gif",
  "image/webp": "webp",
};
const DOCUMENT_FORMATS: Readonly<Record<string, string>> = {
  "application/pdf": "pdf",
  "text/csv": "csv",
  "text/html": "html",
  "text/plain": "txt",
  "text/markdown": "md",
  "application/msword": "doc",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
  "application/vnd.ms-excel": "xls",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
};

function toImage({ source }: ImagePart): Block {
  if (source.kind === "url") throw unsupported("messages", "Bedrock takes images as base64 data, not by URL");
  return toMedia(source.mediaType, source.data, IMAGE_FORMATS);
}

function toDocument({ source }: FilePart): Block {
  if (source.kind !== "base64")
    throw unsupported("messages", "Bedrock takes files as base64 data, not by URL or id");
  return toMedia(source.mediaType, source.data, DOCUMENT_FORMATS);
}

function toMedia(mediaType: string, data: string, formats: Readonly<Record<string, string>>): Block {
  const format = formats[mediaType.split(";")[0]?.trim().toLowerCase() ?? ""];
  if (format === undefined) throw unsupported("messages", `Bedrock takes no ${mediaType.slice(0, 100)} here`);
  return { format, source: { bytes: data } };
}

/** Every document needs a name of its own, made of letters, digits, single spaces, hyphens and brackets. */
function createDocumentNames(): NameOf {
  let count = 0;
  return (part) => {
    count += 1;
    const stem = (part.name ?? "").replace(/\.[^.]*$/, "");
    const plain = stem.replace(/[^A-Za-z0-9()[\]-]+/g, " ").trim();
    return `${plain === "" ? "document" : plain.slice(0, 150)} ${count}`;
  };
}

function toAssistantBlocks(part: AssistantPart): Block[] {
  switch (part.type) {
    case "text":
      return toTextBlocks(part);
    case "refusal":
      return part.text === "" ? [] : [{ text: part.text }];
    case "image":
      return [{ image: toImage(part) }];
    case "reasoning":
      return toReasoningBlocks(part);
    case "tool_call":
      return [
        { toolUse: { toolUseId: part.id, name: part.name, input: readObject(part.arguments) ?? {} } },
        ...toCachePoint(part.cache),
      ];
  }
}

/** Thinking is only taken back with the signature of the model that did it; without one it is left out. */
function toReasoningBlocks({ text, signature, opaque, origin }: ReasoningPart): Block[] {
  if (origin !== undefined && origin !== "bedrock-converse") return [];
  if (opaque !== undefined) return [{ reasoningContent: { redactedContent: opaque } }];
  if (signature === undefined || text === "") return [];
  return [{ reasoningContent: { reasoningText: { text, signature } } }];
}

function toResultBlocks(result: ToolResult, nameOf: NameOf): Block[] {
  const content = result.parts.flatMap((part): Block[] => {
    if (part.type === "text") return [{ text: part.text }];
    if (part.type === "image") return [{ image: toImage(part) }];
    return [{ document: { ...toDocument(part), name: nameOf(part) } }];
  });
  return [
    {
      toolResult: {
        toolUseId: result.callId,
        content: content.length > 0 ? content : [{ text: "" }],
        status: result.isError ? "error" : "success",
      },
    },
    ...toCachePoint(result.cache),
  ];
}
