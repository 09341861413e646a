import { EventStreamCodec } from "@smithy/core/event-streams";
import { fromUtf8, toUtf8 } from "@smithy/core/serde";
import { readObject } from "../fields";

/** One message of an AWS event stream. */
export interface EventFrame {
  /** `contentBlockDelta` …, or the name of an exception. */
  readonly name: string;
  readonly isFailure: boolean;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The prelude says how long a message is; no message is longer than this. */
const LENGTH_BYTES = 4;
const MAX_FRAME_BYTES = 25 * 1024 * 1024;

const codec = new EventStreamCodec(toUtf8, fromUtf8);

/**
 * Splits `application/vnd.amazon.eventstream` into its messages. Checksums are checked by the library; what fails them is
 * a failure like any other that the provider reports.
 */
export function createFrameSplitter(): { push(chunk: Uint8Array): EventFrame[] } {
  let pending: Buffer = Buffer.alloc(0);
  let isBroken = false;
  return {
    push(chunk) {
      if (isBroken) return [];
      pending = pending.length === 0 ? Buffer.from(chunk) : Buffer.concat([pending, chunk]);
      const frames: EventFrame[] = [];
      while (pending.length >= LENGTH_BYTES) {
        const length = pending.readUInt32BE(0);
        if (length <= MAX_FRAME_BYTES && pending.length < length) break;
        const frame = decode(pending, length);
        frames.push(frame ?? { name: "brokenFrame", isFailure: true, payload: {} });
        if (frame === null) {
          isBroken = true;
          break;
        }
        pending = pending.subarray(length);
      }
      return frames;
    },
  };
}

/** Null when the bytes are no message, or not the ones that were sent. */
function decode(bytes: Buffer, length: number): EventFrame | null {
  if (length > MAX_FRAME_BYTES) return null;
  try {
    const { headers, body } = codec.decode(bytes.subarray(0, length));
    const header = (name: string) => String(headers[name]?.value ?? "");
    const payload = body.length === 0 ? {} : readObject(body);
    if (payload === null) return null;
    switch (header(":message-type")) {
      case "event":
        return { name: header(":event-type"), isFailure: false, payload };
      case "exception":
        return { name: header(":exception-type"), isFailure: true, payload };
      case "error":
        return {
          name: header(":error-code"),
          isFailure: true,
          payload: { message: header(":error-message"), ...payload },
        };
      default:
        return null;
    }
  } catch {
    return null;
  }
}

/** A message as bytes: the other direction, for the simulator and tests. */
export function encodeFrame(
  type: "event" | "exception",
  name: string,
  payload: Readonly<Record<string, unknown>>,
): Uint8Array {
  const text = (value: string) => ({ type: "string" as const, value });
  return codec.encode({
    headers: {
      [`:${type}-type`]: text(name),
      ":content-type": text("application/json"),
      ":message-type": text(type),
    },
    body: Buffer.from(JSON.stringify(payload)),
  });
}
