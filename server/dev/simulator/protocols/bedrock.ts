import { encodeFrame } from "@/server/protocols/bedrock-converse";
import { isObject, objectsIn } from "@/server/protocols/fields";
import { type Choice, type TokenCounts, writeAnswer } from "../answering";
import { type Protocol, ProtocolError, type Script } from "../script";
import type { ChatRequest } from "./openai-chat-request";

/** Amazon Bedrock's Converse, whole and as a binary event stream. Wants a signature, and only looks whether there is one. */
export const bedrockWhole: Protocol = protocol(/\/model\/[^/]+\/converse$/, false);
export const bedrockStream: Protocol = protocol(/\/model\/[^/]+\/converse-stream$/, true);

function protocol(path: RegExp, isStream: boolean): Protocol {
  return {
    path,
    model: modelIn,
    async answer(incoming) {
      if (!incoming.header("authorization")?.startsWith("AWS4-HMAC-SHA256 "))
        throw new ProtocolError("Missing Authentication Token", 403);
      const { choices, counts } = await writeAnswer(
        toChat(modelIn(incoming.path), incoming.body),
        incoming.scenario,
      );
      const [choice] = choices;
      if (!choice) throw new ProtocolError("no answer");
      return isStream ? toStream(choice, counts) : toWhole(choice, counts);
    },
    error: (_status, message) => JSON.stringify({ message }),
  };
}

function modelIn(path: string): string {
  return decodeURIComponent(/\/model\/([^/]+)\//.exec(path)?.[1] ?? "");
}

function toChat(model: string, body: unknown): ChatRequest {
  if (!isObject(body) || objectsIn(body.messages).length === 0)
    throw new ProtocolError("messages: the field is required");
  const config = isObject(body.inferenceConfig) ? body.inferenceConfig : {};
  const toolConfig = isObject(body.toolConfig) ? body.toolConfig : {};
  const choice = isObject(toolConfig.toolChoice) ? toolConfig.toolChoice : {};
  const output = isObject(body.outputConfig) ? body.outputConfig : {};
  return {
    model,
    messages: [
      ...objectsIn(body.system).map(({ text }) => ({ role: "system", content: String(text ?? "") })),
      ...objectsIn(body.messages).map((message) => ({
        role: objectsIn(message.content).some((block) => isObject(block.toolResult))
          ? "tool"
          : String(message.role),
        content: objectsIn(message.content).map((block) =>
          isObject(block.image)
            ? { type: "image_url", image_url: {} }
            : { type: "text", text: typeof block.text === "string" ? block.text : JSON.stringify(block) },
        ),
      })),
    ],
    max_tokens: Number(config.maxTokens) || undefined,
    response_format: isObject(output.textFormat) ? { type: "json_schema" } : null,
    stop: Array.isArray(config.stopSequences) ? config.stopSequences.map(String) : null,
    tools: objectsIn(toolConfig.tools).flatMap(({ toolSpec }) =>
      isObject(toolSpec)
        ? [{ type: "function", function: { name: String(toolSpec.name), parameters: schemaOf(toolSpec) } }]
        : [],
    ),
    tool_choice: isObject(choice.tool)
      ? { function: { name: String(choice.tool.name) } }
      : isObject(choice.any)
        ? "required"
        : null,
  };
}

function schemaOf({ inputSchema }: Record<string, unknown>): Record<string, unknown> {
  return isObject(inputSchema) && isObject(inputSchema.json) ? inputSchema.json : {};
}

const STOP_REASONS = { stop: "end_turn", length: "max_tokens", tool_calls: "tool_use" } as const;

/** What comes from the cache is not part of `inputTokens`, as Bedrock counts. */
function toUsage(counts: TokenCounts | null) {
  if (!counts) return {};
  const { promptTokens: prompt, cachedTokens: cached, outputTokens: output } = counts;
  return {
    usage: {
      inputTokens: prompt - cached,
      outputTokens: output,
      totalTokens: prompt + output,
      cacheReadInputTokens: cached,
      cacheWriteInputTokens: 0,
    },
  };
}

function toWhole(choice: Choice, counts: TokenCounts | null): Script {
  const text = choice.pieces.join("");
  const { toolCall } = choice;
  const content = toolCall
    ? [{ toolUse: { toolUseId: toolCall.id, name: toolCall.name, input: JSON.parse(text) as unknown } }]
    : [{ text }];
  const body = {
    output: { message: { role: "assistant", content } },
    stopReason: STOP_REASONS[choice.finishReason],
    ...toUsage(counts),
    metrics: { latencyMs: 1 },
  };
  const failure = JSON.stringify({ message: FAILURE });
  return { kind: "whole", status: 200, body: JSON.stringify(body), tokens: choice.outputTokens, failure };
}

const FAILURE = "The system encountered an unexpected error during processing.";

function toStream({ toolCall, pieces, finishReason }: Choice, counts: TokenCounts | null): Script {
  const event = (name: string, payload: Record<string, unknown>) => encodeFrame("event", name, payload);
  const at = { contentBlockIndex: 0 };
  const opening = [event("messageStart", { role: "assistant" })];
  if (toolCall) {
    const start = { toolUse: { toolUseId: toolCall.id, name: toolCall.name } };
    opening.push(event("contentBlockStart", { ...at, start }));
  }
  return {
    kind: "stream",
    contentType: "application/vnd.amazon.eventstream",
    opening: Buffer.concat(opening),
    events: pieces.map((piece) =>
      event("contentBlockDelta", {
        ...at,
        delta: toolCall ? { toolUse: { input: piece } } : { text: piece },
      }),
    ),
    closing: Buffer.concat([
      event("contentBlockStop", at),
      event("messageStop", { stopReason: STOP_REASONS[finishReason] }),
      event("metadata", { ...toUsage(counts), metrics: { latencyMs: 1 } }),
    ]),
    failure: encodeFrame("exception", "internalServerException", { message: FAILURE }),
  };
}
