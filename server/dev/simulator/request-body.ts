import type { IncomingMessage } from "node:http";
import type { SentFile } from "./script";

/** A request's body as protocols and the journal see it. */
export interface ReceivedBody {
  /** Decodes to the same text for the same bytes: what ids are made of. */
  readonly text: string;
  /** JSON, or the text fields of a form; undefined when it is neither. */
  readonly body: unknown;
  readonly files: Readonly<Record<string, readonly SentFile[]>>;
}

export async function readRequestBody(request: IncomingMessage): Promise<ReceivedBody> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const type = request.headers["content-type"] ?? "";
  if (type.startsWith("multipart/form-data")) return readForm(bytes, type);
  const text = bytes.toString("utf8");
  return { text, body: parseJson(text), files: {} };
}

/** A field that comes more than once, or with brackets in its name, becomes a list. */
async function readForm(bytes: Buffer, type: string): Promise<ReceivedBody> {
  const form = await new Response(new Uint8Array(bytes), { headers: { "content-type": type } }).formData();
  const body: Record<string, unknown> = {};
  const files: Record<string, SentFile[]> = {};
  for (const [field, value] of form) {
    const name = field.replace(/\[\]$/, "");
    if (typeof value !== "string") {
      const file = { name: value.name, type: value.type, bytes: new Uint8Array(await value.arrayBuffer()) };
      files[name] = [...(files[name] ?? []), file];
    } else {
      body[name] = name === field && body[name] === undefined ? value : [body[name] ?? [], value].flat();
    }
  }
  const sizes = Object.values(files).flatMap((list) => list.map((file) => file.bytes.length));
  return { text: JSON.stringify([body, sizes]), body, files };
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
