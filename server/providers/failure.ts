/** Why an upstream call did not give an answer. `reason` is a stable word that the receipt's attempt list shows. */
export interface UpstreamFailureInit {
  readonly reason: string;
  /** The provider's HTTP status; null when there was no answer. */
  readonly status: number | null;
  /** May another endpoint be tried? False when the request itself is at fault. */
  readonly mayFallBack: boolean;
  /** For a failure that the request caused: what of it another model may do better. */
  readonly ground?: FailureGround;
  /** For a failure that the request caused: what the caller may be told. */
  readonly publicMessage?: string;
  readonly param?: string;
  readonly retryAfterSeconds?: number;
  /** After a refusal that is about our key: milliseconds until the provider has one that may be used; 0 = now. */
  readonly keyFreshInMs?: number;
  readonly internal?: string;
}

/** The prompt is too long for the model, or the provider will not have its content. */
export type FailureGround = "context_length" | "content_policy";

export class UpstreamFailure extends Error {
  readonly reason: string;
  readonly status: number | null;
  readonly mayFallBack: boolean;
  readonly ground: FailureGround | undefined;
  readonly publicMessage: string | undefined;
  readonly param: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly keyFreshInMs: number | undefined;

  constructor(init: UpstreamFailureInit) {
    super(init.internal ?? init.reason);
    this.name = "UpstreamFailure";
    this.reason = init.reason;
    this.status = init.status;
    this.mayFallBack = init.mayFallBack;
    this.ground = init.ground;
    this.publicMessage = init.publicMessage;
    this.param = init.param;
    this.retryAfterSeconds = init.retryAfterSeconds;
    this.keyFreshInMs = init.keyFreshInMs;
  }
}
