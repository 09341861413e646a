import type { AnswerEvent } from "../model";
import { markOrigin } from "./origin";

type FrameData = Readonly<Record<string, unknown>> & { readonly type: string };
type ReasoningEvent = Extract<AnswerEvent, { kind: "reasoning" }>;
type ToolCallEvent = Extract<AnswerEvent, { kind: "tool_call" }>;

/**
 * Events as the frames of content blocks. A block is closed before the next one opens, but providers of other protocols
 * may send several tool calls interleaved. So the first call streams; what comes beside it waits until the answer's end is
 * near, and is then written block after block.
 *
 * Images, log probabilities and citations without Anthropic's own reference to the page have no place in this protocol.
 */
export interface BlockWriter {
  write(event: AnswerEvent): FrameData[];
  /** Everything that is still open or waiting. */
  end(): FrameData[];
  hasTools(): boolean;
}

interface Open {
  readonly kind: "text" | "thinking" | "tool";
  readonly index: number;
  readonly call: number;
}

export function createBlockWriter(): BlockWriter {
  let open: Open | null = null;
  let next = 0;
  let hasTools = false;
  let waiting: AnswerEvent[] = [];

  const close = (): FrameData[] => {
    if (!open) return [];
    const frame = { type: "content_block_stop", index: open.index };
    open = null;
    return [frame];
  };
  const begin = (kind: Open["kind"], block: FrameData, call = -1): FrameData[] => {
    const before = close();
    open = { kind, index: next, call };
    next += 1;
    return [...before, { type: "content_block_start", index: open.index, content_block: block }];
  };
  const grow = (delta: FrameData): FrameData => ({
    type: "content_block_delta",
    index: open?.index ?? 0,
    delta,
  });

  const text = (value: string): FrameData[] => {
    const before = open?.kind === "text" ? [] : begin("text", { type: "text", text: "" });
    return [...before, grow({ type: "text_delta", text: value })];
  };
  const reasoning = (event: ReasoningEvent): FrameData[] => {
    if (event.opaque !== undefined) {
      const data = markOrigin(event.opaque, event.origin);
      return [...begin("thinking", { type: "redacted_thinking", data }), ...close()];
    }
    const isNew = event.begins === true || open?.kind !== "thinking";
    return [
      ...(isNew ? begin("thinking", { type: "thinking", thinking: "", signature: "" }) : []),
      ...(event.text ? [grow({ type: "thinking_delta", thinking: event.text })] : []),
      ...(event.signature
        ? [grow({ type: "signature_delta", signature: markOrigin(event.signature, event.origin) })]
        : []),
    ];
  };
  const tool = ({ id, name, call }: ToolCallEvent): FrameData[] => {
    hasTools = true;
    return begin("tool", { type: "tool_use", id, name, input: {} }, call);
  };
  const fragment = (value: string): FrameData[] =>
    value === "" ? [] : [grow({ type: "input_json_delta", partial_json: value })];

  const writeNow = (event: AnswerEvent): FrameData[] => {
    switch (event.kind) {
      case "text":
      case "refusal":
        return event.text === "" ? [] : text(event.text);
      case "reasoning":
        return reasoning(event);
      case "tool_call":
        return tool(event);
      case "tool_arguments":
        return open?.call === event.call ? fragment(event.fragment) : [];
      default:
        return [];
    }
  };
  const drain = (): FrameData[] => {
    const frames = close();
    for (const event of groupCalls(waiting)) {
      if (open?.kind === "tool" && event.kind !== "tool_arguments") frames.push(...close());
      frames.push(...writeNow(event));
    }
    waiting = [];
    return [...frames, ...close()];
  };

  return {
    write(event) {
      if (event.kind === "finish") return drain();
      const isBesideCall =
        open?.kind === "tool" && !(event.kind === "tool_arguments" && event.call === open.call);
      if (!isBesideCall) return writeNow(event);
      waiting.push(event);
      return [];
    },
    end: drain,
    hasTools: () => hasTools,
  };
}

/** The same events with the fragments of each call right behind its start. */
export function groupCalls(events: readonly AnswerEvent[]): AnswerEvent[] {
  const fragments = events.filter((event) => event.kind === "tool_arguments");
  return events.flatMap((event): AnswerEvent[] => {
    if (event.kind === "tool_arguments") return [];
    if (event.kind !== "tool_call") return [event];
    return [event, ...fragments.filter((fragment) => fragment.call === event.call)];
  });
}
