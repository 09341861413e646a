import { z } from "zod";
import { countTokens } from "../token-codec";

const tool = z.looseObject({
  type: z.string(),
  function: z
    .looseObject({ name: z.string(), parameters: z.record(z.string(), z.unknown()).optional() })
    .optional(),
});

const message = z.looseObject({
  role: z.string(),
  name: z.string().nullish(),
  content: z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]).nullish(),
  tool_calls: z.array(z.unknown()).nullish(),
});

const limit = z.number().int().min(1).nullish();

/** The fields of a chat completion request that decide its answer. */
export const chatRequest = z.looseObject({
  model: z.string().min(1),
  messages: z.array(message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: limit,
  max_completion_tokens: limit,
  n: z.number().int().min(1).max(128).nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: z
    .union([z.string(), z.looseObject({ function: z.looseObject({ name: z.string() }).optional() })])
    .nullish(),
  response_format: z.looseObject({ type: z.string() }).nullish(),
  reasoning_effort: z.string().nullish(),
});

export type ChatRequest = z.infer<typeof chatRequest>;
export type ChatTool = NonNullable<z.infer<typeof tool>["function"]>;
type Message = z.infer<typeof message>;

/** Tokens that the format adds around each message, and once for the start of the answer. */
const PER_MESSAGE = 3;
const PER_NAME = 1;
const PER_ANSWER = 3;
const IMAGE_TOKENS = { low: 85, high: 765 };

/** Tokens of a request's prompt, and of the part before its last message: what a cache can have seen before. */
export async function countPrompt(request: ChatRequest): Promise<{ total: number; prefix: number }> {
  const each = await Promise.all(request.messages.map(countMessage));
  const tools = request.tools?.length ? await countTokens(JSON.stringify(request.tools)) : 0;
  const messages = each.reduce((sum, tokens) => sum + tokens, 0);
  const total = messages + tools + PER_ANSWER;
  return { total, prefix: tools + messages - (each.at(-1) ?? 0) };
}

async function countMessage(of: Message): Promise<number> {
  const texts = [of.role, textOf(of), ...(of.name ? [of.name] : [])];
  if (of.tool_calls?.length) texts.push(JSON.stringify(of.tool_calls));
  const tokens = await Promise.all(texts.map(countTokens));
  const images = Array.isArray(of.content) ? of.content.filter((part) => part.type === "image_url") : [];
  return (
    tokens.reduce((sum, count) => sum + count, PER_MESSAGE + (of.name ? PER_NAME : 0)) +
    images.reduce((sum, image) => sum + imageTokens(image.image_url), 0)
  );
}

function imageTokens(image: unknown): number {
  const isLow = typeof image === "object" && image !== null && "detail" in image && image.detail === "low";
  return isLow ? IMAGE_TOKENS.low : IMAGE_TOKENS.high;
}

/** The text of a message, parts joined. */
function textOf(of: Message | undefined): string {
  if (typeof of?.content === "string") return of.content;
  return (of?.content ?? []).map((part) => (typeof part.text === "string" ? part.text : "")).join("");
}

/** The function that the model would call, if any: demanded by tool_choice, or named in the last user message. */
export function toolToCall(request: ChatRequest): ChatTool | null {
  const functions = (request.tools ?? []).flatMap((entry) => (entry.function ? [entry.function] : []));
  const choice = request.tool_choice;
  if (choice === "none") return null;
  if (typeof choice === "object" && choice)
    return functions.find((entry) => entry.name === choice.function?.name) ?? null;
  const last = request.messages.at(-1);
  const named = functions.find((entry) => last?.role === "user" && textOf(last).includes(entry.name));
  return named ?? (choice === "required" ? (functions[0] ?? null) : null);
}

/** The smallest value that looks right for a JSON schema: what a tool is called with. */
export function sampleOf(schema: unknown, depth = 0): unknown {
  if (typeof schema !== "object" || schema === null || depth > 5) return {};
  const of = schema as Record<string, unknown>;
  if (Array.isArray(of.enum) && of.enum.length > 0) return of.enum[0];
  if (of.type === "string") return "simulated";
  if (of.type === "number" || of.type === "integer") return 1;
  if (of.type === "boolean") return true;
  if (of.type === "array") return [];
  const properties = Object.entries((of.properties ?? {}) as Record<string, unknown>);
  return Object.fromEntries(properties.map(([name, inner]) => [name, sampleOf(inner, depth + 1)]));
}
