import {
  checkList,
  invalid,
  isObject,
  type Json,
  modelOf,
  objectsIn,
  optionalBoolean,
  optionalInteger,
  parseObject,
  unsupported,
} from "../fields";
import type { InboundCall, OutboundOptions } from "../model";
import { forwardable } from "../own-fields";
import { refuseUnpriced } from "../unpriced";
import { toConversation } from "./conversation";
import { isOwn } from "./origin";
import { promptShape, promptText } from "./prompt";

const MAX_STOP_SEQUENCES = 64;
const MAX_TOOLS = 512;
const ROLES = new Set(["user", "assistant", "system"]);

/**
 * Checks the fields that the gateway depends on; all others pass through unread. Both API versions are read alike: what
 * only the newer one refuses is refused by Anthropic, and other providers know the fields.
 * @throws AppError invalid_json, invalid_request (names the field), model_not_found (a name too long to be one)
 */
export function parseMessagesRequest(bytes: Uint8Array): InboundCall {
  const body = parseBody(bytes);
  const tokens = optionalInteger(body, "max_tokens", 1, Number.MAX_SAFE_INTEGER);
  if (tokens === undefined) throw invalid("max_tokens", "is required");
  refuseUnpriced(body);
  checkList(body.stop_sequences, "stop_sequences", MAX_STOP_SEQUENCES);
  let conversation: ReturnType<typeof toConversation> | null = null;
  return {
    dialect: "anthropic-messages",
    model: modelOf(body),
    stream: optionalBoolean(body, "stream") ?? false,
    outputLimit: { parameter: "max_tokens", tokens },
    choices: 1,
    body,
    wantsUsage: true,
    promptText: () => promptText(body),
    promptShape: () => promptShape(body),
    searches: searchesOf(body.tools),
    conversation: () => {
      conversation ??= toConversation(body);
      return conversation;
    },
  };
}

/** A search tool without a limit of its own is reckoned with this many. */
const USUAL_SEARCHES = 10;

/**
 * Web searches that the request allows. Of Anthropic's other tools only the execution of code costs more than tokens: by the
 * hour, which no answer tells.
 * @throws AppError unsupported_parameter, invalid_request
 */
function searchesOf(tools: unknown): number {
  const own = objectsIn(tools).filter(({ type }) => typeof type === "string");
  if (own.some(({ type }) => String(type).startsWith("code_execution")))
    throw unsupported("tools", "code execution has no price here");
  const limits = own
    .filter(({ type }) => String(type).startsWith("web_search"))
    .map((tool) => optionalInteger(tool, "max_uses", 1, 1_000) ?? USUAL_SEARCHES);
  return limits.reduce((sum, limit) => sum + limit, 0);
}

/** What counting and answering have in common: a model, and a conversation that has begun. */
export function parseBody(bytes: Uint8Array): Json {
  const body = parseObject(bytes);
  modelOf(body);
  const { messages, system } = body;
  if (!Array.isArray(messages) || messages.length === 0)
    throw invalid("messages", "must be a list with at least one message");
  messages.forEach((message, index) => {
    checkMessage(message, `messages.${index}`);
  });
  if (system !== undefined && system !== null && typeof system !== "string" && !Array.isArray(system))
    throw invalid("system", "must be a string or a list of text blocks");
  checkList(body.tools, "tools", MAX_TOOLS);
  return body;
}

function checkMessage(message: unknown, path: string): void {
  if (!isObject(message)) throw invalid(path, "must be an object");
  if (typeof message.role !== "string" || !ROLES.has(message.role))
    throw invalid(`${path}.role`, "must be `user` or `assistant`");
  const { content } = message;
  if (typeof content === "string") return;
  if (!Array.isArray(content)) throw invalid(`${path}.content`, "must be a string or a list of blocks");
  content.forEach((block, index) => {
    if (!isObject(block) || typeof block.type !== "string")
      throw invalid(`${path}.content.${index}.type`, "must be a string");
  });
}

/**
 * Thinking of an earlier answer that Anthropic did not make (the conversation began with another model) would be refused
 * as forged. Everything else stays as it is.
 */
function withoutForeignThinking(messages: unknown): unknown {
  if (!Array.isArray(messages)) return messages;
  return messages.map((message: unknown) => {
    if (!isObject(message) || message.role !== "assistant" || !Array.isArray(message.content)) return message;
    const content = message.content.filter((block: unknown) => !isForeignThinking(block));
    return content.length === message.content.length ? message : { ...message, content };
  });
}

function isForeignThinking(block: unknown): boolean {
  if (!isObject(block)) return false;
  if (block.type === "thinking") return !isOwn(block.signature);
  return block.type === "redacted_thinking" && !isOwn(block.data);
}

/** The body for a provider that speaks this protocol: the client's own, with the provider's model name and our limit. */
export function toSameBody(call: InboundCall, options: OutboundOptions): string {
  const body = forwardable(call.body);
  body.messages = withoutForeignThinking(body.messages);
  body.model = options.model;
  body.max_tokens = options.outputTokens;
  return JSON.stringify(body);
}
