import {
  checkList,
  invalid,
  isObject,
  type Json,
  modelOf,
  optionalBoolean,
  optionalInteger,
  optionalObject,
  parseObject,
} from "../fields";
import type { Conversation, InboundCall } from "../model";
import { refuseUnpriced } from "../unpriced";
import { toConversation } from "./read-conversation";
import { promptShape, promptText } from "./text";

export type OutputLimitParameter = "max_tokens" | "max_completion_tokens";

const MAX_CHOICES = 128;
const MAX_TOP_LOGPROBS = 20;
const MAX_STOP_SEQUENCES = 16;
const MAX_LOGIT_BIAS_ENTRIES = 1_024;
const MAX_TOOLS = 512;

/**
 * Checks the fields that the gateway depends on; all others pass through unread.
 * @throws AppError invalid_json (not an object), invalid_request, unsupported_parameter (both name the field)
 */
export function readRequest(bytes: Uint8Array): InboundCall {
  const body = parseObject(bytes);
  const model = modelOf(body);
  const { messages } = body;
  if (!Array.isArray(messages) || messages.length === 0)
    throw invalid("messages", "must be a list with at least one message");
  messages.forEach((message, index) => {
    if (!isObject(message) || typeof message.role !== "string")
      throw invalid(`messages[${index}].role`, "must be a string");
  });
  const stream = optionalBoolean(body, "stream") ?? false;
  const streamOptions = optionalObject(body, "stream_options");
  checkLimits(body);
  refuseUnpriced(body);
  let conversation: Conversation | null = null;
  return {
    dialect: "openai-chat",
    model,
    stream,
    outputLimit: outputLimitOf(body),
    choices: optionalInteger(body, "n", 1, MAX_CHOICES) ?? 1,
    body,
    wantsUsage: streamOptions?.include_usage === true,
    promptText: () => promptText(body),
    promptShape: () => promptShape(body),
    conversation() {
      conversation ??= toConversation(body);
      return conversation;
    },
  };
}

/** Sizes that no honest request has, whatever the provider would say to them. */
function checkLimits(body: Json): void {
  checkList(body.tools, "tools", MAX_TOOLS);
  if (Array.isArray(body.stop)) checkList(body.stop, "stop", MAX_STOP_SEQUENCES);
  if (isObject(body.logit_bias) && Object.keys(body.logit_bias).length > MAX_LOGIT_BIAS_ENTRIES) {
    throw invalid("logit_bias", `may have at most ${MAX_LOGIT_BIAS_ENTRIES} entries`);
  }
  optionalInteger(body, "top_logprobs", 0, MAX_TOP_LOGPROBS);
  optionalInteger(body, "best_of", 1, MAX_CHOICES);
}

function outputLimitOf(body: Json): InboundCall["outputLimit"] {
  for (const parameter of ["max_completion_tokens", "max_tokens"] as const) {
    // A limit that is there but null is a mistake of the caller: silence would bill the model's own limit.
    if (body[parameter] === null) throw invalid(parameter, "must be a whole number of at least 1");
    const tokens = optionalInteger(body, parameter, 1, Number.MAX_SAFE_INTEGER);
    if (tokens !== undefined) return { parameter, tokens };
  }
  return null;
}
