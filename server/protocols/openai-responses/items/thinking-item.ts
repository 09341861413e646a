import type { Json } from "../../fields";
import type { AnswerEvent, DialectName } from "../../model";
import { sealEnvelope } from "../envelope";
import { type OpenItem, type Place, tellerOf } from "./item";

export interface ThinkingItem extends OpenItem {
  think(event: AnswerEvent & { kind: "reasoning" }): void;
  /** Sets what only its provider can read, ready made. */
  seal(encryptedContent: string): void;
  close(): void;
}

/**
 * Thinking: as a summary for clients that asked for one, as the thinking itself for others. Signature and opaque content
 * of its provider travel in `encrypted_content`, which clients return unread.
 */
export function createThinkingItem(place: Place, showsSummary: boolean): ThinkingItem {
  const teller = tellerOf(place);
  let text: string | null = null;
  let signature = "";
  let opaque: string | undefined;
  let origin: DialectName | undefined;
  let sealed: string | undefined;

  const form = showsSummary ? SUMMARY : CONTENT;
  const parts = () => (text === null ? [] : [{ type: form.partType, text }]);
  const snapshot = (): Json => ({
    id: place.id,
    type: "reasoning",
    summary: showsSummary ? parts() : [],
    ...(showsSummary || text === null ? {} : { content: parts() }),
    ...(sealed === undefined ? {} : { encrypted_content: sealed }),
  });
  const say = (delta: string) => {
    if (text === null) {
      text = "";
      teller.tell(form.partAdded, { [form.index]: 0, part: { type: form.partType, text: "" } });
    }
    text += delta;
    teller.tell(form.delta, { [form.index]: 0, delta });
  };

  teller.added(snapshot());
  return {
    snapshot,
    think(event) {
      if (event.text) say(event.text);
      if (event.signature) signature += event.signature;
      if (event.opaque) opaque = event.opaque;
      origin = event.origin ?? origin;
    },
    seal(encryptedContent) {
      sealed = encryptedContent;
    },
    close() {
      if (signature !== "" || opaque !== undefined)
        sealed = sealEnvelope({
          ...(origin ? { origin } : {}),
          ...(signature === "" ? {} : { signature }),
          ...(opaque === undefined ? {} : { opaque }),
        });
      if (text !== null) {
        teller.tell(form.done, { [form.index]: 0, text });
        teller.tell(form.partDone, { [form.index]: 0, part: { type: form.partType, text } });
      }
      teller.done(snapshot());
    },
  };
}

const SUMMARY = {
  index: "summary_index",
  partType: "summary_text",
  partAdded: "response.reasoning_summary_part.added",
  delta: "response.reasoning_summary_text.delta",
  done: "response.reasoning_summary_text.done",
  partDone: "response.reasoning_summary_part.done",
} as const;
const CONTENT = {
  index: "content_index",
  partType: "reasoning_text",
  partAdded: "response.content_part.added",
  delta: "response.reasoning_text.delta",
  done: "response.reasoning_text.done",
  partDone: "response.content_part.done",
} as const;
