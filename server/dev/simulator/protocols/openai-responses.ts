import { type Choice, countAnswer, type TokenCounts, writeChoice } from "../answering";
import { seedOf, simulatedPieces } from "../prose";
import { type Protocol, ProtocolError, type ProtocolRequest, type Script } from "../script";
import {
  type ResponsesRequest,
  refuseUnknownItems,
  responsesRequest,
  SEAL,
  searches,
  toChatRequest,
} from "./openai-responses-request";

type Json = Readonly<Record<string, unknown>>;

/** OpenAI's Responses: https://platform.openai.com/docs/api-reference/responses. As the real one, it sends no `[DONE]`. */
export const openaiResponses: Protocol = {
  path: "/responses",
  async answer(incoming) {
    const request = parse(incoming);
    const chat = toChatRequest(request);
    const choice = await writeChoice(chat, incoming.scenario, 0);
    const usage = toUsage(await countAnswer(chat, incoming.scenario, [choice]));
    const answer = writeAnswer(request, incoming, choice, usage);
    return request.stream ? toStream(answer) : toJson(answer);
  },
  error: errorBody,
};

function parse({ body }: ProtocolRequest): ResponsesRequest {
  const parsed = responsesRequest.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ProtocolError(`Invalid value for '${issue?.path.join(".")}': ${issue?.message}`);
  }
  refuseUnknownItems(parsed.data);
  return parsed.data;
}

interface Answer {
  readonly choice: Choice;
  readonly response: Json;
  /** Items before the last one, complete at once: thinking that is not shown, searches. */
  readonly before: readonly Json[];
  readonly last: LastItem;
  readonly usage: Json | null;
}

/** The item that grows token by token. */
interface LastItem {
  readonly begun: Json;
  readonly done: Json;
}

function writeAnswer(
  request: ResponsesRequest,
  incoming: ProtocolRequest,
  choice: Choice,
  usage: Json | null,
): Answer {
  const { id } = incoming;
  const isIncomplete = choice.finishReason === "length";
  const before = [
    ...(choice.reasoningTokens > 0 ? [thoughtOf(request, choice, id)] : []),
    ...(searches(request) ? [searchOf(id)] : []),
  ];
  return {
    choice,
    before,
    last: lastItemOf(choice, id, isIncomplete ? "incomplete" : "completed"),
    usage,
    response: {
      id: `resp_sim${id}`,
      object: "response",
      created_at: incoming.nowSeconds,
      status: isIncomplete ? "incomplete" : "completed",
      background: false,
      error: null,
      incomplete_details: isIncomplete ? { reason: "max_output_tokens" } : null,
      instructions: request.instructions ?? null,
      max_output_tokens: request.max_output_tokens ?? null,
      model: request.model,
      output: [],
      parallel_tool_calls: true,
      previous_response_id: null,
      reasoning: { effort: request.reasoning?.effort ?? null, summary: request.reasoning?.summary ?? null },
      store: request.store ?? true,
      text: { format: request.text?.format ?? { type: "text" } },
      tool_choice: request.tool_choice ?? "auto",
      tools: request.tools ?? [],
      metadata: {},
    },
  };
}

function thoughtOf(request: ResponsesRequest, choice: Choice, id: string): Json {
  const text = simulatedPieces(seedOf(choice.pieces.join("")), choice.reasoningTokens).join("");
  return {
    id: `rs_sim${id}`,
    type: "reasoning",
    summary: request.reasoning?.summary ? [{ type: "summary_text", text }] : [],
    ...(request.include?.includes("reasoning.encrypted_content")
      ? { encrypted_content: `${SEAL}${Buffer.from(text).toString("base64url")}` }
      : {}),
  };
}

function summaryOf({ summary }: Json): readonly { readonly text: string }[] {
  return Array.isArray(summary) ? summary : [];
}

function searchOf(id: string): Json {
  const action = { type: "search", query: "simulated" };
  return { id: `ws_sim${id}`, type: "web_search_call", status: "completed", action };
}

