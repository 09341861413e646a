import { usageWithCost } from "../cost";
import { collectStrings, countIn, invalid, isObject, modelOf, parseObject, readObject } from "../fields";
import { countedUsage, type FinalUsage, type TokenUsage } from "../model";
import { forwardable } from "../own-fields";

/** OpenAI's moderations: https://platform.openai.com/docs/api-reference/moderations */
export interface ModerationCall {
  readonly model: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** All texts that are judged. */
  readonly text: string;
}

const MAX_INPUTS = 1_024;

/** @param usualModel taken when the client names none, as OpenAI's own endpoint does @throws AppError invalid_json, invalid_request */
export function parseModeration(bytes: Uint8Array, usualModel: string): ModerationCall {
  const body = parseObject(bytes);
  const { input } = body;
  const list: readonly unknown[] = Array.isArray(input) ? input : [input];
  if (list.length === 0 || !list.every((entry) => typeof entry === "string" || isObject(entry)))
    throw invalid("input", "must be a text, a list of texts, or a list of parts");
  if (list.length > MAX_INPUTS) throw invalid("input", `may have at most ${MAX_INPUTS} entries`);
  const texts: string[] = [];
  collectStrings(list, texts);
  return {
    model: body.model === undefined || body.model === null ? usualModel : modelOf(body),
    body,
    text: texts.join("\n"),
  };
}

export function toModerationBody(call: ModerationCall, model: string): string {
  return JSON.stringify({ ...forwardable(call.body), model });
}

export interface ModerationAnswer {
  readonly body: Readonly<Record<string, unknown>>;
  /** Null when the provider counts none. */
  readonly usage: TokenUsage | null;
}

/** Null when the bytes are no answer. A provider that counts tokens says so; one that is free says nothing. */
export function readModeration(bytes: Uint8Array): ModerationAnswer | null {
  const body = readObject(bytes);
  if (!Array.isArray(body?.results)) return null;
  const tokens = isObject(body.usage) ? countIn(body.usage.prompt_tokens) : null;
  return { body, usage: tokens === null ? null : countedUsage(tokens, 0) };
}

export function renderModeration({ body }: ModerationAnswer, model: string, final: FinalUsage | null) {
  return { ...body, model, usage: usageWithCost(body.usage, final) };
}
