import {
  type AnswerFormat,
  type Conversation,
  type OutboundOptions,
  type ReasoningWish,
  refuseUncarriedTraits,
  type Tool,
} from "../model";
import { COHERE_CARRIES } from "./carries";
import { toMessages } from "./to-messages";

/**
 * A request of Cohere's chat, version 2. Source: https://docs.cohere.com/reference/chat
 * @throws AppError unsupported_parameter
 */
export function toCohereBody(conversation: Conversation, options: OutboundOptions): Record<string, unknown> {
  refuseUncarriedTraits(conversation, COHERE_CARRIES);
  const { sampling, answerFormat, reasoning } = conversation;
  const body: Record<string, unknown> = {
    model: options.model,
    messages: toMessages(conversation.instructions, conversation.turns),
    stream: options.stream,
    max_tokens: options.outputTokens,
    ...toToolFields(conversation),
  };
  const set = (name: string, value: unknown) => {
    if (value !== null) body[name] = value;
  };
  set("temperature", sampling.temperature);
  set("p", sampling.topP);
  set("k", sampling.topK);
  set("seed", sampling.seed);
  set("frequency_penalty", sampling.frequencyPenalty);
  set("presence_penalty", sampling.presencePenalty);
  if (sampling.stop.length > 0) body.stop_sequences = sampling.stop;
  if (answerFormat) body.response_format = toResponseFormat(answerFormat);
  if (reasoning) body.thinking = toThinking(reasoning);
  return body;
}

/** One named tool cannot be demanded; being the only one that is given, it is the one that must be called. */
function toToolFields({ tools, toolChoice }: Conversation): Record<string, unknown> {
  if (tools.length === 0) return {};
  const given = toolChoice?.kind === "tool" ? tools.filter(({ name }) => name === toolChoice.name) : tools;
  return {
    tools: given.map(toTool),
    ...(given.length > 0 && given.every(({ strict }) => strict === true) ? { strict_tools: true } : {}),
    ...(toolChoice?.kind === "none" ? { tool_choice: "NONE" } : {}),
    ...(toolChoice?.kind === "required" || toolChoice?.kind === "tool" ? { tool_choice: "REQUIRED" } : {}),
  };
}

function toTool({ name, description, parameters }: Tool): Record<string, unknown> {
  return {
    type: "function",
    function: { name, ...(description === null ? {} : { description }), parameters },
  };
}

function toResponseFormat(format: AnswerFormat): Record<string, unknown> {
  return format.kind === "json_schema"
    ? { type: "json_object", json_schema: format.schema }
    : { type: "json_object" };
}

function toThinking({ effort, budgetTokens }: ReasoningWish): Record<string, unknown> {
  if (effort === "none" || budgetTokens === 0) return { type: "disabled" };
  return { type: "enabled", ...(budgetTokens === null ? {} : { token_budget: budgetTokens }) };
}
