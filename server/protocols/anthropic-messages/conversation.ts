import { invalid, isObject, type Json, objectsIn, optionalNumber, textIn, unsupported } from "../fields";
import {
  type AnswerFormat,
  type Conversation,
  type ReasoningWish,
  refuseUncarriedFields,
  type TextPart,
  type Tool,
  type ToolChoice,
  type Turn,
} from "../model";
import { CARRIES_IN } from "./carries";
import { cacheOf, fromAssistantBlocks, fromUserBlocks, textParts } from "./content";

/**
 * A Messages request in no protocol's words.
 * @throws AppError unsupported_parameter, invalid_request
 */
export function toConversation(body: Json): Conversation {
  refuseUncarriedFields(body, CARRIES_IN);
  const { choice, parallel } = toolChoiceOf(body.tool_choice);
  const outputConfig = isObject(body.output_config) ? body.output_config : {};
  return {
    instructions: instructionsOf(body.system),
    turns: turnsOf(body.messages),
    tools: (Array.isArray(body.tools) ? body.tools : []).map(toTool),
    toolChoice: choice,
    parallelToolCalls: parallel,
    answerFormat: answerFormatOf(outputConfig),
    reasoning: reasoningOf(body.thinking, outputConfig),
    sampling: {
      temperature: optionalNumber(body, "temperature") ?? null,
      topP: optionalNumber(body, "top_p") ?? null,
      topK: optionalNumber(body, "top_k") ?? null,
      frequencyPenalty: null,
      presencePenalty: null,
      seed: null,
      stop: stopOf(body.stop_sequences),
      logitBias: null,
    },
    choices: 1,
    logprobs: null,
    user: isObject(body.metadata) ? textIn(body.metadata.user_id) : null,
    serviceTier: null,
    cacheKey: null,
    modalities: [],
  };
}

function instructionsOf(system: unknown): TextPart[] {
  if (typeof system === "string") return system === "" ? [] : [{ type: "text", text: system }];
  return textParts(objectsIn(system), "system");
}

function turnsOf(messages: unknown): Turn[] {
  return objectsIn(messages).flatMap((message, index): Turn[] => {
    const path = `messages.${index}.content`;
    const { content } = message;
    const blocks = typeof content === "string" ? [{ type: "text", text: content }] : objectsIn(content);
    if (message.role === "assistant")
      return [{ role: "assistant", parts: fromAssistantBlocks(blocks, path) }];
    if (message.role === "system") return [{ role: "instruction", parts: textParts(blocks, path) }];
    return fromUserBlocks(blocks, path);
  });
}

/** Tools of the caller's. Those that Anthropic defines or runs itself exist nowhere else. */
function toTool(value: unknown, index: number): Tool {
  const path = `tools.${index}`;
  if (!isObject(value)) throw invalid(path, "must be an object");
  if (value.type !== undefined && value.type !== null && value.type !== "custom")
    throw unsupported(`${path}.type`, "tools that Anthropic defines exist at Anthropic only");
  if (typeof value.name !== "string" || value.name === "") throw invalid(`${path}.name`, "must be a name");
  if (!isObject(value.input_schema)) throw invalid(`${path}.input_schema`, "must be a JSON schema");
  return {
    name: value.name,
    description: textIn(value.description),
    parameters: value.input_schema,
    strict: typeof value.strict === "boolean" ? value.strict : null,
    ...cacheOf(value),
  };
}

function toolChoiceOf(value: unknown): { choice: ToolChoice | null; parallel: boolean | null } {
  if (!isObject(value)) return { choice: null, parallel: null };
  const parallel =
    typeof value.disable_parallel_tool_use === "boolean" ? !value.disable_parallel_tool_use : null;
  switch (value.type) {
    case "auto":
      return { choice: { kind: "auto" }, parallel };
    case "any":
      return { choice: { kind: "required" }, parallel };
    case "none":
      return { choice: { kind: "none" }, parallel };
    case "tool":
      if (typeof value.name !== "string") throw invalid("tool_choice.name", "must be a string");
      return { choice: { kind: "tool", name: value.name }, parallel };
    default:
      throw invalid("tool_choice.type", "must be auto, any, tool or none");
  }
}

function answerFormatOf({ format }: Json): AnswerFormat | null {
  if (!isObject(format)) return null;
  if (format.type !== "json_schema" || !isObject(format.schema))
    throw invalid("output_config.format", "must be a JSON schema");
  return { kind: "json_schema", name: "answer", description: null, schema: format.schema, strict: true };
}

const EFFORTS: Readonly<Record<string, NonNullable<ReasoningWish["effort"]>>> = {
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "xhigh",
  max: "xhigh",
};

/** An effort without a wish to think is about the length of the answer: it says nothing about thinking. */
function reasoningOf(thinking: unknown, { effort }: Json): ReasoningWish | null {
  if (!isObject(thinking)) return null;
  const isVisible = thinking.display !== "omitted";
  const named = typeof effort === "string" ? (EFFORTS[effort] ?? null) : null;
  switch (thinking.type) {
    case "disabled":
    case "between_tools":
      return { effort: "none", budgetTokens: null, isVisible: false };
    case "adaptive":
      return { effort: named ?? "medium", budgetTokens: null, isVisible };
    case "enabled":
      if (!Number.isSafeInteger(thinking.budget_tokens))
        throw invalid("thinking.budget_tokens", "must be a whole number");
      return { effort: named, budgetTokens: Number(thinking.budget_tokens), isVisible };
    default:
      throw invalid("thinking.type", "must be enabled, adaptive or disabled");
  }
}

function stopOf(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === "string"))
    throw invalid("stop_sequences", "must be a list of strings");
  return value;
}
