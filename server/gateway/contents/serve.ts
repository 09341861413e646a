import { AppError } from "@/server/platform/errors";
import type { UpstreamAnswer } from "@/server/providers";
import { openMedia } from "../stages/follow";
import type { GatewayDeps, GatewayRequest, GatewayResponse } from "../types";
import type { Content } from "./addresses";

/** What storage answers for a file that it has dropped, or whose own signature has run out. */
const GONE = new Set([401, 403, 404, 410]);
const SERVED = new Set([200, 206, 416]);
const PASSED_ON = [
  "content-length",
  "content-range",
  "content-encoding",
  "accept-ranges",
  "etag",
  "last-modified",
];
const MEDIA = /^(image|video|audio)\/[\w.+-]+$/i;
/** The file is a stranger's on the origin of our own pages: it may be looked at, and does nothing. */
const INERT = {
  "content-security-policy":
    "sandbox; default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'",
  "x-content-type-options": "nosniff",
  // It is meant for pages of other sites.
  "cross-origin-resource-policy": "cross-origin",
} as const;

/** Streams a file from where its provider has put it, in ranges when asked for. @throws AppError content_expired, upstream_error */
export async function serveContent(
  deps: GatewayDeps,
  request: GatewayRequest,
  requestId: string,
  content: Content,
): Promise<GatewayResponse> {
  const answer = await opened(deps, request, requestId, content);
  if (SERVED.has(answer.status)) return serveAnswer(answer, request, requestId);
  answer.body.abort();
  if (GONE.has(answer.status))
    throw new AppError("content_expired", { message: "The provider does not keep this file any more." });
  throw unavailable(`answered with status ${answer.status}`);
}

/** A provider's bytes as an answer of ours. Nothing of its headers is kept but what tells of the bytes. */
export function serveAnswer(
  answer: UpstreamAnswer,
  request: GatewayRequest,
  requestId: string,
): GatewayResponse {
  const passed = PASSED_ON.flatMap((name) => {
    const value = answer.header(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const type = answer.header("content-type")?.split(";")[0]?.trim() ?? "";
  const isWanted = request.method !== "HEAD" && answer.status !== 416;
  if (!isWanted) answer.body.abort();
  const { "content-length": length, ...headers } = Object.fromEntries(passed);
  return {
    status: answer.status,
    headers: {
      ...headers,
      // The length of a refusal's text is not that of the file.
      ...(length === undefined || answer.status === 416 ? {} : { "content-length": length }),
      ...(MEDIA.test(type)
        ? { "content-type": type }
        : { "content-type": "application/octet-stream", "content-disposition": "attachment" }),
      ...INERT,
      "cache-control": "private, max-age=3600",
      "x-request-id": requestId,
    },
    body: isWanted ? bytesOf(answer) : null,
  };
}

async function opened(
  deps: GatewayDeps,
  { header, signal }: GatewayRequest,
  requestId: string,
  content: Content,
): Promise<UpstreamAnswer> {
  const range = header("range");
  try {
    return await openMedia(deps, content, { signal, ...(range ? { headers: { range } } : {}) });
  } catch (reason) {
    deps.log.warn({ requestId, reason: String(reason) }, "a provider's file could not be fetched");
    throw unavailable(String(reason));
  }
}

function unavailable(internal: string): AppError {
  return new AppError("upstream_error", {
    message: "The provider did not answer as it should. Try again in a moment.",
    internal,
  });
}

async function* bytesOf({ body }: UpstreamAnswer): AsyncGenerator<Uint8Array> {
  try {
    for (let chunk = await body.read(); chunk !== null; chunk = await body.read()) yield chunk;
  } finally {
    body.abort();
  }
}
