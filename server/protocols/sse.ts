/**
 * Server-sent events as bytes. Splitting happens on bytes, so that a multi-byte character cut by the network survives,
 * and an event can be forwarded exactly as it came.
 */
export interface SseSplitter {
  /** The complete events in what has arrived so far, each with its closing blank line. */
  push(chunk: Uint8Array): Buffer[];
  /** The same bytes in one piece; `endOfEvent` finds the events in it. */
  complete(chunk: Uint8Array): Buffer;
  /** What is left over: an event that was never closed. */
  rest(): Buffer;
}

const LF = 0x0a;
const CR = 0x0d;

export function createSseSplitter(): SseSplitter {
  let pending: Buffer = Buffer.alloc(0);
  const withPending = (chunk: Uint8Array) =>
    pending.length === 0 ? toBuffer(chunk) : Buffer.concat([pending, chunk]);
  return {
    push(chunk) {
      const bytes = withPending(chunk);
      const events = eventsIn(bytes);
      pending = bytes.subarray(events.reduce((sum, event) => sum + event.length, 0));
      return events;
    },
    complete(chunk) {
      const bytes = withPending(chunk);
      const end = lastEventBefore(bytes, bytes.length);
      pending = bytes.subarray(end);
      return bytes.subarray(0, end);
    },
    rest: () => pending,
  };
}

function toBuffer(chunk: Uint8Array): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

/** The complete events in bytes that begin with one. */
export function eventsIn(bytes: Buffer): Buffer[] {
  const events: Buffer[] = [];
  let start = 0;
  for (let end = endOfEvent(bytes, start); end !== -1; end = endOfEvent(bytes, start)) {
    events.push(bytes.subarray(start, end));
    start = end;
  }
  return events;
}

/** Index after the first blank line at or after `from`, with LF or CRLF line ends; -1 when there is none yet. */
export function endOfEvent(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(LF, from); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
  }
  return -1;
}

/** Index after the last blank line that ends at or before `limit`; 0 when there is none. */
export function lastEventBefore(bytes: Buffer, limit: number): number {
  for (let at = limit; at > 1; ) {
    const lineFeed = bytes.lastIndexOf(LF, at - 1);
    if (lineFeed < 1) return 0;
    const before = bytes[lineFeed - 1];
    if (before === LF || (before === CR && bytes[lineFeed - 2] === LF)) return lineFeed + 1;
    at = lineFeed;
  }
  return 0;
}

export interface SseEvent {
  readonly event: string | null;
  /** The data lines joined with line feeds; null for comments and empty events. */
  readonly data: string | null;
}

/** Reads one event. Comment lines and fields other than `event` and `data` are passed over, as the standard says. */
export function readSseEvent(bytes: Buffer): SseEvent {
  let event: string | null = null;
  let data: string | null = null;
  for (const line of bytes.toString("utf8").split(/\r?\n/)) {
    if (line.startsWith("data:")) {
      const value = line.charCodeAt(5) === 0x20 ? line.slice(6) : line.slice(5);
      data = data === null ? value : `${data}\n${value}`;
    } else if (line.startsWith("event:")) {
      event = line.slice(6).trim();
    }
  }
  return { event, data };
}

/** One `data:` event carrying JSON. */
export function toSseData(value: unknown): Buffer {
  return Buffer.from(`data: ${JSON.stringify(value)}\n\n`);
}

export const SSE_DONE = Buffer.from("data: [DONE]\n\n");
/** Keeps silent connections open. A comment line: every client passes over it, and it is never an empty `data:`. */
export const SSE_KEEP_ALIVE = Buffer.from(": keep-alive\n\n");
