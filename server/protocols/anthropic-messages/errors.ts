import type { AppError } from "@/server/platform/errors";
import { isObject, readObject, textIn } from "../fields";
import { toFrame } from "./frames";

/** https://docs.anthropic.com/en/api/errors */
const TYPE_BY_STATUS: Readonly<Record<number, string>> = {
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
};

function typeOf(status: number): string {
  return TYPE_BY_STATUS[status] ?? (status < 500 ? "invalid_request_error" : "api_error");
}

/**
 * An error in Anthropic's shape. Our own code and its metadata stand in `details`, where Anthropic's SDKs look for
 * `error_code`.
 */
export function toErrorBody(error: AppError, requestId: string) {
  return {
    type: "error" as const,
    error: {
      type: typeOf(error.status),
      message: error.message,
      details: {
        error_code: error.code,
        category: error.category,
        param: error.param ?? null,
        ...error.metadata,
      },
    },
    request_id: requestId,
  };
}

/** The end of a stream that failed. */
export function errorFrame(error: AppError, requestId: string): Uint8Array {
  return toFrame(toErrorBody(error, requestId));
}

/** `max_tokens: 70000 > 64000`: the field at fault stands before the colon. */
const FIELD = /^([a-z_]+(?:\.[\w-]+)*): /;
/** What a provider's error says, and which field it blames. */
export function readErrorBody(bytes: Uint8Array): { message: string | null; param: string | null } {
  const body = readObject(bytes);
  const error = body && isObject(body.error) ? body.error : body;
  const message = error ? textIn(error.message) : null;
  return { message, param: FIELD.exec(message ?? "")?.[1] ?? null };
}
