import { type Choice, countAnswer, type TokenCounts, writeChoice } from "../answering";
import { type Protocol, ProtocolError, type Script } from "../script";
import { type ChatRequest, chatRequest } from "./openai-chat-request";

/** OpenAI chat completions: https://platform.openai.com/docs/api-reference/chat */
export const openaiChat: Protocol = {
  path: "/chat/completions",
  async answer(incoming) {
    const request = parse(incoming.body);
    const choices = await Promise.all(
      Array.from({ length: request.n ?? 1 }, (_, index) => writeChoice(request, incoming.scenario, index)),
    );
    const usage = toUsage(await countAnswer(request, incoming.scenario, choices));
    const frame = {
      id: `chatcmpl-sim-${incoming.id}`,
      created: incoming.nowSeconds,
      model: request.model,
      system_fingerprint: "fp_simulated",
    };
    return request.stream ? toStream(frame, request, choices, usage) : toJson(frame, choices, usage);
  },
  error: errorBody,
};

function parse(body: unknown): ChatRequest {
  const parsed = chatRequest.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ProtocolError(`Invalid value for '${issue?.path.join(".")}': ${issue?.message}`);
}

type Usage = Record<string, unknown> | null;

function toUsage(counts: TokenCounts | null): Usage {
  if (counts === null) return null;
  const { promptTokens, cachedTokens, outputTokens, reasoningTokens } = counts;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: outputTokens,
    total_tokens: promptTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: reasoningTokens, audio_tokens: 0 },
  };
}

type Frame = Readonly<Record<string, unknown>>;

function toJson(frame: Frame, choices: readonly Choice[], usage: Usage): Script {
  const body = {
    ...frame,
    object: "chat.completion",
    choices: choices.map((choice) => ({
      index: choice.index,
      message: { role: "assistant", refusal: null, ...toMessage(choice) },
      logprobs: null,
      finish_reason: choice.finishReason,
    })),
    ...(usage ? { usage } : {}),
  };
  return {
    kind: "whole",
    status: 200,
    body: JSON.stringify(body),
    tokens: Math.max(...choices.map((choice) => choice.outputTokens)),
    failure: errorBody(500, FAILURE),
  };
}

function toMessage({ toolCall, pieces }: Choice): Record<string, unknown> {
  const text = pieces.join("");
  if (!toolCall) return { content: text };
  const { id, name } = toolCall;
  return { content: null, tool_calls: [{ id, type: "function", function: { name, arguments: text } }] };
}

function toStream(frame: Frame, request: ChatRequest, choices: readonly Choice[], usage: Usage): Script {
  const isCounted = request.stream_options?.include_usage === true && usage !== null;
  const event = (choicesOfChunk: unknown[], last?: Usage) =>
    `data: ${JSON.stringify({
      ...frame,
      object: "chat.completion.chunk",
      choices: choicesOfChunk,
      ...(isCounted ? { usage: last ?? null } : {}),
    })}\n\n`;
  const delta = (choice: Choice, content: unknown, finishReason: string | null = null) =>
    event([{ index: choice.index, delta: content, logprobs: null, finish_reason: finishReason }]);
  return {
    kind: "stream",
    opening: choices.map((choice) => delta(choice, openingDelta(choice))).join(""),
    events: choices.flatMap((choice) =>
      choice.pieces.map((piece) => delta(choice, pieceDelta(choice, piece))),
    ),
    closing: [
      ...choices.map((choice) => delta(choice, {}, choice.finishReason)),
      ...(isCounted ? [event([], usage)] : []),
      "data: [DONE]\n\n",
    ].join(""),
    failure: `data: ${errorBody(500, FAILURE)}\n\n`,
  };
}

function openingDelta({ toolCall }: Choice): Record<string, unknown> {
  const start = { role: "assistant", refusal: null };
  if (!toolCall) return { ...start, content: "" };
  const { id, name } = toolCall;
  const call = { index: 0, id, type: "function", function: { name, arguments: "" } };
  return { ...start, content: null, tool_calls: [call] };
}

function pieceDelta({ toolCall }: Choice, piece: string): Record<string, unknown> {
  return toolCall ? { tool_calls: [{ index: 0, function: { arguments: piece } }] } : { content: piece };
}

const FAILURE = "The simulated server had an error while processing your request.";
const ERROR_TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  402: "insufficient_quota",
  429: "rate_limit_error",
};

function errorBody(status: number, message: string): string {
  const type = ERROR_TYPES[status] ?? (status < 500 ? "invalid_request_error" : "server_error");
  return JSON.stringify({ error: { message, type, param: null, code: null } });
}
