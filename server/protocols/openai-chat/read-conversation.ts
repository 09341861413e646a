import {
  invalid,
  isObject,
  type Json,
  optionalBoolean,
  optionalInteger,
  optionalNumber,
  optionalObject,
  optionalText,
  textIn,
  unsupported,
} from "../fields";
import {
  type AnswerFormat,
  type Conversation,
  type ReasoningWish,
  refuseUncarriedFields,
  type Sampling,
  type Tool,
  type ToolChoice,
} from "../model";
import { CHAT_FIELDS } from "./carries";
import { cacheMarkOf } from "./read-content";
import { readMessages } from "./read-messages";

const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh"] as const;

/**
 * A chat completion request in no protocol's words.
 * @throws AppError unsupported_parameter, invalid_request; each names the field
 */
export function toConversation(body: Json): Conversation {
  refuseUncarriedFields(body, CHAT_FIELDS);
  return {
    ...readMessages(Array.isArray(body.messages) ? body.messages : []),
    tools: readTools(body.tools),
    toolChoice: readToolChoice(body.tool_choice),
    parallelToolCalls: optionalBoolean(body, "parallel_tool_calls") ?? null,
    answerFormat: readAnswerFormat(optionalObject(body, "response_format")),
    reasoning: readReasoning(body),
    sampling: readSampling(body),
    choices: optionalInteger(body, "n", 1, 128) ?? 1,
    logprobs: body.logprobs === true ? { top: optionalInteger(body, "top_logprobs", 0, 20) ?? 0 } : null,
    user: optionalText(body, "safety_identifier") ?? optionalText(body, "user") ?? null,
    serviceTier: optionalText(body, "service_tier") ?? null,
    cacheKey: optionalText(body, "prompt_cache_key") ?? null,
    modalities: Array.isArray(body.modalities)
      ? body.modalities.filter((one): one is string => typeof one === "string" && one !== "text")
      : [],
  };
}

function readTools(value: unknown): Tool[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalid("tools", "must be a list");
  return value.map((tool: unknown, index) => {
    const at = `tools[${index}]`;
    if (!isObject(tool)) throw invalid(at, "must be an object");
    if (tool.type !== "function")
      throw unsupported(`${at}.type`, "only function tools are carried between protocols");
    const definition = isObject(tool.function) ? tool.function : {};
    const name = textIn(definition.name);
    if (name === null) throw invalid(`${at}.function.name`, "must be a string");
    return {
      name,
      description: textIn(definition.description),
      parameters: isObject(definition.parameters)
        ? definition.parameters
        : { type: "object", properties: {} },
      strict: typeof definition.strict === "boolean" ? definition.strict : null,
      ...cacheMarkOf(tool),
    };
  });
}

function readToolChoice(value: unknown): ToolChoice | null {
  if (value === undefined || value === null) return null;
  if (value === "auto" || value === "none" || value === "required") return { kind: value };
  const name = isObject(value) && isObject(value.function) ? textIn(value.function.name) : null;
  if (name !== null) return { kind: "tool", name };
  throw unsupported("tool_choice", "it must be auto, none, required or one function");
}

function readAnswerFormat(format: Json | undefined): AnswerFormat | null {
  if (format === undefined || format.type === "text") return null;
  if (format.type === "json_object") return { kind: "json_object" };
  const wanted = isObject(format.json_schema) ? format.json_schema : null;
  if (format.type !== "json_schema" || wanted === null)
    throw unsupported("response_format", "it must be text, json_object or json_schema");
  return {
    kind: "json_schema",
    name: textIn(wanted.name) ?? "answer",
    description: textIn(wanted.description),
    schema: isObject(wanted.schema) ? wanted.schema : {},
    strict: typeof wanted.strict === "boolean" ? wanted.strict : null,
  };
}

/** `reasoning_effort`, or OpenRouter's `reasoning {effort, max_tokens, exclude, enabled}`. */
function readReasoning(body: Json): ReasoningWish | null {
  const wish = optionalObject(body, "reasoning");
  const effort = readEffort(
    wish?.effort ?? body.reasoning_effort,
    wish?.effort === undefined ? "reasoning_effort" : "reasoning.effort",
  );
  const budgetTokens = wish
    ? (optionalInteger(wish, "max_tokens", 0, Number.MAX_SAFE_INTEGER) ?? null)
    : null;
  const isVisible = wish?.exclude !== true && body.include_reasoning !== false;
  if (wish?.enabled === false) return { effort: "none", budgetTokens: null, isVisible };
  if (effort !== null || budgetTokens !== null) return { effort, budgetTokens, isVisible };
  return wish?.enabled === true ? { effort: "medium", budgetTokens: null, isVisible } : null;
}

function readEffort(value: unknown, name: string): ReasoningWish["effort"] {
  if (value === undefined || value === null) return null;
  const effort = EFFORTS.find((known) => known === value);
  if (!effort) throw invalid(name, `must be one of ${EFFORTS.join(", ")}`);
  return effort;
}

function readSampling(body: Json): Sampling {
  const { stop, logit_bias: bias } = body;
  return {
    temperature: optionalNumber(body, "temperature") ?? null,
    topP: optionalNumber(body, "top_p") ?? null,
    topK: optionalInteger(body, "top_k", 0, Number.MAX_SAFE_INTEGER) ?? null,
    frequencyPenalty: optionalNumber(body, "frequency_penalty") ?? null,
    presencePenalty: optionalNumber(body, "presence_penalty") ?? null,
    seed: optionalInteger(body, "seed", Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER) ?? null,
    stop: typeof stop === "string" ? [stop] : Array.isArray(stop) ? stop.map(String) : [],
    logitBias: isObject(bias)
      ? Object.fromEntries(Object.entries(bias).map(([token, amount]) => [token, Number(amount)]))
      : null,
  };
}