function lastItemOf({ toolCall, pieces }: Choice, id: string, status: string): LastItem {
  const text = pieces.join("");
  if (toolCall) {
    const call = { id: `fc_sim${id}`, type: "function_call", call_id: toolCall.id, name: toolCall.name };
    return {
      begun: { ...call, status: "in_progress", arguments: "" },
      done: { ...call, status, arguments: text },
    };
  }
  const message = { id: `msg_sim${id}`, type: "message", role: "assistant" };
  return {
    begun: { ...message, status: "in_progress", content: [] },
    done: { ...message, status, content: [{ type: "output_text", annotations: [], logprobs: [], text }] },
  };
}

function toUsage(counts: TokenCounts | null): Json | null {
  if (counts === null) return null;
  const { promptTokens, cachedTokens, outputTokens, reasoningTokens } = counts;
  return {
    input_tokens: promptTokens,
    input_tokens_details: { cached_tokens: cachedTokens },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: promptTokens + outputTokens,
  };
}

function finalOf({ response, before, last, usage }: Answer): Json {
  return { ...response, output: [...before, last.done], usage };
}

function toJson(answer: Answer): Script {
  return {
    kind: "whole",
    status: 200,
    body: JSON.stringify(finalOf(answer)),
    tokens: answer.choice.outputTokens,
    failure: errorBody(500, FAILURE),
  };
}

function toStream(answer: Answer): Script {
  const { choice, response, before, last } = answer;
  let sequence = 0;
  const frame = (type: string, data: Json): string => {
    const text = `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence, ...data })}\n\n`;
    sequence += 1;
    return text;
  };
  const running = { ...response, status: "in_progress", incomplete_details: null, usage: null };
  const prelude =
    frame("response.created", { response: running }) + frame("response.in_progress", { response: running });
  const whole = before.map((item, index) => {
    const begun = item.type === "reasoning" ? { ...item, summary: [] } : item;
    const place = { item_id: item.id, output_index: index, summary_index: 0 };
    return [
      frame("response.output_item.added", { output_index: index, item: begun }),
      ...summaryOf(item).flatMap((part) => [
        frame("response.reasoning_summary_part.added", { ...place, part: { ...part, text: "" } }),
        frame("response.reasoning_summary_text.delta", { ...place, delta: part.text }),
        frame("response.reasoning_summary_text.done", { ...place, text: part.text }),
        frame("response.reasoning_summary_part.done", { ...place, part }),
      ]),
      frame("response.output_item.done", { output_index: index, item }),
    ].join("");
  });
  const index = before.length;
  const at = { item_id: last.done.id, output_index: index };
  const content = { ...at, content_index: 0 };
  const kind = choice.toolCall ? "response.function_call_arguments" : "response.output_text";
  const place = choice.toolCall ? at : content;
  const text = choice.pieces.join("");
  const part = (said: string) => ({ type: "output_text", annotations: [], logprobs: [], text: said });
  const opening =
    prelude +
    whole.join("") +
    frame("response.output_item.added", { output_index: index, item: last.begun }) +
    (choice.toolCall ? "" : frame("response.content_part.added", { ...content, part: part("") }));
  const events = choice.pieces.map((delta) =>
    frame(`${kind}.delta`, { ...place, delta, ...(choice.toolCall ? {} : { logprobs: [] }) }),
  );
  const failing = sequence;
  const closing =
    frame(`${kind}.done`, { ...place, ...(choice.toolCall ? { arguments: text } : { text, logprobs: [] }) }) +
    (choice.toolCall ? "" : frame("response.content_part.done", { ...content, part: part(text) })) +
    frame("response.output_item.done", { output_index: index, item: last.done }) +
    frame(`response.${String(response.status)}`, { response: finalOf(answer) });
  sequence = failing;
  const error = { code: "server_error", message: FAILURE };
  const failure = frame("response.failed", { response: { ...running, status: "failed", error } });
  return { kind: "stream", opening, events, closing, failure };
}

const FAILURE = "The simulated server had an error while processing your request.";

function errorBody(status: number, message: string): string {
  const type = status === 429 ? "rate_limit_error" : status < 500 ? "invalid_request_error" : "server_error";
  return JSON.stringify({ error: { message, type, param: null, code: null } });
}
