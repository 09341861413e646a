import { isObject, type Json, textIn } from "../fields";
import type { AnswerEvent, Citation } from "../model";
import { JSON_ANSWER_TOOL } from "./json-answer";

const CHOICE = 0;
/** Only the API that signed a thought accepts it back. */
const ORIGIN = "anthropic-messages";

interface OpenBlock {
  readonly kind: "text" | "thinking" | "tool" | "json" | "other";
  /** Number of the tool call, for tools. */
  readonly call: number;
  /** Where its text begins in the text of the whole answer. */
  readonly startsAt: number;
  hasInput: boolean;
  readonly citations: Omit<Citation, "startIndex" | "endIndex">[];
}

/** Content blocks of one answer on their way to events; the same for streams and whole answers. */
export interface BlockReader {
  open(index: unknown, block: Json): AnswerEvent[];
  grow(index: unknown, delta: Json): AnswerEvent[];
  close(index: unknown): AnswerEvent[];
  /** Did the model call a tool of the caller's? */
  hasTools(): boolean;
}

/**
 * Tools that the provider runs itself (`server_tool_use` and their results) have no word between protocols: their text
 * does not travel, their cost does.
 */
export function createBlockReader(): BlockReader {
  const blocks = new Map<unknown, OpenBlock>();
  let calls = 0;
  let textLength = 0;

  const say = (text: unknown): AnswerEvent[] => {
    if (typeof text !== "string" || text === "") return [];
    textLength += text.length;
    return [{ kind: "text", choice: CHOICE, text }];
  };
  const note = (block: Json): OpenBlock => {
    const kind = kindOf(block);
    const call = kind === "tool" ? calls : -1;
    if (kind === "tool") calls += 1;
    return { kind, call, startsAt: textLength, hasInput: false, citations: [] };
  };
  const feed = (block: OpenBlock, fragment: string): AnswerEvent[] => {
    if (fragment === "") return [];
    block.hasInput = true;
    if (block.kind === "json") return say(fragment);
    return block.kind === "tool"
      ? [{ kind: "tool_arguments", choice: CHOICE, call: block.call, fragment }]
      : [];
  };

  return {
    open(index, block) {
      const opened = note(block);
      blocks.set(index, opened);
      if (block.type === "text") return say(block.text);
      if (block.type === "redacted_thinking") return redacted(block);
      if (opened.kind === "thinking") return thinking(block, true);
      if (opened.kind === "tool") return [startOf(block, opened.call), ...feed(opened, inputOf(block))];
      return opened.kind === "json" ? feed(opened, inputOf(block)) : [];
    },
    grow(index, delta) {
      const block = blocks.get(index);
      if (!block) return [];
      switch (delta.type) {
        case "text_delta":
          return say(delta.text);
        case "thinking_delta":
        case "signature_delta":
          return thinking(delta, false);
        case "input_json_delta":
          return feed(block, textIn(delta.partial_json) ?? "");
        case "citations_delta":
          addCitation(block, delta.citation);
          return [];
        default:
          return [];
      }
    },
    close(index) {
      const block = blocks.get(index);
      if (!block) return [];
      blocks.delete(index);
      // A call without arguments streams none; everyone else expects an object.
      if (!block.hasInput && (block.kind === "tool" || block.kind === "json")) return feed(block, "{}");
      const span = { startIndex: block.startsAt, endIndex: textLength };
      return block.citations.map((citation) => ({
        kind: "citation",
        choice: CHOICE,
        citation: { ...citation, ...span },
      }));
    },
    hasTools: () => calls > 0,
  };
}

function kindOf({ type, name }: Json): OpenBlock["kind"] {
  if (type === "tool_use") return name === JSON_ANSWER_TOOL ? "json" : "tool";
  return type === "text" || type === "thinking" ? type : "other";
}

function startOf({ id, name }: Json, call: number): AnswerEvent {
  return { kind: "tool_call", choice: CHOICE, call, id: String(id ?? ""), name: String(name ?? "") };
}

/** Complete input in the block itself: always so in whole answers, an empty object at the start of a stream. */
function inputOf({ input }: Json): string {
  return isObject(input) && Object.keys(input).length > 0 ? JSON.stringify(input) : "";
}

function thinking(source: Json, begins: boolean): AnswerEvent[] {
  const text = textIn(source.thinking);
  const signature = textIn(source.signature);
  if (!begins && text === null && signature === null) return [];
  return [
    {
      kind: "reasoning",
      choice: CHOICE,
      ...(text === null ? {} : { text }),
      ...(signature === null ? {} : { signature, origin: ORIGIN }),
      ...(begins ? { begins } : {}),
    },
  ];
}

function redacted({ data }: Json): AnswerEvent[] {
  return [{ kind: "reasoning", choice: CHOICE, opaque: String(data ?? ""), origin: ORIGIN, begins: true }];
}

/** Only citations of pages on the web have a counterpart elsewhere. */
function addCitation(block: OpenBlock, citation: unknown): void {
  if (!isObject(citation) || typeof citation.url !== "string") return;
  const { url } = citation;
  if (block.citations.some((known) => known.url === url)) return;
  block.citations.push({ url, title: textIn(citation.title) });
}
