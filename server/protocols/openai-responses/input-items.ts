import { invalid, isObject, type Json, unsupported } from "../fields";

/** An item of `input`, with its type said: a message may leave it out. */
export type InputItem = Json;

const MAX_ITEMS = 10_000;
const ROLES = new Set(["user", "assistant", "system", "developer"]);

/**
 * `input` as a list of items.
 * @throws AppError invalid_request (names the item), unsupported_parameter for files of the provider's account
 */
export function readInput(input: unknown): readonly InputItem[] {
  if (typeof input === "string") return [{ type: "message", role: "user", content: input }];
  if (!Array.isArray(input)) throw invalid("input", "must be a string or a list of items");
  if (input.length > MAX_ITEMS) throw invalid("input", `may have at most ${MAX_ITEMS} items`);
  return input.map((item, index) => readItem(item, `input[${index}]`));
}

function readItem(item: unknown, path: string): InputItem {
  if (!isObject(item)) throw invalid(path, "must be an object");
  const type = item.type ?? (item.role === undefined ? undefined : "message");
  if (typeof type !== "string") throw invalid(`${path}.type`, "must be a string");
  if (type === "message") checkMessage(item, path);
  if (type === "function_call") checkStrings(item, ["call_id", "name", "arguments"], path);
  if (type === "function_call_output") {
    checkStrings(item, ["call_id"], path);
    checkContent(item.output, `${path}.output`);
  }
  if (type === "item_reference") checkStrings(item, ["id"], path);
  return item.type === type ? item : { type, ...item };
}

function checkMessage(item: Json, path: string): void {
  if (typeof item.role !== "string" || !ROLES.has(item.role))
    throw invalid(`${path}.role`, "must be user, assistant, system or developer");
  checkContent(item.content, `${path}.content`);
}

function checkContent(content: unknown, path: string): void {
  if (typeof content === "string") return;
  if (!Array.isArray(content)) throw invalid(path, "must be a string or a list of parts");
  content.forEach((part, index) => {
    if (!isObject(part) || typeof part.type !== "string")
      throw invalid(`${path}[${index}].type`, "must be a string");
    if (typeof part.file_id === "string")
      throw unsupported(
        `${path}[${index}].file_id`,
        "files are kept in an account of the provider, which is ours and not yours; send the content or a URL",
      );
  });
}

function checkStrings(item: Json, names: readonly string[], path: string): void {
  for (const name of names) {
    if (typeof item[name] !== "string") throw invalid(`${path}.${name}`, "must be a string");
  }
}

/** Does the item come from an answer, so that its id may be one of ours? */
export function isOutputItem(item: InputItem): boolean {
  return (
    (item.type === "message" && item.role === "assistant") ||
    item.type === "function_call" ||
    item.type === "reasoning"
  );
}
