import { AppError } from "@/server/platform/errors";

export const MAX_NAME_LENGTH = 80;
// Control characters (also NUL, which Postgres refuses), half surrogates, line separators, and marks that turn text around.
const FORBIDDEN = /[\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;

/**
 * A key's name as it is stored: trimmed, 1 to 80 characters, no control characters.
 * @throws AppError invalid_request
 */
export function toKeyName(text: string): string {
  const name = text.trim();
  const length = [...name].length;
  if (length === 0 || length > MAX_NAME_LENGTH) {
    throw new AppError("invalid_request", {
      message: `A key's name has 1 to ${MAX_NAME_LENGTH} characters.`,
      param: "name",
    });
  }
  if (FORBIDDEN.test(name)) {
    throw new AppError("invalid_request", {
      message: "A key's name cannot contain control characters.",
      param: "name",
    });
  }
  return name;
}
