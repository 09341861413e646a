/** Control characters (also NUL, which Postgres refuses), half surrogates, line separators, and marks that turn text around. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu;

/**
 * Whether a text can be shown beside others as it is: nothing in it ends the line, and nothing turns what stands next to it
 * around (Unicode UAX #9 §2). Letters that are written from right to left are letters like all others.
 */
export function isOneLine(text: string): boolean {
  return text.search(FORBIDDEN) === -1;
}

/** The same text without what one line cannot have. */
export function toOneLine(text: string): string {
  return text.replace(FORBIDDEN, "");
}
