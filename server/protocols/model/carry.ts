import { type Json, unsupported } from "../fields";
import type { Conversation } from "./conversation";

/**
 * What is carried when a client speaks one protocol and the provider another. Each protocol says so in a table: on the
 * client's side what becomes of every field of a request, on the provider's side what becomes of every trait of a
 * conversation. Requests are checked against the tables, and the table in the docs is made of them: one source.
 */
export const TRAITS = [
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "strict_tools",
  "json_object",
  "json_schema",
  "reasoning_effort",
  "reasoning_budget",
  "temperature",
  "top_p",
  "top_k",
  "frequency_penalty",
  "presence_penalty",
  "seed",
  "stop",
  "logit_bias",
  "choices",
  "logprobs",
  "user",
  "service_tier",
  "cache_key",
  "cache_marks",
  "image_output",
  "audio_output",
  "image_input",
  "file_input",
  "audio_input",
  "reasoning_history",
] as const;

/** Something that a conversation may ask for besides turns of text, an output limit and a stream. */
export type Trait = (typeof TRAITS)[number];

/** carried: under this name. dropped and refused: for this reason, written for the docs ("…, because WHY"). */
export type OutboundRule =
  | { readonly carried: string }
  | { readonly dropped: string }
  | { readonly refused: string };

export type OutboundTable = Readonly<Record<Trait, OutboundRule>>;

/**
 * carried: into these traits, or into what every conversation has (`[]`). A refused field with a value that asks for
 * nothing (`isNeutral`) is passed over.
 */
export type InboundRule =
  | { readonly carried: readonly Trait[] }
  | { readonly dropped: string }
  | { readonly refused: string; readonly isNeutral?: (value: unknown) => boolean };

/** By top-level field of the request's body. What is not in the table is refused when the request is translated. */
export type InboundTable = Readonly<Record<string, InboundRule>>;

/**
 * Refuses the first field of a body that cannot be translated. Null counts as absent.
 * @throws AppError unsupported_parameter naming the field
 */
export function refuseUncarriedFields(body: Json, table: InboundTable): void {
  for (const [field, value] of Object.entries(body)) {
    if (value === null || value === undefined) continue;
    const rule = Object.hasOwn(table, field) ? table[field] : undefined;
    if (!rule)
      throw unsupported(field, "this model's provider speaks another protocol, and we do not know the field");
    if ("refused" in rule && !rule.isNeutral?.(value)) throw unsupported(field, rule.refused);
  }
}

/**
 * Refuses the first trait of a conversation that a provider's protocol cannot carry; what its table drops is passed over.
 * @throws AppError unsupported_parameter naming the trait
 */
export function refuseUncarriedTraits(conversation: Conversation, table: OutboundTable): void {
  for (const trait of traitsOf(conversation)) {
    const rule = table[trait];
    if ("refused" in rule) throw unsupported(PARAMETERS[trait] ?? trait, rule.refused);
  }
}

/** Traits go by the name of the chat completions parameter, which most callers know; where it differs it is here. */
const PARAMETERS: Partial<Record<Trait, string>> = {
  choices: "n",
  json_object: "response_format",
  json_schema: "response_format",
  strict_tools: "tools",
  image_output: "modalities",
  audio_output: "modalities",
  image_input: "messages",
  file_input: "messages",
  audio_input: "messages",
};

/** What a conversation asks for. */
function traitsOf(conversation: Conversation): ReadonlySet<Trait> {
  const found = new Set<Trait>();
  const note = (trait: Trait, isPresent: boolean) => {
    if (isPresent) found.add(trait);
  };
  const { sampling, reasoning, answerFormat, tools, modalities } = conversation;
  note("tools", tools.length > 0);
  note("tool_choice", conversation.toolChoice !== null && conversation.toolChoice.kind !== "auto");
  // Where only one tool can be called there is nothing to call beside it.
  const hasOneTool = tools.length === 1 || conversation.toolChoice?.kind === "tool";
  note("parallel_tool_calls", conversation.parallelToolCalls === false && !hasOneTool);
  note(
    "strict_tools",
    tools.some((tool) => tool.strict === true),
  );
  note("json_object", answerFormat?.kind === "json_object");
  note("json_schema", answerFormat?.kind === "json_schema");
  note("reasoning_effort", (reasoning?.effort ?? null) !== null);
  note("reasoning_budget", (reasoning?.budgetTokens ?? null) !== null);
  note("temperature", sampling.temperature !== null);
  note("top_p", sampling.topP !== null);
  note("top_k", sampling.topK !== null);
  note("frequency_penalty", sampling.frequencyPenalty !== null && sampling.frequencyPenalty !== 0);
  note("presence_penalty", sampling.presencePenalty !== null && sampling.presencePenalty !== 0);
  note("seed", sampling.seed !== null);
  note("stop", sampling.stop.length > 0);
  note("logit_bias", sampling.logitBias !== null && Object.keys(sampling.logitBias).length > 0);
  note("choices", conversation.choices > 1);
  note("logprobs", conversation.logprobs !== null);
  note("user", conversation.user !== null);
  note("service_tier", conversation.serviceTier !== null);
  note("cache_key", conversation.cacheKey !== null);
  note("image_output", modalities.includes("image"));
  note("audio_output", modalities.includes("audio"));
  note(
    "cache_marks",
    [...conversation.instructions, ...tools].some((part) => part.cache !== undefined),
  );
  for (const part of partsOf(conversation)) {
    note("image_input", part.type === "image");
    note("file_input", part.type === "file");
    note("audio_input", part.type === "audio");
    note("reasoning_history", part.type === "reasoning");
    note("cache_marks", "cache" in part && part.cache !== undefined);
  }
  return found;
}

function* partsOf({ turns }: Conversation) {
  for (const turn of turns) {
    if (turn.role === "tool") for (const result of turn.results) yield* result.parts;
    else yield* turn.parts;
  }
}
