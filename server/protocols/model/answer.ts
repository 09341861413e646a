import type { DialectName } from "./dialect";
import type { TokenUsage } from "./usage";

/** Why a model stopped, in OpenAI's words (FIDELITY.md 11); `native` beside it keeps the provider's own. */
export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter" | "error";

/**
 * One step of an answer, in no provider's words. A reader of a provider's stream makes them, a writer of the client's
 * protocol turns them into bytes. `choice` counts answers from 0; `call` counts tool calls of a choice from 0 without
 * gaps.
 */
export type AnswerEvent =
  | { readonly kind: "text"; readonly choice: number; readonly text: string }
  | { readonly kind: "refusal"; readonly choice: number; readonly text: string }
  | {
      readonly kind: "reasoning";
      readonly choice: number;
      readonly text?: string;
      readonly signature?: string;
      readonly opaque?: string;
      /** A new block of thinking begins with this event. */
      readonly begins?: boolean;
      /** Whose signature or opaque content it is; goes round with it, see `ReasoningPart`. */
      readonly origin?: DialectName;
    }
  | {
      readonly kind: "tool_call";
      readonly choice: number;
      readonly call: number;
      readonly id: string;
      readonly name: string;
      readonly signature?: string;
    }
  | {
      readonly kind: "tool_arguments";
      readonly choice: number;
      readonly call: number;
      readonly fragment: string;
    }
  | { readonly kind: "image"; readonly choice: number; readonly mediaType: string; readonly data: string }
  | { readonly kind: "citation"; readonly choice: number; readonly citation: Citation }
  /** OpenAI's `logprobs` object of a choice, as it is. */
  | { readonly kind: "logprobs"; readonly choice: number; readonly logprobs: unknown }
  | {
      readonly kind: "finish";
      readonly choice: number;
      readonly reason: FinishReason;
      readonly native: string | null;
      readonly stopSequence?: string;
    };

export interface Citation {
  readonly url: string;
  readonly title: string | null;
  readonly startIndex: number | null;
  readonly endIndex: number | null;
}

/** What a provider has shown so far of an answer that streams. */
export interface AnswerState {
  /** A first meaningful event has arrived: a word, a thought, a call or an end, not the opening alone. */
  readonly started: boolean;
  /** The last finish reason of any choice, in the provider's own protocol's words. */
  readonly finishReason: string | null;
  /** The protocol's own end was seen (`[DONE]`, `message_stop`, `response.completed` …). */
  readonly done: boolean;
  /** The protocol has no end mark: a finish reason and the proper close of the connection are its end. */
  readonly endsWithConnection?: boolean;
  /** The provider's error object, when it reported one inside the stream. */
  readonly error: Readonly<Record<string, unknown>> | null;
  readonly usage: TokenUsage | null;
  /**
   * The prompt alone as the provider counted it, from protocols that say so at the start: cache reads included, the answer
   * as zero. What a stream that breaks off is billed by, beside our own count of its text.
   */
  readonly promptUsage?: TokenUsage | null;
  /** The provider's usage object as it came, for audit. */
  readonly rawUsage: unknown;
}

/** Reads a provider's stream into events. Split characters, CRLF framing, comments and keep-alives are all fine. */
export interface AnswerReader {
  push(chunk: Uint8Array): readonly AnswerEvent[];
  state(): AnswerState;
}

/** A provider's complete answer, read. */
export interface WholeAnswer {
  readonly events: readonly AnswerEvent[];
  readonly usage: TokenUsage | null;
  readonly rawUsage: unknown;
  readonly finishReason: string | null;
  /** The parsed body, for the way back in the same protocol. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** All text that was generated: content, refusal, reasoning and tool calls. For counting when no usage came. */
export function textOfEvents(events: readonly AnswerEvent[]): string {
  let text = "";
  for (const event of events) {
    if (event.kind === "text" || event.kind === "refusal") text += event.text;
    else if (event.kind === "reasoning") text += event.text ?? "";
    else if (event.kind === "tool_call") text += event.name;
    else if (event.kind === "tool_arguments") text += event.fragment;
  }
  return text;
}
