import { AppError } from "@/server/platform/errors";
import { isOneLine } from "@/server/platform/one-line";

export const MAX_NAME_LENGTH = 80;

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
  if (!isOneLine(name)) {
    throw new AppError("invalid_request", {
      message: "A key's name cannot contain control characters.",
      param: "name",
    });
  }
  return name;
}
