import { type Choice, type TokenCounts, writeAnswer } from "../answering";
import { type Protocol, ProtocolError, type Script } from "../script";
import { chatRequest } from "./openai-chat-request";

/** Cohere's chat, version 2: https://docs.cohere.com/reference/chat. Its messages and tools look like OpenAI's. */
export const cohereChat: Protocol = {
  path: /\/v[12]\/chat$/,
  async answer(incoming) {
    const parsed = chatRequest.safeParse(withOpenAiNames(incoming.body));
    if (!parsed.success)
      throw new ProtocolError(`invalid request: ${parsed.error.issues[0]?.path.join(".")}`);
    const { choices, counts } = await writeAnswer(parsed.data, incoming.scenario);
    const [choice] = choices;
    if (!choice) throw new ProtocolError("no answer");
    return parsed.data.stream ? toStream(incoming.id, choice, counts) : toWhole(incoming.id, choice, counts);
  },
  error: (_status, message) => JSON.stringify({ id: "simulated", message }),
};

const TOOL_CHOICES: Readonly<Record<string, string>> = { REQUIRED: "required", NONE: "none" };

function withOpenAiNames(body: unknown): unknown {
  if (typeof body !== "object" || body === null) return body;
  const { stop_sequences, tool_choice, ...rest } = body as Record<string, unknown>;
  return {
    ...rest,
    ...(stop_sequences ? { stop: stop_sequences } : {}),
    ...(typeof tool_choice === "string" ? { tool_choice: TOOL_CHOICES[tool_choice] } : {}),
  };
}

const FINISH = { stop: "COMPLETE", length: "MAX_TOKENS", tool_calls: "TOOL_CALL" } as const;

/** The template around the messages is read by the model and not billed by Cohere. */
const TEMPLATE_TOKENS = 3;

function toUsage(counts: TokenCounts | null) {
  if (!counts) return {};
  const { promptTokens: prompt, cachedTokens: cached, outputTokens: output } = counts;
  return {
    usage: {
      billed_units: { input_tokens: Math.max(0, prompt - TEMPLATE_TOKENS), output_tokens: output },
      tokens: { input_tokens: prompt, output_tokens: output },
      cached_tokens: cached,
    },
  };
}

function toWhole(id: string, choice: Choice, counts: TokenCounts | null): Script {
  const text = choice.pieces.join("");
  const { toolCall } = choice;
  const message = toolCall
    ? {
        role: "assistant",
        tool_plan: "",
        tool_calls: [
          { id: toolCall.id, type: "function", function: { name: toolCall.name, arguments: text } },
        ],
      }
    : { role: "assistant", content: [{ type: "text", text }] };
  const body = { id, finish_reason: FINISH[choice.finishReason], message, ...toUsage(counts) };
  const failure = JSON.stringify({ id, message: FAILURE });
  return { kind: "whole", status: 200, body: JSON.stringify(body), tokens: choice.outputTokens, failure };
}

const FAILURE = "internal server error";

function toStream(id: string, choice: Choice, counts: TokenCounts | null): Script {
  const { toolCall, pieces } = choice;
  const event = (type: string, more: Record<string, unknown>) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
  const part = (type: string, message: Record<string, unknown>) =>
    event(type, { index: 0, delta: { message } });
  const start = toolCall
    ? part("tool-call-start", {
        tool_calls: { id: toolCall.id, type: "function", function: { name: toolCall.name, arguments: "" } },
      })
    : part("content-start", { content: { type: "text", text: "" } });
  return {
    kind: "stream",
    opening: event("message-start", { id, delta: { message: { role: "assistant", content: [] } } }) + start,
    events: pieces.map((piece) =>
      toolCall
        ? part("tool-call-delta", { tool_calls: { function: { arguments: piece } } })
        : part("content-delta", { content: { text: piece } }),
    ),
    closing:
      event(toolCall ? "tool-call-end" : "content-end", { index: 0 }) +
      event("message-end", { delta: { finish_reason: FINISH[choice.finishReason], ...toUsage(counts) } }),
    failure: event("message-end", { delta: { finish_reason: "ERROR", error: FAILURE } }),
  };
}
