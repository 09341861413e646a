import { invalid, isObject, type Json, objectsIn, textIn, unsupported } from "../fields";
import {
  type AssistantPart,
  type Conversation,
  type DialectName,
  isDialectName,
  type ReasoningPart,
  type TextPart,
  type ToolCallPart,
  type ToolResult,
  type Turn,
} from "../model";
import { cacheMarkOf, readTextParts, readUserParts } from "./read-content";

/** Messages as instructions and turns. @throws AppError unsupported_parameter, invalid_request */
export function readMessages(messages: readonly unknown[]): Pick<Conversation, "instructions" | "turns"> {
  const instructions: TextPart[] = [];
  const turns: Turn[] = [];
  messages.forEach((message, index) => {
    const at = `messages[${index}]`;
    if (!isObject(message)) throw invalid(at, "must be an object");
    switch (message.role) {
      case "system":
      case "developer": {
        const parts = readTextParts(message.content, `${at}.content`);
        if (turns.length === 0) instructions.push(...parts);
        else turns.push({ role: "instruction", parts });
        return;
      }
      case "user": {
        const name = textIn(message.name);
        const parts = readUserParts(message.content, `${at}.content`);
        turns.push({ role: "user", parts, ...(name === null ? {} : { name }) });
        return;
      }
      case "assistant":
        turns.push({ role: "assistant", parts: readAssistantParts(message, at) });
        return;
      case "tool":
        addResult(turns, readResult(message, at));
        return;
      default:
        throw unsupported(`${at}.role`, "it must be system, developer, user, assistant or tool");
    }
  });
  return { instructions, turns };
}

/** Results of one round of calls are messages of their own here, and one turn everywhere else. */
function addResult(turns: Turn[], result: ToolResult): void {
  const last = turns.at(-1);
  if (last?.role === "tool") turns[turns.length - 1] = { role: "tool", results: [...last.results, result] };
  else turns.push({ role: "tool", results: [result] });
}

function readResult(message: Json, at: string): ToolResult {
  const callId = textIn(message.tool_call_id);
  if (callId === null) throw invalid(`${at}.tool_call_id`, "must name the call that this answers");
  const parts = readUserParts(message.content, `${at}.content`).map((part, index) => {
    if (part.type === "audio")
      throw unsupported(`${at}.content[${index}]`, "a tool result cannot hold sound");
    return part;
  });
  return { callId, parts, isError: false, ...cacheMarkOf(message) };
}

function readAssistantParts(message: Json, at: string): AssistantPart[] {
  if (isObject(message.function_call))
    throw unsupported(`${at}.function_call`, "it was replaced by tool_calls");
  if (isObject(message.audio)) throw unsupported(`${at}.audio`, "spoken answers are not translated");
  const parts: AssistantPart[] = [
    ...readReasoning(message),
    ...readContent(message.content, `${at}.content`),
  ];
  const refusal = textIn(message.refusal);
  if (refusal !== null) parts.push({ type: "refusal", text: refusal });
  objectsIn(message.tool_calls).forEach((call, index) => {
    parts.push(readToolCall(call, `${at}.tool_calls[${index}]`));
  });
  return parts;
}

function readContent(content: unknown, at: string): AssistantPart[] {
  if (content === null || content === undefined || content === "") return [];
  if (typeof content === "string") return [{ type: "text", text: content }];
  if (!Array.isArray(content)) throw invalid(at, "must be a string or a list of parts");
  return content.map((part: unknown, index): AssistantPart => {
    if (isObject(part) && part.type === "refusal" && typeof part.refusal === "string")
      return { type: "refusal", text: part.refusal };
    if (isObject(part) && part.type === "text" && typeof part.text === "string")
      return { type: "text", text: part.text, ...cacheMarkOf(part) };
    throw unsupported(`${at}[${index}]`, "an answer can only hold text and refusals");
  });
}

function readToolCall(call: Json, at: string): ToolCallPart {
  const definition = isObject(call.function) ? call.function : {};
  const id = textIn(call.id);
  const name = textIn(definition.name);
  if (id === null || name === null) throw invalid(at, "must have an id and a function name");
  const extra =
    isObject(call.extra_content) && isObject(call.extra_content.google) ? call.extra_content.google : {};
  const signature = textIn(extra.thought_signature);
  return {
    type: "tool_call",
    id,
    name,
    arguments: textIn(definition.arguments) ?? "{}",
    ...(signature === null ? {} : { signature }),
  };
}

/**
 * Thinking of an earlier answer: `reasoning_details` where the client kept them, since only they hold signatures, else
 * the plain text. Details that a client gathered from a stream come in fragments; a signature closes a block.
 */
function readReasoning(message: Json): ReasoningPart[] {
  const details = objectsIn(message.reasoning_details);
  if (details.length === 0) {
    const text = textIn(message.reasoning_content) ?? textIn(message.reasoning);
    return text === null ? [] : [{ type: "reasoning", text }];
  }
  const parts: ReasoningPart[] = [];
  let text: string | null = null;
  let format: unknown;
  const close = (signature: string | null) => {
    if (text === null) return;
    parts.push({
      type: "reasoning",
      text,
      ...(signature === null ? {} : { signature }),
      ...originOf(format),
    });
    text = null;
  };
  for (const detail of details) {
    format = detail.format;
    const opaque = textIn(detail.data);
    if (opaque !== null) {
      close(null);
      parts.push({ type: "reasoning", text: "", opaque, ...originOf(format) });
      continue;
    }
    text = (text ?? "") + (textIn(detail.text) ?? textIn(detail.summary) ?? "");
    const signature = textIn(detail.signature);
    if (signature !== null) close(signature);
  }
  close(null);
  return parts;
}

/** `format` of a detail: we write the wire there whose provider signed it. */
function originOf(format: unknown): { origin?: DialectName } {
  return isDialectName(format) ? { origin: format } : {};
}
