import type { CatalogEndpoint, OutputModality, PriceVersion, Units } from "@/server/catalog";
import type { AppError } from "@/server/platform/errors";
import type { CountTokens } from "@/server/platform/tokens";
import type { FinalUsage, StreamRelay, TokenUsage } from "@/server/protocols/model";
import type { JobCall } from "@/server/protocols/queues";
import type { Requirements } from "@/server/routing";
import type { CalledWhole } from "./stages/call";
import type { RateNames } from "./stages/rate-headers";
import type { Authenticated, GatewayDeps } from "./types";

/**
 * How an inbound endpoint joins the pipeline. Everything that reaches a provider does so as an `Operation`, and only
 * through `pipeline.ts`: authenticate → read → plan (worst case) → admit (money held, intent durable) → call → relay →
 * settle.
 *
 * To add an endpoint: write its wire in `server/protocols/<name>`; write a file in `operations/` whose `Api.read` turns a
 * body into an `Operation`; name its path in `routes.ts`. The stages need no change: what they ask of an operation is
 * all here. Conversations (`operations/conversation.ts`) are the example with a stream, a translation and an output limit.
 */
export interface Api {
  /** As the request log names it: `chat.completions`. */
  readonly name: string;
  /** What the model must be able to give: one of its output modalities. */
  readonly makes: OutputModality;
  /** @throws AppError invalid_json, invalid_request, and others that a body can earn */
  read(authenticated: Authenticated, deps: GatewayDeps): Promise<Operation>;
  /** A refusal in the shape that this endpoint's clients read. */
  errorBody(error: AppError, requestId: string): Record<string, unknown>;
  /** Headers beside `x-request-id` that this endpoint's clients look for. */
  headers?(requestId: string): Record<string, string>;
  /** The protocol's streams name the event before its data; clients drop what has no name. */
  readonly namesEvents?: true;
  /** The same as `headers` for what is left of the rate limits, beside OpenAI's names. */
  readonly rates?: RateNames;
}

/** An endpoint with a price: the only thing that a request can be sent to. */
export interface Candidate extends CatalogEndpoint {
  readonly priceVersion: PriceVersion;
  /** `author/slug` of the model that would answer; another one than was asked for when it is a fallback. */
  readonly modelSlug: string;
  /** Some are only tried when the prompt did not fit elsewhere, or a provider refused the content. */
  readonly tried: "always" | "on_context_length" | "on_content_policy";
  /** Why it has its place in the order, in words. */
  readonly because: readonly string[];
}

/** What one request asks for, read and checked, before anybody knows who will answer. */
export interface Operation {
  /** `author/slug`, as the client wrote it. */
  readonly model: string;
  readonly stream: boolean;
  /** The client's own limit of generated tokens per choice, and the field that it used. */
  readonly outputLimit: { readonly parameter: string; readonly tokens: number } | null;
  /** Answers that are generated, each up to the output limit; 0 where an answer is not made of tokens. */
  readonly choices: number;
  /** `max_cost_usd` as the client wrote it, whatever it is; checked where money is held. */
  readonly maxCostUsd: unknown;
  /** The request's fields, for what routing reads of them. */
  readonly body: Readonly<Record<string, unknown>>;
  /** What whoever answers has to be able to do. */
  needs(): Pick<Requirements, "inputModalities" | "parameters" | "indispensable">;
  /** False for an endpoint that is another variant of the model than is asked for: it is no choice at all. */
  isFor?(endpoint: CatalogEndpoint): boolean;
  /** Why this endpoint cannot do it; null when it can. Asked before money is held. */
  refusal(candidate: Candidate): AppError | null;
  /** The most that may be used beside generated tokens. Quick: it is asked for every request. */
  bound(): Demand;
  /** The same, counted exactly: asked for when money is short. */
  tightBound(countTokens: CountTokens): Promise<Demand>;
  /** What was used, counted by us, when the provider did not say or could not be believed. */
  count(countTokens: CountTokens, generatedText: string): Promise<TokenUsage>;
  /** The call to one candidate, and how its answer is read. @throws AppError unsupported_parameter */
  exchange(candidate: Candidate, terms: Terms): Exchange | Promise<Exchange>;
  /** The money is held for this long instead of for one request: the answer only begins something. */
  readonly holdMs?: number;
  /** Takes over what was begun, instead of settling it, and says what the client is told. Throws: nothing was begun. */
  begin?(deps: GatewayDeps, called: CalledWhole): Promise<ReturnType<Answer["render"]>>;
  /** What a client has to know about how its request was taken, as headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Waited for before the last bytes of a good answer go out: the whole body, or the end of a stream. Must not throw;
   * what was answered is paid for.
   */
  beforeEnd?(end: Uint8Array): Promise<void>;
}

export interface Demand {
  readonly promptTokens: number;
  /** Units that are not tokens of a prompt or an answer: images, seconds, characters, searches. */
  readonly units?: Units;
  /** The same where it depends on what the candidate has a price for. */
  readonly unitsFor?: (version: PriceVersion) => Units;
}

/** What was decided about a request before it goes out. */
export interface Terms {
  readonly generationId: string;
  /** `author/slug` of the model that answers. */
  readonly model: string;
  readonly receivedAtMs: number;
  /** Output limit per choice for this candidate. */
  readonly outputTokens: number;
  /** Our own address for one that this candidate hands out. */
  addressOf(url: string): string;
}

/** One call to a provider, not yet sent. The URL's host and the credential are added by the provider's kind. */
export interface Exchange {
  /** Below the provider's base URL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** Reads a complete answer, or that one is being made. Null when the bytes are none of this protocol. */
  readWhole(bytes: Uint8Array, header: (name: string) => string | undefined): Answer | Pending | null;
  /** The way of a stream through us; called only for operations that stream. */
  openStream(): StreamRelay;
  readError(bytes: Uint8Array): ErrorReading;
}

/** A provider's complete answer, read for metering, and as the client will get it. */
export interface Answer {
  readonly usage: TokenUsage | null;
  /** Units beside tokens. */
  readonly units?: Units;
  readonly rawUsage: unknown;
  /** Null only for an answer that may be empty: no text and no finish is not billed. */
  readonly finishReason: string | null;
  generatedText(): string;
  render(final: FinalUsage | null): { readonly contentType: string; readonly body: Uint8Array };
}

/** A job at a provider that the client waits for: it is asked about until there is an answer. */
export interface Pending {
  readonly pending: true;
  readonly ask: JobCall;
  /** The job has ended, and only its result is fetched: there is nothing to wait for. */
  readonly hasEnded: boolean;
  /** Stops the job when nobody waits for it any more. */
  readonly cancel: JobCall;
  /** @throws UpstreamFailure when the job has failed */
  read(bytes: Uint8Array, fetchMedia: FetchMedia): Promise<Answer | Pending | null>;
  readError(bytes: Uint8Array): ErrorReading;
}

/** The bytes of what a provider has put at an address of its own. @throws when they cannot be had */
export type FetchMedia = (url: string) => Promise<Buffer>;

/** What of a provider's error body may be shown, and which field of the request it blames. */
export interface ErrorReading {
  readonly message: string | null;
  readonly param: string | null;
  readonly retryAfterMs?: number;
}
