import {
  checkList,
  invalid,
  isObject,
  type Json,
  modelOf,
  optionalBoolean,
  optionalInteger,
  optionalNumber,
  optionalObject,
  optionalText,
  parseObject,
  unsupported,
} from "../fields";
import { type Conversation, type InboundCall, refuseUncarriedFields } from "../model";
import { refuseUnpriced } from "../unpriced";
import { COMPLETION_FIELDS } from "./carries";

const MAX_CHOICES = 128;
const MAX_PROMPTS = 128;
const MAX_STOP_SEQUENCES = 16;
/** What the API generates when the caller names no limit. */
const DEFAULT_OUTPUT_TOKENS = 16;

/** One text, or the tokens of one. */
type Prompt = string | readonly number[];

/**
 * `POST completions`: https://platform.openai.com/docs/api-reference/completions
 * @throws AppError invalid_json, invalid_request (names the field)
 */
export function readRequest(bytes: Uint8Array): InboundCall {
  const body = parseObject(bytes);
  const model = modelOf(body);
  const prompts = promptsOf(body.prompt);
  refuseUnpriced(body);
  const stream = optionalBoolean(body, "stream") ?? false;
  const streamOptions = optionalObject(body, "stream_options");
  if (Array.isArray(body.stop)) checkList(body.stop, "stop", MAX_STOP_SEQUENCES);
  const answers = optionalInteger(body, "n", 1, MAX_CHOICES) ?? 1;
  // Each of `best_of` is generated and billed, whether it is shown or not.
  const generated = Math.max(answers, optionalInteger(body, "best_of", 1, MAX_CHOICES) ?? 1);
  const limit = optionalInteger(body, "max_tokens", 0, Number.MAX_SAFE_INTEGER) ?? DEFAULT_OUTPUT_TOKENS;
  return {
    dialect: "openai-completions",
    model,
    stream,
    outputLimit: { parameter: "max_tokens", tokens: limit },
    choices: generated * prompts.length,
    body,
    wantsUsage: streamOptions?.include_usage === true,
    promptText: () => [...prompts.map(textOfPrompt), optionalText(body, "suffix") ?? ""].join("\n"),
    promptShape: () => ({ messages: prompts.length, images: 0 }),
    conversation: () => toConversation(body, prompts, answers),
  };
}

/** A string, a list of strings, a list of tokens, or a list of such lists. */
function promptsOf(prompt: unknown): readonly Prompt[] {
  if (typeof prompt === "string") return [prompt];
  if (!Array.isArray(prompt) || prompt.length === 0)
    throw invalid("prompt", "must be a string, or a list of strings or tokens");
  const entries: readonly unknown[] = prompt;
  if (isTokens(entries)) return [entries];
  if (entries.length > MAX_PROMPTS) throw invalid("prompt", `may have at most ${MAX_PROMPTS} entries`);
  return entries.map((one, index) => {
    if (typeof one === "string" || (Array.isArray(one) && isTokens(one))) return one;
    throw invalid(`prompt[${index}]`, "must be a string or a list of tokens");
  });
}

function isTokens(value: readonly unknown[]): value is readonly number[] {
  return value.every((token) => Number.isSafeInteger(token) && Number(token) >= 0);
}

/** Tokens are counted, not read: a stand-in with as many tokens bounds and counts them alike. */
function textOfPrompt(prompt: Prompt): string {
  return typeof prompt === "string" ? prompt : " x".repeat(prompt.length);
}

function toConversation(body: Json, prompts: readonly Prompt[], choices: number): Conversation {
  refuseUncarriedFields(body, COMPLETION_FIELDS);
  const [prompt] = prompts;
  if (prompts.length > 1) throw unsupported("prompt", "this model's provider continues one text at a time");
  if (typeof prompt !== "string") throw unsupported("prompt", "this model's provider takes text, not tokens");
  const { stop, logit_bias: bias } = body;
  return {
    instructions: [],
    turns: [{ role: "user", parts: [{ type: "text", text: prompt }] }],
    tools: [],
    toolChoice: null,
    parallelToolCalls: null,
    answerFormat: null,
    reasoning: null,
    sampling: {
      temperature: optionalNumber(body, "temperature") ?? null,
      topP: optionalNumber(body, "top_p") ?? null,
      topK: null,
      frequencyPenalty: optionalNumber(body, "frequency_penalty") ?? null,
      presencePenalty: optionalNumber(body, "presence_penalty") ?? null,
      seed: optionalInteger(body, "seed", Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER) ?? null,
      stop: typeof stop === "string" ? [stop] : Array.isArray(stop) ? stop.map(String) : [],
      logitBias: isObject(bias)
        ? Object.fromEntries(Object.entries(bias).map(([token, amount]) => [token, Number(amount)]))
        : null,
    },
    choices,
    logprobs: null,
    user: optionalText(body, "user") ?? null,
    serviceTier: null,
    cacheKey: null,
    modalities: [],
  };
}
