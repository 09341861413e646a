import { collectStrings, isObject } from "../fields";

/** Everything that a provider will tokenize of a request: message texts, tool definitions, schemas. */
export function promptText(body: Readonly<Record<string, unknown>>): string {
  const parts: string[] = [];
  if (Array.isArray(body.messages)) for (const message of body.messages) collectStrings(message, parts);
  for (const name of ["tools", "functions", "response_format"]) {
    if (body[name] !== undefined && body[name] !== null) parts.push(JSON.stringify(body[name]));
  }
  return parts.join("\n");
}

/** Number of messages and of image parts: providers add tokens for each that no text shows. */
export function promptShape(body: Readonly<Record<string, unknown>>): { messages: number; images: number } {
  const messages = Array.isArray(body.messages) ? body.messages : [];
  let images = 0;
  for (const message of messages) {
    if (!isObject(message) || !Array.isArray(message.content)) continue;
    for (const part of message.content) if (isObject(part) && part.type === "image_url") images += 1;
  }
  return { messages: messages.length, images };
}

/** The generated text in one choice's message or delta: content, refusal, reasoning and tool calls. */
export function generatedText(part: unknown): string {
  if (!isObject(part)) return "";
  let text = "";
  for (const name of ["content", "refusal", "reasoning_content", "reasoning"]) text += textOf(part[name]);
  if (Array.isArray(part.tool_calls)) {
    for (const call of part.tool_calls) {
      if (isObject(call) && isObject(call.function))
        text += textOf(call.function.name) + textOf(call.function.arguments);
    }
  }
  return text;
}

/** Content may be a string or a list of parts with text (Mistral's thinking, for one). */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(textOf).join("");
  if (isObject(value)) return textOf(value.text) + textOf(value.thinking);
  return "";
}
