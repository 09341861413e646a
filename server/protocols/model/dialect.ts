import type { AppError } from "@/server/platform/errors";
import type { AnswerEvent, AnswerReader, AnswerState, WholeAnswer } from "./answer";
import type { InboundTable, OutboundTable, Trait } from "./carry";
import type { Conversation } from "./conversation";
import type { TokenUsage } from "./usage";

export const DIALECT_NAMES = [
  "openai-chat",
  "openai-completions",
  "openai-responses",
  "anthropic-messages",
  "google-generate-content",
  "bedrock-converse",
  "cohere-chat",
] as const;

/** The wires of conversations. A client speaks one of them to us, a provider's endpoint speaks one of them. */
export type DialectName = (typeof DIALECT_NAMES)[number];

export function isDialectName(value: unknown): value is DialectName {
  return (DIALECT_NAMES as readonly unknown[]).includes(value);
}

/** What a request cost, for the usage object of the answer. nano-USD. */
export interface UsageCost {
  readonly costNanoUsd: bigint;
  readonly inputCostNanoUsd: bigint;
  readonly outputCostNanoUsd: bigint;
}

/** The final account of an answer, for the client's usage object. */
export interface FinalUsage {
  readonly usage: TokenUsage;
  readonly rawUsage: unknown;
  readonly cost: UsageCost;
}

/** What the gateway reads of a client's request, whatever its protocol. Parsed once; the body is kept for pass-through. */
export interface InboundCall {
  readonly dialect: DialectName;
  /** `author/slug`, as the client wrote it. */
  readonly model: string;
  readonly stream: boolean;
  /** The client's own output limit in tokens per choice, and the field that it used. */
  readonly outputLimit: { readonly parameter: string; readonly tokens: number } | null;
  readonly choices: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** Did the client ask for a usage chunk? False: a pure usage frame is withheld if the client's protocol forbids it. */
  readonly wantsUsage: boolean;
  /** Everything that a provider will tokenize: texts, tool definitions, schemas. Inline media is left out. */
  promptText(): string;
  /** Providers add tokens for each message and image that no text shows. */
  promptShape(): { readonly messages: number; readonly images: number };
  /** The most web searches that the provider may run for this request, each at a price of its own. Absent: none. */
  readonly searches?: number;
  /**
   * The request in no protocol's words, for a provider that speaks another one. Worked out when asked for, once.
   * @throws AppError unsupported_parameter (names the field that cannot be carried), invalid_request
   */
  conversation(): Conversation;
}

/** What is decided about a request before it goes to a provider. */
export interface OutboundOptions {
  /** The provider's own name of the model. */
  readonly model: string;
  readonly stream: boolean;
  /** Output limit per choice; always sent, under the name that the provider knows. */
  readonly outputTokens: number;
  /** The provider's name for the output limit where a dialect has several. */
  readonly outputLimitParameter?: string;
  /** Header of the client that the provider must see (API version, beta flags), lower case. */
  readonly header?: (name: string) => string | undefined;
  /** Deviations of this provider from the dialect, as data (see the provider's quirks). */
  readonly quirks?: DialectQuirks;
}

/**
 * How a provider deviates from its dialect, as data: kept with the providers, read by the dialect that it concerns. Other
 * dialects add their own names here.
 */
export interface DialectQuirks {
  /** False: the provider refuses `stream_options`; it sends usage unasked, or never. */
  readonly streamOptions?: boolean;
  /** Under which name, and in which shape, a wish for thinking is understood. */
  readonly reasoningWish?: "reasoning_effort" | "reasoning" | "thinking" | "enable_thinking";
  /** The field that earlier thinking goes back in; absent: it is not sent. */
  readonly reasoningHistory?: "reasoning_content" | "reasoning" | "reasoning_details";
  readonly seedParameter?: string;
  readonly promptCacheKey?: boolean;
  /** What the provider knows beyond the dialect, and what it lacks of it. */
  readonly extraTraits?: readonly Trait[];
  readonly missingTraits?: readonly Trait[];
}

/** The client's side of a conversation dialect. */
export interface InboundDialect {
  readonly name: DialectName;
  /** What becomes of each field of a request when the provider speaks another protocol. */
  readonly carries: InboundTable;
  /** @throws AppError invalid_json, invalid_request */
  parse(bytes: Uint8Array): InboundCall;
  /** Writes events of a provider that speaks another protocol as a stream of this one. */
  writer(answer: AnswerIdentity): AnswerWriter;
  /** A complete answer of another protocol as this one's body. */
  toWhole(answer: WholeAnswer, identity: AnswerIdentity, final: FinalUsage | null): Record<string, unknown>;
  /** A complete answer of this very protocol, as the client gets it: the provider's body with model, usage and cost. */
  fromSame(answer: WholeAnswer, identity: AnswerIdentity, final: FinalUsage | null): Record<string, unknown>;
  /** An error before the stream, in this protocol's shape. */
  errorBody(error: AppError, requestId: string): Record<string, unknown>;
  /** Forwards a stream of this very protocol: bytes as they came, a copy read for metering. */
  passThrough(identity: AnswerIdentity): StreamRelay;
}

/** The provider's side of a conversation dialect. */
export interface OutboundDialect {
  readonly name: DialectName;
  /** What becomes of each trait of a conversation whose client speaks another protocol. */
  readonly carries: OutboundTable;
  /** Path below the provider's base URL. */
  path(options: OutboundOptions): string;
  /** Headers that the dialect needs, credentials left out. */
  headers(options: OutboundOptions): Record<string, string>;
  /** The body for a client that speaks another protocol. @throws AppError unsupported_parameter */
  toBody(conversation: Conversation, options: OutboundOptions): string;
  /** The body for a client that speaks this very protocol: its own, with model, output limit and usage wishes set. */
  toSameBody(call: InboundCall, options: OutboundOptions): string;
  reader(): AnswerReader;
  /** Null when the bytes are no answer of this protocol. */
  readWhole(bytes: Uint8Array): WholeAnswer | null;
  /** The provider's error body: what of it may be shown, and which field of the request it blames. */
  readError(bytes: Uint8Array): {
    readonly message: string | null;
    readonly param: string | null;
    readonly retryAfterMs?: number;
  };
}

/** Who answers: for the ids and names inside the client's frames. */
export interface AnswerIdentity {
  readonly generationId: string;
  /** `author/slug` of the model that really answers. */
  readonly model: string;
  readonly provider: string;
  readonly createdAtMs: number;
  readonly call: InboundCall;
}

/** Writes the client's stream from events. Frames are complete; the relay sends them as they are. */
export interface AnswerWriter {
  write(events: readonly AnswerEvent[]): Uint8Array[];
  /** The proper end: finish, usage with cost, end mark. Null when nothing was metered. */
  end(final: FinalUsage | null): Uint8Array;
  /** The end after a failure, so that a broken stream never looks complete. */
  fail(error: AppError, requestId: string): Uint8Array;
}

/** One provider's stream on its way to one client: what the relay stage drives, whether bytes pass through or not. */
export interface StreamRelay {
  /** Takes bytes from the provider; answers those that may go to the client now. */
  push(chunk: Uint8Array): Uint8Array[];
  state(): AnswerState;
  /** All text generated so far; read only when tokens have to be counted. */
  generatedText(): string;
  end(final: FinalUsage | null): Uint8Array;
  fail(error: AppError, requestId: string): Uint8Array;
}
