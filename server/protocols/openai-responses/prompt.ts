import { isObject, type Json, objectsIn } from "../fields";
import type { InputItem } from "./input-items";

/** Fields of an item that no provider reads as text. */
const UNREAD = new Set(["id", "type", "status", "role", "encrypted_content", "detail", "format", "phase"]);
/**
 * Encrypted thinking is read by its provider as the text that it was. Base64 is four thirds of it, and is itself about
 * three times as many tokens as prose of the same length: a quarter of the characters stands for it.
 */
const CHARACTERS_PER_THOUGHT = 4;
/** A page of a document is about an image; this many base64 characters are taken for one. */
const FILE_CHARACTERS_PER_PAGE = 100_000;
/** A document that is only pointed at may have any length; this is what is reserved for it. */
const PAGES_OF_UNKNOWN_FILE = 10;

/** Everything that a provider will tokenize: instructions, items, tool definitions, schemas. Inline media is left out. */
export function promptText(body: Json, items: readonly InputItem[]): string {
  const parts: string[] = [];
  if (typeof body.instructions === "string") parts.push(body.instructions);
  for (const item of items) collect(item, parts);
  for (const name of ["tools", "text"]) {
    if (body[name] !== undefined && body[name] !== null) parts.push(JSON.stringify(body[name]));
  }
  return parts.join("\n");
}

function collect(value: unknown, into: string[]): void {
  if (typeof value === "string") {
    if (!value.startsWith("data:")) into.push(value);
  } else if (Array.isArray(value)) {
    for (const inner of value) collect(inner, into);
  } else if (isObject(value)) {
    if (typeof value.encrypted_content === "string")
      into.push(value.encrypted_content.slice(0, value.encrypted_content.length / CHARACTERS_PER_THOUGHT));
    const isMedia = value.type === "input_audio" || value.type === "input_image";
    for (const [name, inner] of Object.entries(value)) {
      if (!UNREAD.has(name) && !(isMedia && name === "data") && name !== "file_data") collect(inner, into);
    }
  }
}

/** Number of items and of images and pages among them: providers add tokens for each that no text shows. */
export function promptShape(items: readonly InputItem[]): { messages: number; images: number } {
  let images = 0;
  for (const item of items) {
    const parts = [...objectsIn(item.content), ...objectsIn(item.output)];
    for (const part of parts) images += imagesIn(part);
  }
  return { messages: items.length, images };
}

function imagesIn({ type, file_data: data }: Json): number {
  if (type === "input_image") return 1;
  if (type !== "input_file") return 0;
  return typeof data === "string"
    ? Math.max(1, Math.ceil(data.length / FILE_CHARACTERS_PER_PAGE))
    : PAGES_OF_UNKNOWN_FILE;
}
