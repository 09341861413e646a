import { type DialectName, isDialectName } from "../model";

/**
 * Anthropic's clients keep `signature` and `data` of thinking blocks and send them back. Where another provider made them,
 * we write down whose they are, so that they find their way back to it and never reach one that would refuse them.
 */
const MARK = "gateway:";

/** `text` as a client of this protocol keeps it. */
export function markOrigin(text: string, origin: DialectName | undefined): string {
  return origin === "anthropic-messages" ? text : `${MARK}${origin ?? ""}:${text}`;
}

/** What a client sent back, and whose it is; no origin when its maker was not known. */
export function readOrigin(text: string): { value: string; origin?: DialectName } {
  if (!text.startsWith(MARK)) return { value: text, origin: "anthropic-messages" };
  const end = text.indexOf(":", MARK.length);
  const origin = text.slice(MARK.length, end);
  return { value: text.slice(end + 1), ...(isDialectName(origin) ? { origin } : {}) };
}

/** True for what Anthropic made: the only thing that it takes back. */
export function isOwn(text: unknown): boolean {
  return typeof text === "string" && text !== "" && !text.startsWith(MARK);
}
