import { invalid, isObject, optionalBoolean, parseObject } from "@/server/protocols/fields";

/** What is to be quoted. */
export interface QuoteRequest {
  /** Below the base URL: `/chat/completions`. */
  readonly path: string;
  /** The request's own body, as its endpoint would get it. */
  readonly body: Uint8Array;
  readonly wantsLock: boolean;
  /** The body is priced by a lock that there is already. */
  readonly namesLock: boolean;
}

/**
 * `{"endpoint", "body", "price_lock"}`, or just a chat completions body, in which `price_lock: true` asks for a lock.
 * @throws AppError invalid_json, invalid_request
 */
export function parseQuote(bytes: Uint8Array): QuoteRequest {
  const outer = parseObject(bytes);
  if (outer.endpoint === undefined && !isObject(outer.body)) {
    const { price_lock: lock, ...body } = outer;
    return lock === true
      ? { path: CHAT, body: toBytes(body), wantsLock: true, namesLock: false }
      : { path: CHAT, body: bytes, wantsLock: false, namesLock: isSet(lock) };
  }
  const { endpoint = CHAT, body } = outer;
  if (typeof endpoint !== "string") throw invalid("endpoint", "must be a path, as chat/completions");
  if (!isObject(body)) throw invalid("body", "must be the body of the request, as an object");
  const wantsLock = optionalBoolean(outer, "price_lock") ?? false;
  return { path: pathOf(endpoint), body: toBytes(body), wantsLock, namesLock: isSet(body.price_lock) };
}

const CHAT = "/chat/completions";
const isSet = (value: unknown) => value !== undefined && value !== null;

/** `chat/completions`, `/chat/completions` and `/v1/chat/completions` name the same. */
function pathOf(endpoint: string): string {
  return `/${endpoint.replace(/^\/?(api\/)?(v1\/)?/, "")}`;
}

function toBytes(body: Readonly<Record<string, unknown>>): Uint8Array {
  return Buffer.from(JSON.stringify(body));
}
