import type { ErrorCode } from "@/server/platform/error-codes";

/** What to do about each error. A code without advice does not compile. */
export const ERROR_ADVICE: Readonly<Record<ErrorCode, string>> = {
  invalid_json: "Send a JSON object with `content-type: application/json`.",
  invalid_request: "Read `param` and the message, correct the field, and send the request again.",
  previous_response_not_found:
    "Send the conversation itself in `input`, or go on from a response that was made with `store` in the same project.",
  invalid_api_key:
    "Check that the whole key arrived, and that it is listed as active in the dashboard. If in doubt, create another one.",
  unauthenticated: "Sign in again. This code is used by the website, not by the inference API.",
  insufficient_balance:
    "Add funds, or lower the output limit to `affordable_max_tokens` of the metadata. The refusal is not remembered: after a top-up the next request passes.",
  budget_exceeded: "Wait until the budget resets, or have it raised by whoever set it.",
  model_not_allowed: "Use a model that the key and the organization allow.",
  provider_not_allowed: "Use a provider that the key and the organization allow.",
  ip_not_allowed: "Call from an address that the key allows.",
  permission_denied: "Ask an owner or admin of the organization for the role that the message names.",
  model_not_found: "Take one of the three nearest names of the metadata, or look it up on the models page.",
  not_found: "Check the path and the id, and that the key belongs to the organization that owns the thing.",
  method_not_allowed: "Use the method that the message names.",
  request_timeout:
    "Send the whole body within 15 seconds. Nothing was reserved; the request can be sent again.",
  conflict: "Load the current state and try again.",
  idempotency_conflict: "Use a new idempotency key for a new body.",
  content_expired:
    "Make it again, and download it while it is there: the pages of images and videos say how long.",
  request_too_large: "Send less: shorter messages or smaller images.",
  unsupported_parameter: "Leave the parameter out, or choose a model that supports it.",
  rate_limit_exceeded: "Wait as long as `retry-after` says. Official SDKs do that by themselves.",
  client_closed_request: "Nothing: the connection was closed on your side. What was delivered is charged.",
  internal_error: "Retry. If it happens again, report it with the request id.",
  upstream_error: "Retry, or use another model. Failed attempts are listed and cost nothing.",
  upstream_stream_truncated: "Retry. The part that was delivered is charged, nothing more.",
  no_available_provider: "Retry after `retry-after`, or use another model.",
  service_unavailable: "Retry. Nothing was sent to a provider and nothing was charged.",
  upstream_timeout: "Retry, ask for a shorter answer, or stream it.",
};
