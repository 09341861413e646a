import { isObject, objectsIn, textIn } from "../fields";

/**
 * Google's error body, alone or as the first of a list. The delay of a 429 stands in it and not in a header.
 * Source: https://cloud.google.com/apis/design/errors
 */
export function readGeminiError(bytes: Uint8Array): {
  message: string | null;
  param: string | null;
  retryAfterMs?: number;
} {
  const error = errorIn(bytes);
  const details = objectsIn(error.details);
  const delay = details.map(({ retryDelay }) => toMs(retryDelay)).find((ms) => ms !== null);
  const [violation] = details.flatMap(({ fieldViolations }) => objectsIn(fieldViolations));
  return {
    message: textIn(error.message),
    param: textIn(violation?.field),
    ...(delay ? { retryAfterMs: delay } : {}),
  };
}

function errorIn(bytes: Uint8Array): Record<string, unknown> {
  let body: unknown;
  try {
    body = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  } catch {
    return {};
  }
  const [first] = Array.isArray(body) ? body : [body];
  return isObject(first) && isObject(first.error) ? first.error : {};
}

/** A duration as Google writes it: `34.4s`. */
function toMs(duration: unknown): number | null {
  const seconds = typeof duration === "string" ? /^(\d{1,7}(?:\.\d{1,9})?)s$/.exec(duration)?.[1] : undefined;
  return seconds === undefined ? null : Math.ceil(Number(seconds) * 1_000);
}
