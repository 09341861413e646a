import type { AnswerIdentity, FinalUsage, StreamRelay } from "../model";
import { textOfEvents } from "../model";
import { createSseSplitter } from "../sse";
import { errorFrame } from "./errors";
import { toFrame } from "./frames";
import { createStreamInterpreter, readFrame } from "./reader";
import { ownUsageFields, toMessagesUsage } from "./usage";

/** Kept frames are turned into text when they grow beyond this, so that memory follows the text and not its framing. */
const KEPT_BYTES = 128 * 1024;
/** By far the most frames; they are forwarded unread. */
const DELTA = /^event: ?content_block_delta\r?\n/;

/** The end, until it is known to be one; and the provider's own words about its failure. */
const WITHHELD = new Set(["message_delta", "message_stop", "error"]);

/**
 * Forwards a Messages stream as its bytes came. The frames from `message_delta` on are kept back until the message has
 * ended, for two reasons: the cost is written into the usage of the first of them, and a stream that breaks off after it
 * must not look complete.
 */
export function createPassThrough(_identity: AnswerIdentity): StreamRelay {
  const splitter = createSseSplitter();
  const interpreter = createStreamInterpreter();
  const { state } = interpreter;
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let text = "";
  const ending: Buffer[] = [];

  const compact = () => {
    for (const frame of kept) {
      const event = readFrame(frame);
      if (event) text += textOfEvents(interpreter.take(event));
    }
    kept = [];
    keptBytes = 0;
  };
  const keep = (frame: Buffer) => {
    kept.push(frame);
    keptBytes += frame.length;
    if (keptBytes > KEPT_BYTES) compact();
  };
  /** True when the frame may go to the client at once. */
  const take = (frame: Buffer): boolean => {
    if (state.started && DELTA.test(frame.toString("latin1", 0, 40))) {
      keep(frame);
      return true;
    }
    const event = readFrame(frame);
    if (event === null) return ending.length === 0;
    // Blocks are read in their order, so the deltas that were kept come first.
    compact();
    text += textOfEvents(interpreter.take(event));
    return ending.length === 0 && !WITHHELD.has(String(event.type));
  };

  return {
    push(chunk) {
      const forward: Uint8Array[] = [];
      for (const frame of splitter.push(chunk)) {
        if (state.done || state.error) break;
        if (take(frame)) forward.push(frame);
        else if (!state.error) ending.push(frame);
      }
      return forward;
    },
    state: () => state,
    generatedText() {
      compact();
      return text;
    },
    end: (final) => Buffer.concat(ending.map((frame) => (final ? withCost(frame, final) : frame))),
    fail: errorFrame,
  };
}

const USAGE = /("usage"\s*:\s*\{)(\s*\}?)/;

/**
 * Writes our fields into the usage object of a `message_delta` and leaves every other byte as it was. Latin-1 maps bytes
 * to characters one to one, so what is not ASCII survives. Usage that was not believed is replaced by what is charged.
 */
function withCost(frame: Buffer, final: FinalUsage): Buffer {
  const event = readFrame(frame);
  if (event?.type !== "message_delta") return frame;
  if (final.rawUsage === null)
    return toFrame({
      ...event,
      type: "message_delta",
      usage: { ...toMessagesUsage(final.usage), ...ownUsageFields(final) },
    });
  const fields = JSON.stringify(ownUsageFields(final)).slice(1, -1);
  const insert = (_match: string, open: string, rest: string) =>
    rest.endsWith("}") ? `${open}${fields}${rest}` : `${open}${fields},${rest}`;
  return Buffer.from(frame.toString("latin1").replace(USAGE, insert), "latin1");
}
