import {
  invalid,
  isObject,
  type Json,
  optionalBoolean,
  optionalInteger,
  optionalNumber,
  optionalText,
  unsupported,
} from "../fields";
import {
  type AnswerFormat,
  type Conversation,
  type ReasoningWish,
  refuseUncarriedFields,
  type Sampling,
  type TextPart,
  type Turn,
} from "../model";
import { RESPONSES_FIELDS } from "./carries";
import type { InputItem } from "./input-items";
import { nestedText } from "./nested";
import { toToolChoice, toTools } from "./tools";
import { toTurns } from "./turns";

/** What may be asked to be included, and what asking for it means where another protocol answers. */
const INCLUDABLE = {
  /** Thinking that has to go round always carries it. */
  "reasoning.encrypted_content": "always",
  "message.output_text.logprobs": "logprobs",
  /** Echoes of the client's own input, and sources of tools that no other protocol has. */
  "message.input_image.image_url": "nothing",
} as const;

/**
 * A Responses request in no protocol's words. The protocol's own table ({@link RESPONSES_FIELDS}) says what is carried.
 * @throws AppError unsupported_parameter (names the field that cannot be carried), invalid_request
 */
export function toConversation(body: Json, items: readonly InputItem[]): Conversation {
  refuseUncarriedFields(body, RESPONSES_FIELDS);
  const { instructions, turns } = splitInstructions(body, toTurns(items));
  return {
    instructions,
    turns,
    tools: toTools(Array.isArray(body.tools) ? body.tools : []),
    toolChoice: toToolChoice(body.tool_choice),
    parallelToolCalls: optionalBoolean(body, "parallel_tool_calls") ?? null,
    answerFormat: toAnswerFormat(body.text),
    reasoning: toReasoning(body.reasoning),
    sampling: toSampling(body),
    choices: 1,
    logprobs: toLogprobs(body),
    user: optionalText(body, "safety_identifier") ?? optionalText(body, "user") ?? null,
    serviceTier: optionalText(body, "service_tier") ?? null,
    cacheKey: optionalText(body, "prompt_cache_key") ?? null,
    modalities: [],
  };
}

/** Instructions are the field of that name and the system and developer messages before the first turn. */
function splitInstructions(body: Json, turns: readonly Turn[]) {
  const instructions: TextPart[] = [];
  const own = optionalText(body, "instructions") ?? null;
  if (own) instructions.push({ type: "text", text: own });
  let first = 0;
  for (const turn of turns) {
    if (turn.role !== "instruction") break;
    instructions.push(...turn.parts);
    first += 1;
  }
  return { instructions, turns: turns.slice(first) };
}

function toAnswerFormat(text: unknown): AnswerFormat | null {
  const format = isObject(text) && isObject(text.format) ? text.format : null;
  if (format === null || format.type === "text") return null;
  if (format.type === "json_object") return { kind: "json_object" };
  if (format.type !== "json_schema")
    throw invalid("text.format.type", "must be text, json_object or json_schema");
  if (!isObject(format.schema)) throw invalid("text.format.schema", "must be an object");
  return {
    kind: "json_schema",
    name: nestedText(format, "name", "text.format") ?? "answer",
    description: nestedText(format, "description", "text.format"),
    schema: format.schema,
    strict: typeof format.strict === "boolean" ? format.strict : null,
  };
}

const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh"] as const;

function toReasoning(reasoning: unknown): ReasoningWish | null {
  if (!isObject(reasoning)) return null;
  const named = nestedText(reasoning, "effort", "reasoning");
  const effort = EFFORTS.find((known) => known === named) ?? null;
  if (named !== null && effort === null)
    throw invalid("reasoning.effort", `must be one of ${EFFORTS.join(", ")}`);
  const summary = reasoning.summary ?? reasoning.generate_summary;
  const isVisible = typeof summary === "string" && summary !== "none";
  return effort === null && !isVisible ? null : { effort, budgetTokens: null, isVisible };
}

function toSampling(body: Json): Sampling {
  return {
    temperature: optionalNumber(body, "temperature") ?? null,
    topP: optionalNumber(body, "top_p") ?? null,
    topK: null,
    frequencyPenalty: optionalNumber(body, "frequency_penalty") ?? null,
    presencePenalty: optionalNumber(body, "presence_penalty") ?? null,
    seed: null,
    stop: [],
    logitBias: null,
  };
}

function toLogprobs(body: Json): Conversation["logprobs"] {
  const include = Array.isArray(body.include) ? body.include : [];
  include.forEach((name, index) => {
    if (typeof name !== "string" || !Object.hasOwn(INCLUDABLE, name))
      throw unsupported(
        `include[${index}]`,
        `only OpenAI's Responses API knows ${JSON.stringify(name)}, and this model's provider speaks another protocol`,
      );
  });
  const top = optionalInteger(body, "top_logprobs", 0, 20) ?? null;
  if (include.includes("message.output_text.logprobs")) return { top: top ?? 0 };
  return top ? { top } : null;
}
