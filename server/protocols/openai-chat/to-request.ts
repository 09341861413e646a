import { isObject } from "../fields";
import {
  type Conversation,
  type DialectQuirks,
  type InboundCall,
  type OutboundOptions,
  type OutboundTable,
  type ReasoningWish,
  refuseUncarriedTraits,
  type Tool,
  type ToolChoice,
  type Trait,
} from "../model";
import { forwardable } from "../own-fields";
import { toUserName } from "../unpriced";
import { CHAT_TRAITS } from "./carries";
import { toMessages } from "./write-messages";

/**
 * The body for a provider that speaks the same protocol: the client's own, with the provider's model name, an explicit
 * output limit and usage asked for. Everything else is as the client wrote it.
 */
export function toSameBody(call: InboundCall, options: OutboundOptions): string {
  const body = forwardable(call.body);
  const own = call.outputLimit?.parameter;
  body.model = options.model;
  body[own ?? options.outputLimitParameter ?? "max_tokens"] = options.outputTokens;
  if (call.stream && options.quirks?.streamOptions !== false) {
    const asked = isObject(body.stream_options) ? body.stream_options : {};
    body.stream_options = { ...asked, include_usage: true };
  } else if (options.quirks?.streamOptions === false) {
    delete body.stream_options;
  }
  return JSON.stringify(body);
}

/** The body for a client that speaks another protocol. @throws AppError unsupported_parameter */
export function toBody(conversation: Conversation, options: OutboundOptions): string {
  const quirks = options.quirks ?? {};
  refuseUncarriedTraits(conversation, traitsAt(quirks));
  const { sampling, answerFormat, tools, logprobs, modalities } = conversation;
  return JSON.stringify({
    model: options.model,
    messages: toMessages(conversation, quirks),
    [options.outputLimitParameter ?? "max_tokens"]: options.outputTokens,
    ...(options.stream ? { stream: true } : {}),
    ...(options.stream && quirks.streamOptions !== false ? { stream_options: { include_usage: true } } : {}),
    ...(tools.length > 0 ? { tools: tools.map(toTool) } : {}),
    ...defined("tool_choice", toToolChoice(conversation.toolChoice)),
    ...defined("parallel_tool_calls", tools.length > 0 ? conversation.parallelToolCalls : null),
    ...defined("response_format", answerFormat && toResponseFormat(answerFormat)),
    ...toReasoningWish(conversation.reasoning, quirks),
    ...defined("temperature", sampling.temperature),
    ...defined("top_p", sampling.topP),
    ...defined("top_k", sampling.topK),
    ...defined("frequency_penalty", sampling.frequencyPenalty),
    ...defined("presence_penalty", sampling.presencePenalty),
    ...defined(quirks.seedParameter ?? "seed", sampling.seed),
    ...(sampling.stop.length > 0 ? { stop: sampling.stop } : {}),
    ...defined("logit_bias", sampling.logitBias),
    ...(conversation.choices > 1 ? { n: conversation.choices } : {}),
    ...(logprobs ? { logprobs: true, top_logprobs: logprobs.top } : {}),
    ...defined("user", toUserName(conversation.user)),
    ...defined("prompt_cache_key", quirks.promptCacheKey ? conversation.cacheKey : null),
    ...(modalities.length > 0 ? { modalities: ["text", ...modalities] } : {}),
  });
}

/** The protocol's table as this provider keeps it: what it knows beyond the protocol, and what it lacks of it. */
function traitsAt({ extraTraits = [], missingTraits = [] }: DialectQuirks): OutboundTable {
  if (extraTraits.length === 0 && missingTraits.length === 0) return CHAT_TRAITS;
  const changed: Partial<Record<Trait, OutboundTable[Trait]>> = {};
  for (const trait of extraTraits) changed[trait] = { carried: trait };
  for (const trait of missingTraits) changed[trait] = { refused: "this model's provider does not have it" };
  return { ...CHAT_TRAITS, ...changed };
}

function toTool({ name, description, parameters, strict }: Tool): Record<string, unknown> {
  return {
    type: "function",
    function: { name, ...defined("description", description), parameters, ...defined("strict", strict) },
  };
}

function toToolChoice(choice: ToolChoice | null): unknown {
  if (choice === null) return null;
  return choice.kind === "tool" ? { type: "function", function: { name: choice.name } } : choice.kind;
}

function toResponseFormat(format: NonNullable<Conversation["answerFormat"]>): Record<string, unknown> {
  if (format.kind === "json_object") return { type: "json_object" };
  const { name, description, schema, strict } = format;
  return {
    type: "json_schema",
    json_schema: { name, ...defined("description", description), schema, ...defined("strict", strict) },
  };
}

const LOW_BUDGET_TOKENS = 2_048;
const MEDIUM_BUDGET_TOKENS = 8_192;

/** How much thinking is wanted, as the provider wants to hear it. A budget in tokens becomes a word where only words are known. */
function toReasoningWish(wish: ReasoningWish | null, quirks: DialectQuirks): Record<string, unknown> {
  if (wish === null) return {};
  const { effort, budgetTokens, isVisible } = wish;
  const word = effort ?? (budgetTokens === null ? null : effortOf(budgetTokens));
  switch (quirks.reasoningWish ?? "reasoning_effort") {
    case "reasoning_effort":
      return { ...defined("reasoning_effort", word) };
    case "reasoning":
      return {
        reasoning: {
          ...(budgetTokens === null ? defined("effort", effort) : { max_tokens: budgetTokens }),
          ...(isVisible ? {} : { exclude: true }),
        },
      };
    case "thinking":
      return word === null ? {} : { thinking: { type: word === "none" ? "disabled" : "enabled" } };
    case "enable_thinking":
      return word === null ? {} : { chat_template_kwargs: { enable_thinking: word !== "none" } };
  }
}

function effortOf(budgetTokens: number): NonNullable<ReasoningWish["effort"]> {
  if (budgetTokens === 0) return "none";
  if (budgetTokens <= LOW_BUDGET_TOKENS) return "low";
  return budgetTokens <= MEDIUM_BUDGET_TOKENS ? "medium" : "high";
}

function defined(name: string, value: unknown): Record<string, unknown> {
  return value === null || value === undefined ? {} : { [name]: value };
}
