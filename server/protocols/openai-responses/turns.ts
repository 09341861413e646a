import { invalid, isObject, type Json, objectsIn } from "../fields";
import type {
  AssistantPart,
  CacheMark,
  FilePart,
  ImagePart,
  MediaSource,
  ReasoningPart,
  TextPart,
  ToolResult,
  Turn,
  UserPart,
} from "../model";
import { openEnvelope } from "./envelope";
import type { InputItem } from "./input-items";
import { neededText } from "./nested";
import { thoughtOf } from "./output-items";
import { onlyAtOpenai } from "./tools";

/**
 * Items as turns: what the assistant said, thought and called in a row is one turn, and so are the results of its calls.
 * @throws AppError invalid_request, unsupported_parameter (names the item)
 */
export function toTurns(items: readonly InputItem[]): Turn[] {
  const turns: Turn[] = [];
  const callSignatures = new Map<string, string>();
  const assistant = (...parts: AssistantPart[]) => {
    const last = turns.at(-1);
    if (last?.role === "assistant")
      turns[turns.length - 1] = { role: "assistant", parts: [...last.parts, ...parts] };
    else turns.push({ role: "assistant", parts });
  };
  items.forEach((item, index) => {
    const path = `input[${index}]`;
    switch (item.type) {
      case "message":
        if (item.role === "assistant") assistant(...toAssistantParts(item, path));
        else turns.push(toTurn(item, path));
        break;
      case "reasoning":
        noteThinking(item, callSignatures, assistant);
        break;
      case "function_call":
        assistant(toToolCall(item, callSignatures, path));
        break;
      case "function_call_output": {
        const result = toToolResult(item, path);
        const last = turns.at(-1);
        if (last?.role === "tool")
          turns[turns.length - 1] = { role: "tool", results: [...last.results, result] };
        else turns.push({ role: "tool", results: [result] });
        break;
      }
      case "item_reference":
        throw invalid(`${path}.id`, "names an item that is not known");
      default:
        throw onlyAtOpenai(`${path}.type`, `an item of type ${JSON.stringify(item.type)}`);
    }
  });
  return turns;
}

function toTurn(item: Json, path: string): Turn {
  const parts = toParts(item.content, `${path}.content`);
  if (item.role === "user") return { role: "user", parts };
  const texts = parts.filter((part): part is TextPart => part.type === "text");
  if (texts.length < parts.length) throw invalid(`${path}.content`, "may only hold text in this role");
  return { role: "instruction", parts: texts };
}

function toAssistantParts(item: Json, path: string): AssistantPart[] {
  if (typeof item.content === "string") return item.content === "" ? [] : [text(item.content)];
  return objectsIn(item.content).map((part, index) => {
    const at = `${path}.content[${index}]`;
    if (part.type === "refusal") return { type: "refusal", text: neededText(part, "refusal", at) };
    if (part.type === "output_text" || part.type === "input_text" || part.type === "text")
      return text(neededText(part, "text", at));
    throw invalid(`${at}.type`, "must be output_text or refusal in an assistant's message");
  });
}

/** A summary, or the thinking itself where a provider shows it; with what has to go back to its provider. */
function noteThinking(
  item: Json,
  callSignatures: Map<string, string>,
  assistant: (part: ReasoningPart) => void,
): void {
  const { callId, ...sealed } = openEnvelope(item.encrypted_content);
  if (callId !== undefined) {
    if (sealed.signature) callSignatures.set(callId, sealed.signature);
    return;
  }
  const thought = thoughtOf(item);
  if (thought === "" && !sealed.opaque && !sealed.signature) return;
  assistant({
    type: "reasoning",
    text: thought,
    ...sealed,
    ...(typeof item.id === "string" ? { id: item.id } : {}),
  });
}

function toToolCall(item: Json, callSignatures: ReadonlyMap<string, string>, path: string): AssistantPart {
  const id = neededText(item, "call_id", path);
  const signature = callSignatures.get(id);
  return {
    type: "tool_call",
    id,
    name: neededText(item, "name", path),
    arguments: neededText(item, "arguments", path) || "{}",
    ...(signature === undefined ? {} : { signature }),
  };
}

function toToolResult(item: Json, path: string): ToolResult {
  const parts = toParts(item.output, `${path}.output`).map((part) => {
    if (part.type === "audio") throw invalid(`${path}.output`, "may hold text, images and files");
    return part;
  });
  return { callId: neededText(item, "call_id", path), parts, isError: item.status === "incomplete" };
}

function toParts(content: unknown, path: string): UserPart[] {
  if (typeof content === "string") return [text(content)];
  return objectsIn(content).map((part, index) => toPart(part, `${path}[${index}]`));
}

function toPart(part: Json, path: string): UserPart {
  const mark = cacheMark(part);
  switch (part.type) {
    case "input_text":
    case "output_text":
    case "text":
      return { ...text(neededText(part, "text", path)), ...mark };
    case "input_image":
      return { ...toImage(part, path), ...mark };
    case "input_file":
      return { ...toFile(part, path), ...mark };
    case "input_audio": {
      const audio = isObject(part.input_audio) ? part.input_audio : part;
      return {
        type: "audio",
        format: neededText(audio, "format", path),
        data: neededText(audio, "data", path),
      };
    }
    default:
      throw invalid(`${path}.type`, "must be input_text, input_image, input_file or input_audio");
  }
}

const DETAILS: Readonly<Record<string, ImagePart["detail"]>> = { low: "low", high: "high", original: "high" };

function toImage(part: Json, path: string): ImagePart {
  const detail = typeof part.detail === "string" ? DETAILS[part.detail] : undefined;
  return {
    type: "image",
    source: toSource(neededText(part, "image_url", path)),
    ...(detail ? { detail } : {}),
  };
}

function toFile(part: Json, path: string): FilePart {
  const name = typeof part.filename === "string" ? { name: part.filename } : {};
  if (typeof part.file_url === "string")
    return { type: "file", source: { kind: "url", url: part.file_url }, ...name };
  const data = neededText(part, "file_data", path);
  const source = toSource(data);
  // Bare base64 is allowed here, and is a PDF: the only document type that may come without its name.
  return {
    type: "file",
    source: data.startsWith("data:") ? source : { kind: "base64", mediaType: "application/pdf", data },
    ...name,
  };
}

function toSource(url: string): MediaSource {
  const inline = /^data:([^;,]+)(?:;[^,]*)?;base64,/.exec(url.slice(0, 200));
  if (!inline?.[1]) return { kind: "url", url };
  return { kind: "base64", mediaType: inline[1], data: url.slice(inline[0].length) };
}

function cacheMark(part: Json): { cache?: CacheMark } {
  if (!isObject(part.cache_control)) return {};
  return { cache: { ttl: part.cache_control.ttl === "1h" ? "1h" : "5m" } };
}

const text = (value: string): TextPart => ({ type: "text", text: value });
