import { isUtf8 } from "node:buffer";
import { AppError } from "@/server/platform/errors";

/** Reading fields of a JSON body that somebody else wrote. Each refusal names the field as the caller wrote it. */
export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Deeper than any prompt, tool or schema is; what walks a body stays far from the end of the stack. */
const MAX_DEPTH = 256;

/** @throws AppError invalid_json when the bytes are no JSON object in UTF-8, invalid_request when they nest too deep */
export function parseObject(bytes: Uint8Array): Record<string, unknown> {
  if (isTooDeep(bytes))
    throw new AppError("invalid_request", { message: `The body nests deeper than ${MAX_DEPTH} levels.` });
  // Read with a sign in place of what cannot be read, a prompt would be another one, and its cost too.
  if (!isUtf8(bytes)) throw new AppError("invalid_json", { message: "The body is not valid UTF-8." });
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  } catch {
    throw new AppError("invalid_json", { message: "The body is not valid JSON." });
  }
  if (!isObject(value)) throw new AppError("invalid_json", { message: "The body must be a JSON object." });
  return value;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** `[` and `{`, and their closing ones, differ in one bit. */
const OPEN = 0x5b;
const CLOSE = 0x5d;
const CURLY_BIT = 0x20;

function isTooDeep(bytes: Uint8Array): boolean {
  let depth = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if ((byte & ~CURLY_BIT) === OPEN) depth += 1;
    else if ((byte & ~CURLY_BIT) === CLOSE) depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/** Index of the quote that closes the string opened at `start`; strings are most of a body, so they are skipped natively. */
function endOfString(bytes: Uint8Array, start: number): number {
  for (let at = bytes.indexOf(QUOTE, start + 1); at !== -1; at = bytes.indexOf(QUOTE, at + 1)) {
    let backslashes = 0;
    while (bytes[at - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return bytes.length;
}

/** A JSON object, or null: for bytes of a provider, which are never the caller's fault. */
export function readObject(bytes: Uint8Array | string): Record<string, unknown> | null {
  const text =
    typeof bytes === "string"
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** The objects in a list; nothing when it is no list. */
export function objectsIn(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** A text that is not empty, or null. */
export function textIn(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** A count that can be true (whole and not negative), or null. An explicit zero is a zero. */
export function countIn(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

const MAX_MODEL_CHARACTERS = 256;

/**
 * `author/slug` of a request; as at OpenRouter, one that names no `model` means the first of its `models`.
 * @throws AppError invalid_request, model_not_found (too long to be one)
 */
export function modelOf(body: Json): string {
  const model = body.model ?? (Array.isArray(body.models) ? (body.models[0] as unknown) : undefined);
  if (typeof model !== "string" || model.length === 0) throw invalid("model", "must be the name of a model");
  if (model.length > MAX_MODEL_CHARACTERS) {
    throw new AppError("model_not_found", {
      message: `There is no model with a name of over ${MAX_MODEL_CHARACTERS} characters.`,
      param: "model",
    });
  }
  return model;
}

/** Undefined when absent or null. @throws AppError invalid_request */
export function optionalInteger(body: Json, name: string, least: number, most: number): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least || value > most) {
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw invalid(name, `must be a whole number ${range}`);
  }
  return value;
}

/** Undefined when absent or null. @throws AppError invalid_request */
export function optionalNumber(body: Json, name: string): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isFinite(value)) throw invalid(name, "must be a number");
  return value;
}

/** Undefined when absent or null. @throws AppError invalid_request */
export function optionalBoolean(body: Json, name: string): boolean | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "boolean") throw invalid(name, "must be true or false");
  return value;
}

/** Undefined when absent or null. @throws AppError invalid_request */
export function optionalText(body: Json, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw invalid(name, "must be a string");
  return value;
}

/** Undefined when absent or null. @throws AppError invalid_request */
export function optionalObject(body: Json, name: string): Record<string, unknown> | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw invalid(name, "must be an object");
  return value;
}

/** An absent list is fine. @throws AppError invalid_request */
export function checkList(value: unknown, name: string, most: number): void {
  if (value === undefined || value === null) return;
  if (!Array.isArray(value)) throw invalid(name, "must be a list");
  if (value.length > most) throw invalid(name, `may have at most ${most} entries`);
}

export function invalid(param: string, rule: string): AppError {
  return new AppError("invalid_request", { message: `\`${param}\` ${rule}.`, param });
}

/** A field that is fine in itself, but that no endpoint of the model can honour. */
export function unsupported(param: string, why: string): AppError {
  return new AppError("unsupported_parameter", {
    message: `\`${param}\` cannot be honoured here: ${why}.`,
    param,
  });
}

/** Every string inside a value, but for inline media, which is priced as media and not by the length of its base64. */
export function collectStrings(value: unknown, into: string[]): void {
  if (typeof value === "string") {
    if (!value.startsWith("data:")) into.push(value);
  } else if (Array.isArray(value)) {
    for (const inner of value) collectStrings(inner, into);
  } else if (isObject(value)) {
    for (const inner of Object.values(value)) collectStrings(inner, into);
  }
}
