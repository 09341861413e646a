import { z } from "zod";
import type { ChatRequest } from "./openai-chat-request";

const block = z.looseObject({ type: z.string() });
const content = z.union([z.string(), z.array(block)]);

/** The fields of a Messages request that decide its answer. */
export const messagesRequest = z.looseObject({
  model: z.string().min(1),
  max_tokens: z.number().int().min(1),
  messages: z.array(z.looseObject({ role: z.enum(["user", "assistant", "system"]), content })).min(1),
  system: content.optional(),
  stream: z.boolean().optional(),
  stop_sequences: z.array(z.string()).optional(),
  tools: z
    .array(z.looseObject({ name: z.string(), input_schema: z.record(z.string(), z.unknown()).optional() }))
    .optional(),
  tool_choice: z.looseObject({ type: z.string(), name: z.string().optional() }).optional(),
  thinking: z.looseObject({ type: z.string(), budget_tokens: z.number().int().optional() }).optional(),
  output_config: z.looseObject({ format: z.looseObject({ type: z.string() }).nullish() }).optional(),
});

export type MessagesRequest = z.infer<typeof messagesRequest>;
type Content = z.infer<typeof content>;

/** The same request as the simulator's own words have it, so that every protocol gets the same answers and counts. */
export function toChatRequest(request: MessagesRequest): ChatRequest {
  const turns = request.messages.map(({ role, content: said }) => ({ role, content: toParts(said) }));
  const { tool_choice: choice, tools } = request;
  return {
    model: request.model,
    messages: [...(request.system ? [{ role: "system", content: toParts(request.system) }] : []), ...turns],
    max_completion_tokens: request.max_tokens,
    stop: request.stop_sequences,
    tools: tools?.map(({ name, input_schema }) => ({
      type: "function",
      function: { name, ...(input_schema ? { parameters: input_schema } : {}) },
    })),
    tool_choice:
      choice?.type === "tool"
        ? { function: { name: choice.name ?? "" } }
        : choice?.type === "any"
          ? "required"
          : choice?.type,
    response_format: request.output_config?.format,
    reasoning_effort: effortOf(request),
  };
}

/** True when a part of the prompt is marked for the cache. */
export function isMarkedForCache(request: MessagesRequest): boolean {
  return JSON.stringify(request).includes('"cache_control"');
}

function effortOf({ thinking }: MessagesRequest): string | undefined {
  if (thinking?.type === "adaptive") return "medium";
  if (thinking?.type !== "enabled") return undefined;
  const budget = thinking.budget_tokens ?? 0;
  return budget <= 1_024 ? "minimal" : budget <= 2_048 ? "low" : budget <= 8_192 ? "medium" : "high";
}

function toParts(said: Content) {
  if (typeof said === "string") return said;
  return said.map((part) =>
    part.type === "image"
      ? { type: "image_url", image_url: {} }
      : { type: "text", text: typeof part.text === "string" ? part.text : textIn(part) },
  );
}

/** Text of thinking, calls and results. */
function textIn(part: z.infer<typeof block>): string {
  if (part.type === "thinking") return String(part.thinking ?? "");
  if (part.type === "tool_use") return `${String(part.name)}${JSON.stringify(part.input ?? {})}`;
  return typeof part.content === "string" ? part.content : JSON.stringify(part.content ?? "");
}
