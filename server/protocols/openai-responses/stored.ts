import { invalid, isObject, type Json, readObject } from "../fields";
import { createSseSplitter, readSseEvent } from "../sse";
import type { InputItem } from "./input-items";

/** The whole response in an answer as the client gets it: in its body, or in the last event of its stream. Null: none. */
export function responseOfAnswer(
  bytes: Uint8Array,
  isStream: boolean,
): (Json & { readonly id: string }) | null {
  const response = isStream ? lastResponse(bytes) : readObject(bytes);
  if (!response || typeof response.id !== "string" || !Array.isArray(response.output)) return null;
  return response.status === "failed" ? null : { ...response, id: response.id };
}

function lastResponse(bytes: Uint8Array): Json | null {
  for (const event of createSseSplitter().push(bytes).reverse()) {
    const { data } = readSseEvent(event);
    const object = data === null || data.startsWith("[") ? null : readObject(data);
    if (isObject(object?.response)) return object.response;
  }
  return null;
}

const PREFIXES: Readonly<Record<string, string>> = {
  message: "msg",
  function_call: "fc",
  function_call_output: "fco",
  reasoning: "rs",
};
const MAX_ID_CHARACTERS = 64;

/** A request's own items as they are listed and pointed at later: each with an id, messages in parts. */
export function toStoredInput(input: readonly InputItem[], responseId: string): InputItem[] {
  const suffix = responseId.slice(responseId.indexOf("_") + 1);
  return input.map((item, index) => {
    const prefix = PREFIXES[String(item.type)] ?? "item";
    const id = `${prefix}_${suffix.slice(-(MAX_ID_CHARACTERS - 12))}i${index.toString(36).padStart(3, "0")}`;
    const named = typeof item.id === "string" ? item : { id, ...item, ...(item.id === null ? { id } : {}) };
    if (item.type !== "message" || typeof item.content !== "string") return named;
    const type = item.role === "assistant" ? "output_text" : "input_text";
    const part = { type, text: item.content, ...(type === "output_text" ? { annotations: [] } : {}) };
    return { ...named, status: item.status ?? "completed", content: [part] };
  });
}

const DEFAULT_PAGE = 20;
const MOST_ON_A_PAGE = 100;

/** A page of input items in OpenAI's list form, newest first unless `order=asc`. @throws AppError invalid_request */
export function inputItemPage(items: readonly InputItem[], query: URLSearchParams): Json {
  const limit = Number(query.get("limit") ?? DEFAULT_PAGE);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_ON_A_PAGE)
    throw invalid("limit", `must be a whole number from 1 to ${MOST_ON_A_PAGE}`);
  const order = query.get("order") ?? "desc";
  if (order !== "asc" && order !== "desc") throw invalid("order", "must be asc or desc");
  const ordered = order === "asc" ? items : items.toReversed();
  const after = query.get("after");
  const start = after === null ? 0 : ordered.findIndex(({ id }) => id === after) + 1;
  if (after !== null && start === 0) throw invalid("after", "must be the id of an item of this response");
  const data = ordered.slice(start, start + limit);
  return {
    object: "list",
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: start + limit < ordered.length,
  };
}
