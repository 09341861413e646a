import { isObject, type Json, objectsIn } from "../fields";

/** Fields whose strings are bytes in base64: priced as media, not by their length. */
const INLINE = new Set(["base64"]);

/** Everything that a provider will tokenize: instructions, messages, tool definitions, schemas. */
export function promptText(body: Json): string {
  const parts: string[] = [];
  collect(body.system, parts);
  collect(body.messages, parts);
  for (const name of ["tools", "output_config"]) {
    if (body[name] !== undefined && body[name] !== null) parts.push(JSON.stringify(body[name]));
  }
  return parts.join("\n");
}

/** Number of messages and of images (pages of documents included as one each): no text shows their tokens. */
export function promptShape(body: Json): { messages: number; images: number } {
  const messages = objectsIn(body.messages);
  const images = messages.reduce((count, message) => count + countMedia(message.content), 0);
  return { messages: messages.length, images };
}

function countMedia(content: unknown): number {
  let count = 0;
  for (const block of objectsIn(content)) {
    if (block.type === "image" || (block.type === "document" && !isPlainText(block.source))) count += 1;
    if (block.type === "tool_result") count += countMedia(block.content);
  }
  return count;
}

function isPlainText(source: unknown): boolean {
  return isObject(source) && (source.type === "text" || source.type === "content");
}

/** Names and types of blocks cost next to nothing; the texts, inputs and results are what counts. */
function collect(value: unknown, into: string[]): void {
  if (typeof value === "string") into.push(value);
  else if (Array.isArray(value)) for (const inner of value) collect(inner, into);
  else if (isObject(value)) {
    if (INLINE.has(String(value.type))) return;
    for (const inner of Object.values(value)) collect(inner, into);
  }
}
