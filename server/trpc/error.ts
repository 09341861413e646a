import { TRPCError } from "@trpc/server";
import { z } from "zod";
import type { ErrorCode } from "@/server/platform/error-codes";
import { AppError, toAppError } from "@/server/platform/errors";

type TrpcCode = TRPCError["code"];

/** What the dashboard is told of an error: a code of ours, a text for people, and nothing from inside. */
export interface PublicError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly requestId: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The input field at fault, when there is exactly one. */
  readonly param: string | null;
  readonly retryAfterSeconds: number | null;
}

/** One wrong field of an input, as it is listed in `metadata.fields`. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

const TRPC_CODE_OF_STATUS: Readonly<Record<number, TrpcCode>> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  402: "PAYMENT_REQUIRED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_SUPPORTED",
  409: "CONFLICT",
  413: "PAYLOAD_TOO_LARGE",
  422: "UNPROCESSABLE_CONTENT",
  429: "TOO_MANY_REQUESTS",
  499: "CLIENT_CLOSED_REQUEST",
  502: "BAD_GATEWAY",
  503: "SERVICE_UNAVAILABLE",
  504: "GATEWAY_TIMEOUT",
};

/** tRPC's own refusals, made before a procedure of ours runs. */
const OWN_REFUSALS: Partial<Record<TrpcCode, { code: ErrorCode; message: string }>> = {
  PARSE_ERROR: { code: "invalid_json", message: "The body is not valid JSON." },
  BAD_REQUEST: { code: "invalid_request", message: "The request is not valid." },
  NOT_FOUND: { code: "not_found", message: "There is no such procedure." },
  METHOD_NOT_SUPPORTED: { code: "method_not_allowed", message: "This procedure is called in another way." },
  // What a form of another site can send. Its Origin would be refused next.
  UNSUPPORTED_MEDIA_TYPE: {
    code: "permission_denied",
    message: "Send JSON with content-type application/json.",
  },
  PAYLOAD_TOO_LARGE: { code: "request_too_large", message: "The body is too large." },
};

/** Gives tRPC the HTTP status of what was thrown; the AppError stays as the cause. */
export function toTrpcError(error: TRPCError): TRPCError {
  const cause = findAppError(error);
  if (!cause) return error;
  return new TRPCError({
    code: TRPC_CODE_OF_STATUS[cause.status] ?? "INTERNAL_SERVER_ERROR",
    message: cause.message,
    cause,
  });
}

/** The AppError behind any error that a procedure ended with. */
export function appErrorOf(error: TRPCError): AppError {
  const known = findAppError(error);
  if (known) return known;
  if (error.cause instanceof z.core.$ZodError) return invalidInput(error.cause);
  const refusal = OWN_REFUSALS[error.code];
  if (refusal) return new AppError(refusal.code, { message: refusal.message, cause: error });
  return toAppError(error.cause ?? error);
}

export function toPublicError(error: AppError, requestId: string | null): PublicError {
  return {
    code: error.code,
    message: error.message,
    requestId,
    metadata: error.metadata,
    param: error.param ?? null,
    retryAfterSeconds: error.retryAfterSeconds ?? null,
  };
}

function findAppError(error: unknown): AppError | null {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if (AppError.is(at)) return at;
  }
  return null;
}

function invalidInput(error: z.core.$ZodError): AppError {
  const fields: FieldError[] = error.issues.map((issue) => ({
    path:
      issue.code === "unrecognized_keys"
        ? [...issue.path, ...issue.keys].join(".")
        : issue.path.map(String).join("."),
    message: issue.message,
  }));
  const only = fields.length === 1 ? fields[0]?.path || undefined : undefined;
  return new AppError("invalid_request", {
    message: "Some fields are missing or not valid.",
    param: only,
    metadata: { fields },
  });
}
