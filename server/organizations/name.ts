import { AppError } from "@/server/platform/errors";
import { isOneLine } from "@/server/platform/one-line";

const MAX_NAME_CHARACTERS = 80;

/** A name as people see it: one line, trimmed, 1 to 80 characters. @throws AppError invalid_request */
export function toName(text: string): string {
  const name = text.trim();
  const characters = [...name].length;
  if (characters < 1 || characters > MAX_NAME_CHARACTERS || !isOneLine(name)) {
    throw new AppError("invalid_request", {
      message: `A name is one line of 1 to ${MAX_NAME_CHARACTERS} characters.`,
      param: "name",
    });
  }
  return name;
}
