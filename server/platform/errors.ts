import { isDatabaseAway } from "./database-away";
import { type ErrorCategory, type ErrorCode, errorCodeEntry } from "./error-codes";

const MARKER = Symbol.for("deeptoken.AppError");

export interface AppErrorInit {
  /** For the reader outside. Never an id of ours, a stack, a SQL text or a provider's words. */
  readonly message: string;
  /** For our logs only. */
  readonly internal?: string;
  readonly cause?: unknown;
  /** The request field at fault, as the caller wrote it. */
  readonly param?: string;
  /** Machine-readable detail that may be shown. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Whole seconds after which a retry makes sense. */
  readonly retryAfterSeconds?: number;
  /** Headers that an HTTP face adds to the refusal. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The one error type that crosses a noun's border. Thrown by domain code, translated once per face
 * (tRPC, the inference API, the management API).
 */
export class AppError extends Error {
  readonly [MARKER] = true;
  readonly code: ErrorCode;
  readonly internal: string | undefined;
  readonly param: string | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds: number | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, init: AppErrorInit) {
    super(init.message, { cause: init.cause });
    this.name = "AppError";
    this.code = code;
    this.internal = init.internal;
    this.param = init.param;
    this.metadata = init.metadata ?? {};
    this.retryAfterSeconds = init.retryAfterSeconds;
    this.headers = init.headers ?? {};
  }

  get status(): number {
    return errorCodeEntry(this.code).status;
  }

  get category(): ErrorCategory {
    return errorCodeEntry(this.code).category;
  }

  get type(): string {
    return errorCodeEntry(this.code).type;
  }

  get retryable(): boolean {
    return errorCodeEntry(this.code).retryable;
  }

  /** Recognised by a marker, not by class identity: Next and the Node adapter each bundle their own copy. */
  static is(value: unknown): value is AppError {
    return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[MARKER] === true;
  }
}

/**
 * Any thrown value as an AppError. What is not one becomes `internal_error` with its text kept internal, or `service_unavailable`
 * when the database is away: then the same request is right later.
 */
export function toAppError(thrown: unknown): AppError {
  if (AppError.is(thrown)) return thrown;
  const internal = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  if (isDatabaseAway(thrown)) {
    return new AppError("service_unavailable", {
      message: "A part of our system cannot be reached at the moment. Please retry.",
      internal,
      cause: thrown,
      retryAfterSeconds: 1,
    });
  }
  return new AppError("internal_error", {
    message: "Something went wrong on our side. Please retry, and name the request id if it happens again.",
    internal,
    cause: thrown,
  });
}
