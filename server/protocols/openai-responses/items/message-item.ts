import { isObject, type Json, objectsIn } from "../../fields";
import type { Citation } from "../../model";
import { type OpenItem, type Place, tellerOf } from "./item";

export interface MessageItem extends OpenItem {
  /** @param logprobs OpenAI's `logprobs` object for this very text */
  say(text: string, logprobs?: unknown): void;
  refuse(text: string): void;
  /** For the next text. */
  noteLogprobs(logprobs: unknown): void;
  cite(citation: Citation): void;
  close(status: "completed" | "incomplete"): void;
}

/** A message in parts: words and refusals, one part open at a time. */
export function createMessageItem(place: Place): MessageItem {
  const teller = tellerOf(place);
  const parts: Part[] = [];
  let status = "in_progress";
  let pending: Json[] = [];

  const snapshot = (): Json => ({
    id: place.id,
    type: "message",
    status,
    role: "assistant",
    content: parts.map(toPart),
  });
  const partOf = (kind: Part["kind"]): { part: Part; index: number } => {
    const last = parts.at(-1);
    if (last?.kind === kind) return { part: last, index: parts.length - 1 };
    closePart();
    const part: Part = { kind, text: "", annotations: [], logprobs: [] };
    parts.push(part);
    teller.tell("response.content_part.added", { content_index: parts.length - 1, part: toPart(part) });
    return { part, index: parts.length - 1 };
  };
  const closePart = () => {
    const part = parts.at(-1);
    if (!part) return;
    const at = { content_index: parts.length - 1 };
    if (part.kind === "refusal") teller.tell("response.refusal.done", { ...at, refusal: part.text });
    else teller.tell("response.output_text.done", { ...at, text: part.text, logprobs: part.logprobs });
    teller.tell("response.content_part.done", { ...at, part: toPart(part) });
  };

  teller.added(snapshot());
  return {
    snapshot,
    say(text, logprobs) {
      const { part, index } = partOf("text");
      const tokens = [...pending, ...tokensOf(logprobs)];
      pending = [];
      part.text += text;
      part.logprobs.push(...tokens);
      teller.tell("response.output_text.delta", { content_index: index, delta: text, logprobs: tokens });
    },
    refuse(text) {
      const { part, index } = partOf("refusal");
      part.text += text;
      teller.tell("response.refusal.delta", { content_index: index, delta: text });
    },
    noteLogprobs(logprobs) {
      pending.push(...tokensOf(logprobs));
    },
    cite(citation) {
      const { part, index } = partOf("text");
      const annotation = toAnnotation(citation, part.text.length);
      part.annotations.push(annotation);
      teller.tell("response.output_text.annotation.added", {
        content_index: index,
        annotation_index: part.annotations.length - 1,
        annotation,
      });
    },
    close(ending) {
      const last = parts.at(-1);
      if (last?.kind === "text") last.logprobs.push(...pending);
      closePart();
      status = ending;
      teller.done(snapshot());
    },
  };
}

interface Part {
  readonly kind: "text" | "refusal";
  text: string;
  readonly annotations: Json[];
  readonly logprobs: Json[];
}

/** A copy: what was told must not change when the part grows. */
function toPart({ kind, text, annotations, logprobs }: Part): Json {
  return kind === "refusal"
    ? { type: "refusal", refusal: text }
    : { type: "output_text", text, annotations: [...annotations], logprobs: [...logprobs] };
}

/** Providers that do not say where a citation belongs mean all that was said so far. */
function toAnnotation({ url, title, startIndex, endIndex }: Citation, length: number): Json {
  return {
    type: "url_citation",
    url,
    title: title ?? url,
    start_index: startIndex ?? 0,
    end_index: endIndex ?? length,
  };
}

function tokensOf(logprobs: unknown): Json[] {
  return isObject(logprobs) ? objectsIn(logprobs.content) : [];
}
