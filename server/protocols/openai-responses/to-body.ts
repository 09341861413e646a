import { type Json, unsupported } from "../fields";
import {
  type AnswerFormat,
  type AssistantPart,
  type Conversation,
  type FilePart,
  type ImagePart,
  type MediaSource,
  type OutboundOptions,
  type ReasoningPart,
  type ReasoningWish,
  refuseUncarriedTraits,
  type Tool,
  type Turn,
  type UserPart,
} from "../model";
import { toUserName } from "../unpriced";
import { RESPONSES_CARRIES } from "./carries";

/** OpenAI refuses a smaller limit. A client of another protocol that names one is given this many tokens at most. */
const LEAST_OUTPUT_TOKENS = 16;

/**
 * The body for a client that speaks another protocol. Nothing is stored at the provider: what has to go round is asked
 * for in the answer and sent again.
 * @throws AppError unsupported_parameter for what the Responses API does not know (names the field)
 */
export function toResponsesBody(conversation: Conversation, options: OutboundOptions): string {
  refuseUncarriedTraits(conversation, RESPONSES_CARRIES);
  const { reasoning, logprobs, sampling, answerFormat, tools } = conversation;
  const include = [
    ...(reasoning && reasoning.effort !== "none" ? ["reasoning.encrypted_content"] : []),
    ...(logprobs ? ["message.output_text.logprobs"] : []),
  ];
  const instructions = conversation.instructions.map(({ text }) => text).join("\n\n");
  return JSON.stringify({
    model: options.model,
    ...(instructions === "" ? {} : { instructions }),
    input: conversation.turns.flatMap(toItems),
    ...(tools.length === 0 ? {} : { tools: tools.map(toTool) }),
    ...present("tool_choice", toToolChoice(conversation)),
    ...present("parallel_tool_calls", conversation.parallelToolCalls),
    ...(answerFormat ? { text: { format: toFormat(answerFormat) } } : {}),
    ...(reasoning ? { reasoning: toReasoning(reasoning) } : {}),
    ...(include.length === 0 ? {} : { include }),
    ...(logprobs ? { top_logprobs: logprobs.top } : {}),
    ...present("temperature", sampling.temperature),
    ...present("top_p", sampling.topP),
    ...present("safety_identifier", toUserName(conversation.user)),
    ...present("prompt_cache_key", conversation.cacheKey),
    max_output_tokens: Math.max(LEAST_OUTPUT_TOKENS, options.outputTokens),
    store: false,
    stream: options.stream,
  });
}

function present(name: string, value: unknown): Json {
  return value === null || value === undefined ? {} : { [name]: value };
}

function toItems(turn: Turn): Json[] {
  switch (turn.role) {
    case "user":
      return [{ type: "message", role: "user", content: turn.parts.map(toPart) }];
    case "instruction":
      return [{ type: "message", role: "developer", content: turn.parts.map(toPart) }];
    case "tool":
      return turn.results.map((result) => ({
        type: "function_call_output",
        call_id: result.callId,
        output: toOutput(result.parts),
      }));
    case "assistant":
      return toAssistantItems(turn.parts);
  }
}

function toOutput(parts: readonly UserPart[]): string | Json[] {
  return parts.every((part) => part.type === "text")
    ? parts.map((part) => part.text).join("")
    : parts.map(toPart);
}

/** Words next to each other are parts of one message; thinking and calls are items of their own, in their order. */
function toAssistantItems(parts: readonly AssistantPart[]): Json[] {
  const items: Json[] = [];
  let content: Json[] | null = null;
  const say = (part: Json) => {
    if (content === null) {
      content = [];
      items.push({ type: "message", role: "assistant", content });
    }
    content.push(part);
  };
  for (const part of parts) {
    if (part.type === "text") say({ type: "output_text", text: part.text });
    else if (part.type === "refusal") say({ type: "refusal", refusal: part.text });
    else if (part.type === "image")
      throw unsupported("messages", "the Responses API takes no image that another model made as its own");
    else {
      content = null;
      if (part.type === "tool_call")
        items.push({
          type: "function_call",
          call_id: part.id,
          name: part.name,
          arguments: part.arguments || "{}",
        });
      else items.push(...toReasoningItem(part));
    }
  }
  return items;
}

/** Only thinking that OpenAI made and sealed can go back to it; that of others is dropped, as every provider does with it. */
function toReasoningItem({ text, opaque, origin, id }: ReasoningPart): Json[] {
  if (opaque === undefined || (origin !== undefined && origin !== "openai-responses")) return [];
  const summary = text === "" ? [] : [{ type: "summary_text", text }];
  return [
    {
      type: "reasoning",
      ...(id?.startsWith("rs_") ? { id } : {}),
      summary,
      encrypted_content: opaque,
    },
  ];
}

function toPart(part: UserPart): Json {
  switch (part.type) {
    case "text":
      return { type: "input_text", text: part.text };
    case "image":
      return toImage(part);
    case "file":
      return toFile(part);
    case "audio":
      return { type: "input_audio", input_audio: { format: part.format, data: part.data } };
  }
}

function toImage({ source, detail }: ImagePart): Json {
  return { type: "input_image", image_url: toUrl(source), detail: detail ?? "auto" };
}

function toFile({ source, name }: FilePart): Json {
  if (source.kind === "id")
    throw unsupported(
      "file_id",
      "files are kept in an account of the provider, which is ours and not yours; send the content or a URL",
    );
  if (source.kind === "url") return { type: "input_file", file_url: source.url };
  // OpenAI tells the kind of an inline file by its name, so it needs one.
  return { type: "input_file", filename: name ?? fileName(source.mediaType), file_data: toUrl(source) };
}

function fileName(mediaType: string): string {
  return `file.${mediaType === "application/pdf" ? "pdf" : (/^text\/(\w+)$/.exec(mediaType)?.[1] ?? "bin")}`;
}

function toUrl(source: MediaSource): string {
  return source.kind === "url" ? source.url : `data:${source.mediaType};base64,${source.data}`;
}

/** `strict` is always said: left out it means true here, and false in the other protocols. */
function toTool({ name, description, parameters, strict }: Tool): Json {
  return {
    type: "function",
    name,
    ...present("description", description),
    parameters,
    strict: strict ?? false,
  };
}

function toToolChoice({ toolChoice }: Conversation): unknown {
  if (toolChoice === null) return null;
  return toolChoice.kind === "tool" ? { type: "function", name: toolChoice.name } : toolChoice.kind;
}

function toFormat(format: AnswerFormat): Json {
  if (format.kind === "json_object") return { type: "json_object" };
  const { name, description, schema, strict } = format;
  return {
    type: "json_schema",
    name,
    ...present("description", description),
    schema,
    strict: strict ?? false,
  };
}

/** Thinking asked for by tokens alone becomes the effort that comes nearest to it. */
function toReasoning({ effort, budgetTokens, isVisible }: ReasoningWish): Json {
  const word = effort ?? effortFor(budgetTokens);
  return { ...present("effort", word), ...(isVisible && word !== "none" ? { summary: "auto" } : {}) };
}

function effortFor(budgetTokens: number | null): string | null {
  if (budgetTokens === null) return null;
  if (budgetTokens <= 4_096) return "low";
  return budgetTokens <= 16_384 ? "medium" : "high";
}
