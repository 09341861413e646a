import { type AnswerEvent, type AnswerReader, textOfEvents } from "./answer";
import type { AnswerWriter, StreamRelay } from "./dialect";

/** Events are turned into text when this many are kept, so that memory follows the text and not its framing. */
const KEPT_EVENTS = 2_000;

/** A stream whose two sides speak different protocols: read into events, written from them. */
export function translateStream(reader: AnswerReader, writer: AnswerWriter): StreamRelay {
  let kept: AnswerEvent[] = [];
  let text = "";
  const compact = () => {
    text += textOfEvents(kept);
    kept = [];
  };
  return {
    push(chunk) {
      const events = reader.push(chunk);
      if (events.length === 0) return [];
      kept.push(...events);
      if (kept.length > KEPT_EVENTS) compact();
      return writer.write(events);
    },
    state: () => reader.state(),
    generatedText() {
      compact();
      return text;
    },
    end: (final) => writer.end(final),
    fail: (error, requestId) => writer.fail(error, requestId),
  };
}
