import { unsupported } from "../fields";
import {
  type Conversation,
  type OutboundOptions,
  type ReasoningWish,
  refuseUncarriedTraits,
  type Tool,
} from "../model";
import { CARRIES_OUT } from "./carries";
import { JSON_ANSWER_DEFINITION, JSON_ANSWER_TOOL } from "./json-answer";
import { cacheControl, toMessages, toSystem } from "./to-messages";

/** Tokens of thinking for a wish by word; the table in the docs is made of it. */
const BUDGETS: Readonly<Record<NonNullable<ReasoningWish["effort"]>, number>> = {
  none: 0,
  minimal: 1_024,
  low: 2_048,
  medium: 8_192,
  high: 16_384,
  xhigh: 32_768,
};
/** Anthropic's own least budget. */
const LEAST_BUDGET = 1_024;
/** Thinking is part of `max_tokens`: this share of it is left for the answer. */
const ANSWER_SHARE = 0.2;
const MOST_TEMPERATURE = 1;
const MOST_USER_ID_CHARACTERS = 256;

/**
 * A Messages body for a client that speaks another protocol.
 *
 * Rules of this wire: instructions in the middle move to the top. While the model thinks, Anthropic takes neither sampling
 * parameters nor a forced tool; thinking gives way to the tool, sampling gives way to thinking. Thinking also gives way
 * where a tool's result follows an answer whose signed thinking the client did not keep. Of temperature and top_p, of which
 * newer models take one, temperature stays.
 * @throws AppError unsupported_parameter, invalid_request
 */
export function toMessagesBody(conversation: Conversation, options: OutboundOptions): string {
  refuseUncarriedTraits(conversation, CARRIES_OUT);
  const wantsJson = conversation.answerFormat?.kind === "json_object";
  if (wantsJson && conversation.tools.length > 0)
    throw unsupported("response_format", "json_object and tools cannot be combined here; use json_schema");
  const budget = thinkingBudget(conversation, options);
  const system = toSystem(conversation);
  return JSON.stringify({
    model: options.model,
    max_tokens: options.outputTokens,
    messages: toMessages(conversation),
    ...(system.length > 0 ? { system } : {}),
    ...(wantsJson ? jsonTool() : toolFields(conversation)),
    ...(budget === null ? samplingFields(conversation) : thinkingFields(budget, conversation.reasoning)),
    ...(conversation.sampling.stop.length > 0 ? { stop_sequences: conversation.sampling.stop } : {}),
    ...(conversation.answerFormat?.kind === "json_schema"
      ? { output_config: { format: { type: "json_schema", schema: conversation.answerFormat.schema } } }
      : {}),
    ...(conversation.user === null
      ? {}
      : { metadata: { user_id: conversation.user.slice(0, MOST_USER_ID_CHARACTERS) } }),
    ...(options.stream ? { stream: true } : {}),
  });
}

/** Null: no thinking. */
function thinkingBudget(conversation: Conversation, options: OutboundOptions): number | null {
  const { reasoning, toolChoice, answerFormat } = conversation;
  if (reasoning === null || reasoning.effort === "none") return null;
  if (toolChoice?.kind === "required" || toolChoice?.kind === "tool") return null;
  if (answerFormat?.kind === "json_object" || lacksSignedThinking(conversation)) return null;
  const wanted = reasoning.budgetTokens ?? BUDGETS[reasoning.effort ?? "medium"];
  const most = Math.floor(options.outputTokens * (1 - ANSWER_SHARE));
  return most < LEAST_BUDGET ? null : Math.min(most, Math.max(LEAST_BUDGET, wanted));
}

/** Anthropic continues after a tool's result only with the thinking that led to the call. */
function lacksSignedThinking({ turns }: Conversation): boolean {
  if (turns.at(-1)?.role !== "tool") return false;
  const asked = turns.findLast((turn) => turn.role === "assistant");
  return !asked?.parts.some(
    (part) => part.type === "reasoning" && part.origin === "anthropic-messages" && part.signature,
  );
}

function thinkingFields(budget: number, wish: ReasoningWish | null) {
  return {
    thinking: {
      type: "enabled",
      budget_tokens: budget,
      ...(wish?.isVisible === false ? { display: "omitted" } : {}),
    },
  };
}

function samplingFields({ sampling }: Conversation) {
  const { temperature, topP, topK } = sampling;
  return {
    ...(temperature === null ? {} : { temperature: Math.min(MOST_TEMPERATURE, temperature) }),
    ...(topP === null || temperature !== null ? {} : { top_p: topP }),
    ...(topK === null ? {} : { top_k: topK }),
  };
}

function toolFields({ tools, toolChoice, parallelToolCalls }: Conversation) {
  if (tools.length === 0) return {};
  const serial = parallelToolCalls === false ? { disable_parallel_tool_use: true } : {};
  const kind = toolChoice?.kind ?? (parallelToolCalls === false ? "auto" : null);
  const choices = {
    auto: { type: "auto", ...serial },
    required: { type: "any", ...serial },
    none: { type: "none" },
    tool: { type: "tool", name: toolChoice?.kind === "tool" ? toolChoice.name : "", ...serial },
  };
  return { tools: tools.map(toTool), ...(kind === null ? {} : { tool_choice: choices[kind] }) };
}

function toTool(tool: Tool) {
  return {
    name: tool.name,
    ...(tool.description === null ? {} : { description: tool.description }),
    input_schema: { type: "object", ...tool.parameters },
    ...(tool.strict === true ? { strict: true } : {}),
    ...cacheControl(tool.cache),
  };
}

function jsonTool() {
  return { tools: [JSON_ANSWER_DEFINITION], tool_choice: { type: "tool", name: JSON_ANSWER_TOOL } };
}
