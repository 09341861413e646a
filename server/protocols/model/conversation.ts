import type { DialectName } from "./dialect";

/**
 * A request to continue a conversation, in no provider's words: what an inbound protocol is read into and an outbound
 * one is written from, when the two differ. It carries what the protocols have in common; what it cannot carry is
 * refused by name or dropped by a rule of the protocol's own table, never silently.
 */
export interface Conversation {
  /** System and developer text that stands before the first turn, in order. */
  readonly instructions: readonly TextPart[];
  readonly turns: readonly Turn[];
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice | null;
  /** False forbids several tool calls in one answer; null = the provider's default. */
  readonly parallelToolCalls: boolean | null;
  readonly answerFormat: AnswerFormat | null;
  readonly reasoning: ReasoningWish | null;
  readonly sampling: Sampling;
  /** Answers wanted, 1 unless the client asked for more. */
  readonly choices: number;
  readonly logprobs: { readonly top: number } | null;
  /** The end user, as the client names them, for the provider's abuse checks. */
  readonly user: string | null;
  readonly serviceTier: string | null;
  /** Where repeated prompts should be kept together. */
  readonly cacheKey: string | null;
  /** Output modalities other than text that were asked for. */
  readonly modalities: readonly string[];
}

export type Turn = UserTurn | AssistantTurn | ToolTurn | InstructionTurn;

/** Instructions in the middle of a conversation (`system` or `developer` after the first turn). */
export interface InstructionTurn {
  readonly role: "instruction";
  readonly parts: readonly TextPart[];
}
export interface UserTurn {
  readonly role: "user";
  readonly parts: readonly UserPart[];
  readonly name?: string;
}
export interface AssistantTurn {
  readonly role: "assistant";
  /** In the order in which they were generated: reasoning before what it led to. */
  readonly parts: readonly AssistantPart[];
}
/** Results of tool calls of the assistant turn before. */
export interface ToolTurn {
  readonly role: "tool";
  readonly results: readonly ToolResult[];
}

export type UserPart = TextPart | ImagePart | FilePart | AudioPart;
export type AssistantPart = TextPart | ReasoningPart | ToolCallPart | RefusalPart | ImagePart;

/** Marks the end of a prefix that the provider should keep in its prompt cache. */
export interface CacheMark {
  readonly ttl: "5m" | "1h";
}
interface Cacheable {
  readonly cache?: CacheMark;
}

export interface TextPart extends Cacheable {
  readonly type: "text";
  readonly text: string;
}
/** Media is passed on by reference or as bytes; it is never fetched or decoded by us. */
export type MediaSource =
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "base64"; readonly mediaType: string; readonly data: string };
export interface ImagePart extends Cacheable {
  readonly type: "image";
  readonly source: MediaSource;
  readonly detail?: "auto" | "low" | "high";
}
export interface FilePart extends Cacheable {
  readonly type: "file";
  readonly source: MediaSource | { readonly kind: "id"; readonly id: string };
  readonly name?: string;
}
export interface AudioPart {
  readonly type: "audio";
  /** `wav`, `mp3`, … */
  readonly format: string;
  readonly data: string;
}
export interface RefusalPart {
  readonly type: "refusal";
  readonly text: string;
}
/** Thinking of an earlier answer. Signature and opaque content go back to the provider that made them, unchanged. */
export interface ReasoningPart {
  readonly type: "reasoning";
  readonly text: string;
  /** Proves to the provider that the text is its own. */
  readonly signature?: string;
  /** Thinking that only the provider can read (redacted or encrypted). */
  readonly opaque?: string;
  /**
   * The wire whose provider made signature and opaque content, where that is known. A provider of another wire would
   * refuse them: it gets neither.
   */
  readonly origin?: DialectName;
  readonly id?: string;
}
export interface ToolCallPart extends Cacheable {
  readonly type: "tool_call";
  readonly id: string;
  readonly name: string;
  /** JSON text as the model wrote it; `{}` when it wrote nothing. */
  readonly arguments: string;
  /** A provider's own signature of the call (Gemini), carried round. */
  readonly signature?: string;
}
export interface ToolResult extends Cacheable {
  readonly callId: string;
  readonly parts: readonly (TextPart | ImagePart | FilePart)[];
  readonly isError: boolean;
}

export interface Tool extends Cacheable {
  readonly name: string;
  readonly description: string | null;
  /** JSON Schema of the arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly strict: boolean | null;
}
export type ToolChoice =
  | { readonly kind: "auto" | "none" | "required" }
  | { readonly kind: "tool"; readonly name: string };

export type AnswerFormat =
  | { readonly kind: "json_object" }
  | {
      readonly kind: "json_schema";
      readonly name: string;
      readonly description: string | null;
      readonly schema: Readonly<Record<string, unknown>>;
      readonly strict: boolean | null;
    };

/** How much thinking is wanted: by word, by tokens, or both. */
export interface ReasoningWish {
  readonly effort: "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | null;
  readonly budgetTokens: number | null;
  /** May the thinking be shown? */
  readonly isVisible: boolean;
}

export interface Sampling {
  readonly temperature: number | null;
  readonly topP: number | null;
  readonly topK: number | null;
  readonly frequencyPenalty: number | null;
  readonly presencePenalty: number | null;
  readonly seed: number | null;
  readonly stop: readonly string[];
  readonly logitBias: Readonly<Record<string, number>> | null;
}
