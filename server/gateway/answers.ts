import type { GatewayResponse } from "./types";

/** A JSON answer with the request id; never stored by caches, since most answers belong to one key. */
export function toJsonAnswer(value: unknown, requestId: string, status = 200): GatewayResponse {
  return {
    status,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
      "x-request-id": requestId,
    },
    body: Buffer.from(JSON.stringify(value)),
  };
}
