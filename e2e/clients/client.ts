import { readFileSync } from "node:fs";

/** Where a client is pointed to; nothing else about it is set. */
export interface Target {
  /** Of the API: ends with `/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly model: string;
}

/** What every client is asked to do, in its own words. */
export interface Client {
  /** As people name it. */
  readonly name: string;
  /** Package by whose version it is known; null for a program. */
  readonly packageName: string | null;
  text(target: Target): Promise<string>;
  /** All of a stream's text. */
  stream(target: Target): Promise<string>;
  /** The call of a tool that has to be called. */
  tool(target: Target): Promise<{ readonly name: string; readonly input: unknown }>;
  /** An answer that follows a JSON schema, parsed. */
  schema(target: Target): Promise<unknown>;
  /** An answer to a question with a picture. */
  image(target: Target): Promise<string>;
  /** Begins a stream and leaves after its first piece. */
  abort(target: Target): Promise<void>;
  /** The error of a request that is refused, as the client tells it. */
  error(target: Target): Promise<{ readonly status: number | undefined; readonly message: string }>;
}

export const QUESTION = "What is a receipt good for?";
export const MAX_TOKENS = 300;
export const WEATHER = {
  name: "weather",
  description: "The weather in a city.",
  parameters: {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false,
  },
} as const;
/** What the simulator answers when JSON is asked for. */
export const ANSWER_SCHEMA = {
  type: "object",
  properties: { simulated: { type: "boolean" }, answer: { type: "string" } },
  required: ["simulated", "answer"],
  additionalProperties: false,
} as const;
/** A picture of one pixel. */
export const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** What was thrown. @throws when nothing was */
export async function refusalOf(work: () => PromiseLike<unknown>): Promise<unknown> {
  try {
    await work();
  } catch (thrown) {
    return thrown;
  }
  throw new Error("The request was not refused.");
}

/** Status and message of an error, under the names that SDKs give them. */
export function toRefusal(thrown: unknown): { status: number | undefined; message: string } {
  const { status, statusCode, message } = thrown as Record<string, unknown>;
  const found = status ?? statusCode;
  return { status: typeof found === "number" ? found : undefined, message: String(message) };
}

export function versionOf({ packageName }: Client): string {
  if (packageName === null) return "";
  const own: unknown = JSON.parse(readFileSync(`node_modules/${packageName}/package.json`, "utf8"));
  return (own as { version: string }).version;
}
