import { isObject } from "../fields";
import type { OutboundOptions } from "../model";
import { forwardable } from "../own-fields";
import { isEnvelope } from "./envelope";
import { type InputItem, isOutputItem } from "./input-items";
import type { ResponsesCall } from "./request";

/**
 * The body for an endpoint of this very protocol: the client's own, with the provider's model name and an explicit output
 * limit. The state is ours: the conversation before is written out, and the provider is told to keep nothing, so that any
 * other endpoint could take over. What it thought is asked for in sealed form, to be sent again.
 */
export function toSameResponsesBody(call: ResponsesCall, options: OutboundOptions): string {
  const { previous_response_id: _ours, ...body } = forwardable(call.body);
  body.model = options.model;
  body.max_output_tokens = options.outputTokens;
  body.store = false;
  if (typeof call.body.input !== "string" || call.history.length > 0)
    body.input = withoutForeignThinking([...call.history.map(withoutOwnId), ...call.input]);
  // What is reserved is what the provider is allowed.
  if (call.searches) body.max_tool_calls = call.searches;
  const include = withSealedThinking(call);
  if (include !== null) body.include = include;
  return JSON.stringify(body);
}

/** Models that do not think refuse to be asked for it, so it is asked only where the client speaks of thinking. */
function withSealedThinking({ body, store }: ResponsesCall): unknown[] | null {
  const { reasoning } = body;
  const include = Array.isArray(body.include) ? body.include : [];
  if (!store || !isObject(reasoning) || reasoning.effort === "none") return null;
  if (include.includes("reasoning.encrypted_content")) return null;
  return [...include, "reasoning.encrypted_content"];
}

/**
 * A provider that keeps nothing knows thinking only by its sealed content, and only its own. Other thinking is dropped,
 * and with it the ids of what it led to, by which the provider would miss it.
 */
function withoutForeignThinking(items: readonly InputItem[]): InputItem[] {
  const kept: InputItem[] = [];
  let isMissingThought = false;
  for (const item of items) {
    const isThought = item.type === "reasoning";
    if (isThought && !isOwnThought(item)) {
      isMissingThought = true;
      continue;
    }
    if (isThought || !isOutputItem(item)) isMissingThought = false;
    if (isMissingThought) {
      const { id: _unknown, ...rest } = item;
      kept.push(rest);
    } else {
      kept.push(item);
    }
  }
  return kept;
}

/** Ids of what the client said are ours: no provider gave them, and none needs them. */
function withoutOwnId(item: InputItem): InputItem {
  if (isOutputItem(item)) return item;
  const { id: _ours, ...rest } = item;
  return rest;
}

function isOwnThought({ encrypted_content: sealed }: InputItem): boolean {
  return typeof sealed === "string" && sealed !== "" && !isEnvelope(sealed);
}
