import { toAppError } from "@/server/platform/errors";
import { toErrorBody } from "@/server/protocols/openai-chat";
import type { Api } from "./operation";
import type { GatewayResponse } from "./types";

/** How an endpoint's clients read a refusal. */
export type ErrorShape = Pick<Api, "errorBody" | "headers">;

/** OpenAI's envelope, for every path that has no shape of its own. */
export const OPENAI_ERRORS: ErrorShape = { errorBody: toErrorBody };

/** A refusal as an HTTP answer. A quota refusal tells SDKs not to try again. */
export function toErrorResponse(
  thrown: unknown,
  requestId: string,
  shape: ErrorShape,
  headers: Readonly<Record<string, string>> = {},
): GatewayResponse {
  const error = toAppError(thrown);
  return {
    status: error.status,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
      "x-request-id": requestId,
      "x-gateway-error-category": error.category,
      ...(error.category === "quota" && !error.retryable ? { "x-should-retry": "false" } : {}),
      ...(error.retryAfterSeconds ? { "retry-after": String(error.retryAfterSeconds) } : {}),
      ...shape.headers?.(requestId),
      ...error.headers,
      ...headers,
    },
    body: Buffer.from(JSON.stringify(shape.errorBody(error, requestId))),
  };
}
