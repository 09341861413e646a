import { type Choice, countAnswer, type TokenCounts, writeChoice } from "../answering";
import { seedOf, simulatedPieces } from "../prose";
import { type Protocol, ProtocolError, type ProtocolRequest, type Script } from "../script";
import {
  isMarkedForCache,
  type MessagesRequest,
  messagesRequest,
  toChatRequest,
} from "./anthropic-messages-request";

/** Anthropic's Messages: https://docs.anthropic.com/en/api/messages */
export const anthropicMessages: Protocol = {
  path: "/messages",
  async answer(incoming) {
    const request = parse(incoming);
    const chat = toChatRequest(request);
    const choice = await writeChoice(chat, incoming.scenario, 0);
    const counts = await countAnswer(chat, incoming.scenario, [choice]);
    const answer: Answer = {
      choice,
      thought: simulatedPieces(seedOf(choice.pieces.join("")), choice.reasoningTokens),
      usage: toUsage(request, counts),
      stop: stopOf(choice),
      message: { id: `msg_sim_${incoming.id}`, type: "message", role: "assistant", model: request.model },
    };
    return request.stream ? toStream(answer) : toJson(answer);
  },
  error: errorBody,
};

interface Answer {
  readonly choice: Choice;
  /** One token each. */
  readonly thought: readonly string[];
  readonly usage: Json | null;
  readonly stop: { readonly stop_reason: string; readonly stop_sequence: string | null };
  readonly message: Json;
}
type Json = Readonly<Record<string, unknown>>;

/** Versions as the real provider treats them: the newer one has no sampling parameters any more. */
const VERSIONS = ["2023-06-01", "2026-10-21"];
const REMOVED = ["temperature", "top_p", "top_k"];

function parse({ body, header }: ProtocolRequest): MessagesRequest {
  const version = header("anthropic-version");
  if (version === undefined) throw new ProtocolError("anthropic-version: header is required");
  if (!VERSIONS.includes(version))
    throw new ProtocolError(`anthropic-version: "${version}" is not a valid version`);
  const parsed = messagesRequest.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ProtocolError(`${issue?.path.join(".")}: ${issue?.message}`);
  }
  const removed = version === "2023-06-01" ? undefined : REMOVED.find((name) => name in parsed.data);
  if (removed) throw new ProtocolError(`${removed}: not supported in API version ${version}`);
  const budget = parsed.data.thinking?.budget_tokens;
  if (budget !== undefined && (budget < 1_024 || budget >= parsed.data.max_tokens))
    throw new ProtocolError("thinking.budget_tokens: must be at least 1024 and less than max_tokens");
  return parsed.data;
}

/** Cache reads and writes stand outside `input_tokens`. A first turn that is marked is written into the cache. */
function toUsage(request: MessagesRequest, counts: TokenCounts | null): Json | null {
  if (counts === null) return null;
  const { promptTokens, cachedTokens, outputTokens, reasoningTokens } = counts;
  const isWritten = isMarkedForCache(request) && cachedTokens === 0 && promptTokens >= 1_024;
  const written = isWritten ? promptTokens - 3 : 0;
  return {
    input_tokens: promptTokens - cachedTokens - written,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: cachedTokens,
    cache_creation: { ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: 0 },
    output_tokens: outputTokens,
    ...(reasoningTokens > 0 ? { output_tokens_details: { thinking_tokens: reasoningTokens } } : {}),
    service_tier: "standard",
  };
}

function stopOf({ finishReason, stopSequence }: Choice) {
  if (finishReason === "length") return { stop_reason: "max_tokens", stop_sequence: null };
  if (finishReason === "tool_calls") return { stop_reason: "tool_use", stop_sequence: null };
  return { stop_reason: stopSequence === null ? "end_turn" : "stop_sequence", stop_sequence: stopSequence };
}

function toJson({ choice, thought, usage, stop, message }: Answer): Script {
  const text = choice.pieces.join("");
  const content = [
    ...(thought.length > 0 ? [{ type: "thinking", thinking: thought.join(""), signature: SIGNATURE }] : []),
    choice.toolCall ? { ...toolBlock(choice.toolCall), input: parseInput(text) } : { type: "text", text },
  ];
  return {
    kind: "whole",
    status: 200,
    body: JSON.stringify({ ...message, content, ...stop, ...(usage ? { usage } : {}) }),
    tokens: choice.outputTokens,
    failure: errorBody(500, FAILURE),
  };
}

function toStream({ choice, thought, usage, stop, message }: Answer): Script {
  const hasThought = thought.length > 0;
  const index = hasThought ? 1 : 0;
  const open = frame("content_block_start", {
    index,
    content_block: choice.toolCall ? toolBlock(choice.toolCall) : { type: "text", text: "" },
  });
  const opened = hasThought
    ? frame("content_block_start", {
        index: 0,
        content_block: { type: "thinking", thinking: "", signature: "" },
      })
    : open;
  const turn =
    delta(0, { type: "signature_delta", signature: SIGNATURE }) +
    frame("content_block_stop", { index: 0 }) +
    open;
  const pieces = choice.pieces.map((piece) =>
    delta(
      index,
      choice.toolCall
        ? { type: "input_json_delta", partial_json: piece }
        : { type: "text_delta", text: piece },
    ),
  );
  const thoughts = thought.map((piece) => delta(0, { type: "thinking_delta", thinking: piece }));
  // What lies between the two blocks goes out with the last thought.
  if (hasThought) thoughts.push(`${thoughts.pop() ?? ""}${turn}`);
  // The output count of the start is provisional, as the real one is.
  const early = usage ? { usage: { ...usage, output_tokens: 1 } } : {};
  const start = { ...message, content: [], stop_reason: null, stop_sequence: null, ...early };
  return {
    kind: "stream",
    opening: frame("message_start", { message: start }) + opened + frame("ping", {}),
    events: [...thoughts, ...pieces],
    closing:
      frame("content_block_stop", { index }) +
      frame("message_delta", { delta: stop, ...(usage ? { usage } : {}) }) +
      frame("message_stop", {}),
    failure: `event: error\ndata: ${errorBody(529, FAILURE)}\n\n`,
  };
}

function frame(type: string, data: Json): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}

function delta(index: number, change: Json): string {
  return frame("content_block_delta", { index, delta: change });
}

function toolBlock({ id, name }: NonNullable<Choice["toolCall"]>) {
  return { type: "tool_use", id: id.replace("call_", "toolu_"), name, input: {} };
}

/** Arguments that the limit cut off are no object; the real provider gives what it has, which is nothing either. */
function parseInput(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

const SIGNATURE = "c2ltdWxhdGVkLXNpZ25hdHVyZQ==";
const FAILURE = "The simulated server had an error while processing your request.";
const ERROR_TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  529: "overloaded_error",
};

function errorBody(status: number, message: string): string {
  const type = ERROR_TYPES[status] ?? (status < 500 ? "invalid_request_error" : "api_error");
  return JSON.stringify({ type: "error", error: { type, message }, request_id: "req_simulated" });
}
