import {
  checkList,
  invalid,
  isObject,
  type Json,
  modelOf,
  optionalBoolean,
  optionalInteger,
  optionalObject,
  optionalText,
  parseObject,
  unsupported,
} from "../fields";
import type { Conversation, InboundCall } from "../model";
import { refuseUnpriced } from "../unpriced";
import { type InputItem, readInput } from "./input-items";
import { promptShape, promptText } from "./prompt";
import { toConversation } from "./to-conversation";
import { asksForSearch, checkTools } from "./tools";

/** A request of the Responses API: what every dialect's call has, and the state that this one asks us to keep. */
export interface ResponsesCall extends InboundCall {
  readonly dialect: "openai-responses";
  /** The client's own items, in order; messages with their type said. */
  readonly input: readonly InputItem[];
  /** Items of the responses before this one, oldest first. Empty until {@link withHistory} brought them. */
  readonly history: readonly InputItem[];
  readonly previousResponseId: string | null;
  /** Ids of items that the client only points at. */
  readonly references: readonly string[];
  /** Is the answer to be kept, so that a later request can go on from it? */
  readonly store: boolean;
}

const MAX_TOOLS = 512;
const MAX_TOP_LOGPROBS = 20;
const MAX_METADATA = 16;
const MOST_TOOL_CALLS = 1_000;

/** State of the provider's account, which is ours and not the client's. */
const HELD_BY_PROVIDER = {
  conversation: "it is kept in an account of the provider, which is ours; use `previous_response_id`",
  prompt: "it is kept in an account of the provider, which is ours; send `instructions` and `input`",
} as const;

/**
 * Checks the fields that the gateway depends on; all others pass through unread.
 * @throws AppError invalid_json, invalid_request (names the field), model_not_found, unsupported_parameter
 */
export function parseResponsesRequest(bytes: Uint8Array): ResponsesCall {
  const body = parseObject(bytes);
  const model = modelOf(body);
  for (const [name, reason] of Object.entries(HELD_BY_PROVIDER)) {
    if (body[name] !== undefined && body[name] !== null) throw unsupported(name, reason);
  }
  if (optionalBoolean(body, "background"))
    throw unsupported("background", "every request is answered while you wait; ask for a stream");
  const previousResponseId = optionalText(body, "previous_response_id") ?? null;
  const input = body.input === undefined && previousResponseId ? [] : readInput(body.input);
  if (input.length === 0 && !previousResponseId) throw invalid("input", "must have at least one item");
  optionalText(body, "service_tier");
  refuseUnpriced(body);
  checkList(body.tools, "tools", MAX_TOOLS);
  const tools = Array.isArray(body.tools) ? body.tools : [];
  checkTools(tools);
  checkOthers(body);
  const tokens = optionalInteger(body, "max_output_tokens", 1, Number.MAX_SAFE_INTEGER);
  return createCall({
    model,
    stream: optionalBoolean(body, "stream") ?? false,
    outputLimit: tokens === undefined ? null : { parameter: "max_output_tokens", tokens },
    body,
    input,
    history: [],
    previousResponseId,
    references: input.flatMap(({ type, id }) => (type === "item_reference" ? [String(id)] : [])),
    store: optionalBoolean(body, "store") ?? true,
    ...(asksForSearch(tools) ? { searches: searchesOf(body) } : {}),
  });
}

/**
 * The same request with what it only pointed at: the items of the responses before it, and its references as the items
 * that they name.
 */
export function withHistory(
  call: ResponsesCall,
  history: readonly InputItem[],
  referenced: ReadonlyMap<string, InputItem>,
): ResponsesCall {
  const input = call.input.map((item) =>
    item.type === "item_reference" ? (referenced.get(String(item.id)) ?? item) : item,
  );
  return createCall({ ...call, history, input, references: [] });
}

/** The same request with the answer not to be kept. */
export function withoutStore(call: ResponsesCall): ResponsesCall {
  return createCall({ ...call, store: false });
}

type CallFields = Omit<
  ResponsesCall,
  "dialect" | "choices" | "wantsUsage" | "promptText" | "promptShape" | "conversation"
>;

function createCall(fields: CallFields): ResponsesCall {
  const items = [...fields.history, ...fields.input];
  let conversation: Conversation | null = null;
  return {
    ...fields,
    dialect: "openai-responses",
    choices: 1,
    wantsUsage: true,
    promptText: () => promptText(fields.body, items),
    promptShape: () => promptShape(items),
    conversation() {
      conversation ??= toConversation(fields.body, items);
      return conversation;
    },
  };
}

/** Searches are billed by the call, so there has to be a most: the client's own limit of calls, or ours. */
const MOST_SEARCHES = 10;

function searchesOf(body: Json): number {
  return optionalInteger(body, "max_tool_calls", 1, MOST_TOOL_CALLS) ?? MOST_SEARCHES;
}

function checkOthers(body: Json): void {
  optionalText(body, "instructions");
  optionalObject(body, "stream_options");
  optionalObject(body, "reasoning");
  optionalObject(body, "text");
  optionalInteger(body, "top_logprobs", 0, MAX_TOP_LOGPROBS);
  checkList(body.include, "include", 64);
  const metadata = optionalObject(body, "metadata");
  if (metadata && Object.keys(metadata).length > MAX_METADATA)
    throw invalid("metadata", `may have at most ${MAX_METADATA} entries`);
  const { truncation } = body;
  if (truncation !== undefined && truncation !== null && truncation !== "auto" && truncation !== "disabled")
    throw invalid("truncation", "must be auto or disabled");
  if (body.text !== undefined && isObject(body.text) && body.text.format !== undefined) {
    const { format } = body.text;
    if (format !== null && !isObject(format)) throw invalid("text.format", "must be an object");
  }
}
