/** Who has to act: us, the provider behind us, the payer, or the caller. */
export type ErrorCategory = "platform" | "upstream" | "quota" | "user";

interface ErrorCodeEntry {
  readonly status: number;
  readonly category: ErrorCategory;
  /** OpenAI's `error.type` for this code. */
  readonly type: string;
  /** May the same request succeed if it is sent again? */
  readonly retryable: boolean;
  /** One line for the docs page of the code. */
  readonly summary: string;
}

/**
 * Every error that the product can answer. The docs have one anchor per code (`/docs/errors#code`), a test keeps
 * the two together.
 */
export const ERROR_CODES = {
  invalid_json: {
    status: 400,
    category: "user",
    type: "invalid_request_error",
    retryable: false,
    summary: "The body is not a JSON object in UTF-8.",
  },
  invalid_request: {
    status: 400,
    category: "user",
    type: "invalid_request_error",
    retryable: false,
    summary: "A field of the body is missing or not valid; `param` names it.",
  },
  previous_response_not_found: {
    status: 400,
    category: "user",
    type: "invalid_request_error",
    retryable: false,
    summary:
      "`previous_response_id` names a response that is not kept: unknown, expired, deleted, or not stored.",
  },
  invalid_api_key: {
    status: 401,
    category: "user",
    type: "authentication_error",
    retryable: false,
    summary: "The key is unknown, revoked or expired. One answer for all three.",
  },
  unauthenticated: {
    status: 401,
    category: "user",
    type: "authentication_error",
    retryable: false,
    summary: "You are not signed in, or your session has ended.",
  },
  insufficient_balance: {
    status: 402,
    category: "quota",
    type: "insufficient_quota",
    retryable: false,
    summary: "The balance cannot carry the request; the metadata says what it could carry.",
  },
  budget_exceeded: {
    status: 403,
    category: "quota",
    type: "insufficient_quota",
    retryable: false,
    summary: "A hard budget at key, member, project or organization is used up.",
  },
  model_not_allowed: {
    status: 403,
    category: "user",
    type: "permission_error",
    retryable: false,
    summary: "The key or the organization does not allow this model.",
  },
  provider_not_allowed: {
    status: 403,
    category: "user",
    type: "permission_error",
    retryable: false,
    summary: "The key or the organization does not allow this provider.",
  },
  ip_not_allowed: {
    status: 403,
    category: "user",
    type: "permission_error",
    retryable: false,
    summary: "The key may not be used from this address.",
  },
  permission_denied: {
    status: 403,
    category: "user",
    type: "permission_error",
    retryable: false,
    summary: "Your role, or the state of the organization, does not allow this.",
  },
  model_not_found: {
    status: 404,
    category: "user",
    type: "invalid_request_error",
    retryable: false,
    summary: "No such model; the metadata names the nearest three.",
  },
  not_found: {
    status: 404,
    category: "user",
    type: "invalid_request_error",
    retryable: false,
    summary: "There is nothing here, or it is not yours.",
  },
  method_not_allowed: {
    status: 405,
    category: "user",
    type: "invalid_request_error",
    retryable: false,
    summary: "The path exists, but not with this method.",
  },
  request_timeout: {
    status: 408,
    category: "user",
    type: "invalid_request_error",
    retryable: true,
    summary: "The request's body did not arrive in time.",
  },
  conflict: {
    status: 409,
    category: "user",
    type: "invalid_request_error",
    retryable: false,
    summary: "The thing changed, or exists already.",
  },
  idempotency_conflict: {
    status: 409,
    category: "user",
    type: "invalid_request_error",
    retryable: false,
    summary: "The same idempotency key came with another body.",
  },
  content_expired: {
    status: 410,
    category: "user",
    type: "invalid_request_error",
    retryable: false,
    summary: "The address of an image or a video has expired, or its provider has dropped the file.",
  },
  request_too_large: {
    status: 413,
    category: "user",
    type: "invalid_request_error",
    retryable: false,
    summary: "The body is larger than the documented limit.",
  },
  unsupported_parameter: {
    status: 422,
    category: "user",
    type: "invalid_request_error",
    retryable: false,
    summary: "No endpoint of the model supports a parameter that the request depends on.",
  },
  rate_limit_exceeded: {
    status: 429,
    category: "quota",
    type: "rate_limit_error",
    retryable: true,
    summary: "Too many requests or tokens for now; `retry-after` says when to come back.",
  },
  client_closed_request: {
    status: 499,
    category: "user",
    type: "invalid_request_error",
    retryable: false,
    summary: "The caller went away before the answer was complete.",
  },
  internal_error: {
    status: 500,
    category: "platform",
    type: "server_error",
    retryable: true,
    summary: "Something broke on our side. The request id finds it in our logs.",
  },
  upstream_error: {
    status: 502,
    category: "upstream",
    type: "upstream_error",
    retryable: true,
    summary: "Every allowed attempt failed at the providers; the metadata lists the attempts.",
  },
  upstream_stream_truncated: {
    status: 502,
    category: "upstream",
    type: "upstream_error",
    retryable: true,
    summary: "The provider's stream broke off. What was delivered is billed, nothing more.",
  },
  no_available_provider: {
    status: 503,
    category: "upstream",
    type: "upstream_error",
    retryable: true,
    summary: "No provider of the model can be used right now.",
  },
  service_unavailable: {
    status: 503,
    category: "platform",
    type: "server_error",
    retryable: true,
    summary: "We could not reserve money for the request, or reach what it needs, so we did not send it.",
  },
  upstream_timeout: {
    status: 504,
    category: "upstream",
    type: "upstream_error",
    retryable: true,
    summary: "The provider did not answer in time.",
  },
} as const satisfies Record<string, ErrorCodeEntry>;

export type ErrorCode = keyof typeof ERROR_CODES;

export function errorCodeEntry(code: ErrorCode): ErrorCodeEntry {
  return ERROR_CODES[code];
}
