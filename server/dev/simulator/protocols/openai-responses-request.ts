import { z } from "zod";
import { ProtocolError } from "../script";
import type { ChatRequest } from "./openai-chat-request";

const part = z.looseObject({ type: z.string() });
const item = z.looseObject({
  type: z.string().optional(),
  role: z.string().optional(),
  content: z.union([z.string(), z.array(part)]).nullish(),
  output: z.union([z.string(), z.array(part)]).optional(),
});

/** The fields of a Responses request that decide its answer. */
export const responsesRequest = z.looseObject({
  model: z.string().min(1),
  input: z.union([z.string(), z.array(item).min(1)]),
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  store: z.boolean().nullish(),
  include: z.array(z.string()).nullish(),
  previous_response_id: z.string().nullish(),
  // The real provider refuses less.
  max_output_tokens: z.number().int().min(16).nullish(),
  tools: z
    .array(
      z.looseObject({
        type: z.string(),
        name: z.string().optional(),
        parameters: z.record(z.string(), z.unknown()).nullish(),
      }),
    )
    .nullish(),
  tool_choice: z
    .union([z.string(), z.looseObject({ type: z.string(), name: z.string().optional() })])
    .nullish(),
  text: z.looseObject({ format: z.looseObject({ type: z.string() }).nullish() }).nullish(),
  reasoning: z.looseObject({ effort: z.string().nullish(), summary: z.string().nullish() }).nullish(),
});

export type ResponsesRequest = z.infer<typeof responsesRequest>;
type Item = z.infer<typeof item>;

/** How sealed thinking begins, at the real provider as here. */
export const SEAL = "gAAAAA";

/**
 * What the real provider does with items that it knows only by their id, since nothing was stored with it.
 * @throws ProtocolError
 */
export function refuseUnknownItems({ input, previous_response_id: previous }: ResponsesRequest): void {
  if (previous) throw new ProtocolError(`Previous response with id '${previous}' not found.`);
  if (typeof input === "string") return;
  for (const { type, id, encrypted_content: sealed } of input) {
    if (type === "item_reference") throw new ProtocolError(`Item with id '${String(id)}' not found.`, 404);
    if (type !== "reasoning") continue;
    if (typeof sealed !== "string")
      throw new ProtocolError(
        `Item with id '${String(id)}' not found. Items are not persisted when \`store\` is set to false.`,
        404,
      );
    if (!sealed.startsWith(SEAL))
      throw new ProtocolError("The encrypted content for item could not be verified.");
  }
}

/** The same request as the simulator's own words have it, so that every protocol gets the same answers and counts. */
export function toChatRequest(request: ResponsesRequest): ChatRequest {
  const items: readonly Item[] =
    typeof request.input === "string" ? [{ role: "user", content: request.input }] : request.input;
  const { instructions, tools, tool_choice: choice } = request;
  return {
    model: request.model,
    messages: [
      ...(instructions ? [{ role: "system", content: instructions }] : []),
      ...items.map((each) => ({ role: roleOf(each), content: toContent(each) })),
    ],
    max_completion_tokens: request.max_output_tokens,
    tools: tools?.flatMap(({ type, name, parameters }) =>
      type === "function" && name
        ? [{ type, function: { name, ...(parameters ? { parameters } : {}) } }]
        : [],
    ),
    tool_choice:
      typeof choice === "object" && choice
        ? { function: { name: choice.name ?? "" } }
        : (choice ?? undefined),
    response_format: request.text?.format?.type === "text" ? undefined : request.text?.format,
    reasoning_effort: request.reasoning?.effort,
  };
}

function roleOf({ type, role }: Item): string {
  if (role !== undefined) return role;
  return type === "function_call_output" ? "tool" : "assistant";
}

function toContent(each: Item): string | { type: string; [name: string]: unknown }[] {
  const said = each.content ?? each.output ?? `${String(each.name ?? "")}${String(each.arguments ?? "")}`;
  if (typeof said === "string") return said;
  return said.map((piece) =>
    piece.type === "input_image" ? { type: "image_url", image_url: { detail: piece.detail } } : piece,
  );
}

/** Does the model search the web? Demanded by tool_choice, or by naming the tool in the last message. */
export function searches({ input, tools, tool_choice: choice }: ResponsesRequest): boolean {
  if (!tools?.some(({ type }) => type.startsWith("web_search"))) return false;
  const last = typeof input === "string" ? input : JSON.stringify(input.at(-1));
  return (typeof choice === "object" && choice?.type === "web_search") || last.includes("web_search");
}
