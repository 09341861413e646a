import { AppError } from "@/server/platform/errors";
import { requestIdOf } from "@/server/platform/ids";
import { contentRoutes } from "./contents/routes";
import { type ErrorShape, OPENAI_ERRORS, toErrorResponse } from "./errors";
import { creditsAnswer, generationAnswer, keyAnswer } from "./introspection";
import { modelAnswer, modelEndpointsAnswer, modelListAnswer } from "./models";
import { serve } from "./pipeline";
import { probeHosts } from "./probe";
import { quoteAnswer } from "./quote";
import { APIS } from "./routes";
import { responseRoutes } from "./stored-responses";
import { tokenCountAnswer } from "./token-count";
import type { GatewayDeps, GatewayRequest, GatewayResponse } from "./types";
import { usageAnswer } from "./usage";
import { followVideos } from "./videos/follow";
import { videoRoutes } from "./videos/routes";

export interface Gateway {
  /** Answers every request; never throws. */
  handle(request: GatewayRequest): Promise<GatewayResponse>;
  /** Asks about videos that nobody polls, and settles those that have ended. @returns how many have */
  followVideos(limit: number): Promise<number>;
  /** Looks for the hosts of endpoints that are about to be tried again. @returns how many */
  probeHosts(): Promise<number>;
  readonly maxBodyBytes: number;
  /** An answer that is not out by then is cut, however slowly its reader reads. */
  readonly maxDurationMs: number;
  /** Reverse proxies in front, whose entries in `x-forwarded-for` are believed. */
  readonly trustedProxyHops: number;
}

type Handler = (deps: GatewayDeps, request: GatewayRequest, requestId: string) => Promise<GatewayResponse>;
type Methods = Readonly<Record<string, Handler>>;

/** Answered from what we know: no provider is called. */
export const OWN_ROUTES: Readonly<Record<string, Methods>> = {
  "/models": { GET: modelListAnswer },
  "/key": { GET: keyAnswer },
  "/credits": { GET: creditsAnswer },
  "/usage": { GET: usageAnswer },
  "/generation": { GET: generationAnswer },
  "/messages/count_tokens": { POST: tokenCountAnswer },
  "/quote": { POST: quoteAnswer },
};

/** Browsers may call the API with a key of their own user: no cookies are read here, so any origin is fine. */
const CORS = { "access-control-allow-origin": "*", "access-control-expose-headers": "*" } as const;
const PREFLIGHT = {
  ...CORS,
  "access-control-allow-methods": "GET, POST, DELETE, OPTIONS",
  "access-control-allow-headers": "authorization, content-type, x-api-key, x-request-id, idempotency-key, *",
  "access-control-max-age": "86400",
} as const;

export function createGateway(deps: GatewayDeps): Gateway {
  return {
    maxBodyBytes: deps.limits.maxBodyBytes,
    maxDurationMs: deps.limits.maxDurationMs,
    trustedProxyHops: deps.limits.trustedProxyHops ?? 0,
    followVideos: (limit) => followVideos(deps, limit),
    probeHosts: () => probeHosts(deps),
    async handle(request) {
      if (request.method === "OPTIONS") return { status: 204, headers: PREFLIGHT, body: null };
      const requestId = requestIdOf(request.header("x-request-id"));
      const path = pathOf(request);
      try {
        const { status, headers, body } = await route(request, path)(deps, request, requestId);
        return { status, headers: Object.assign({}, headers, CORS), body };
      } catch (thrown) {
        const refusal = toErrorResponse(thrown, requestId, errorShapeOf(path), CORS);
        if (refusal.status >= 500)
          deps.log.error({ requestId, path: loggable(path), reason: describe(thrown) }, "request failed");
        return refusal;
      }
    },
  };
}

/** What an address of a file is good for is nothing for a log. */
function loggable(path: string): string {
  return path.replace(/^(\/content\/).+/, "$1…");
}

function pathOf({ path }: GatewayRequest): string {
  return path.length > 1 ? path.replace(/\/+$/, "") : path;
}

function apiOf(path: string) {
  return Object.hasOwn(APIS, path) ? APIS[path] : undefined;
}

/** Clients read refusals in the shape of the endpoint that they called, also when it refuses before it reads. */
function errorShapeOf(path: string): ErrorShape {
  return (
    apiOf(path) ?? (path.startsWith("/messages") ? (apiOf("/messages") ?? OPENAI_ERRORS) : OPENAI_ERRORS)
  );
}

/** Who answers a path, by method; undefined for a path that is none. */
export function methodsOf(path: string): Methods | undefined {
  const api = apiOf(path);
  if (api) return { POST: (deps, request, requestId) => serve(deps, api, request, requestId) };
  return Object.hasOwn(OWN_ROUTES, path)
    ? OWN_ROUTES[path]
    : (responseRoutes(path) ?? videoRoutes(path) ?? contentRoutes(path) ?? modelRoutes(path));
}

function route(request: GatewayRequest, path: string): Handler {
  const methods = methodsOf(path);
  if (!methods)
    throw new AppError("not_found", {
      message: `There is no ${request.base}${path.slice(0, 100)} here. See the API reference in the docs.`,
    });
  const handler = methods[request.method === "HEAD" ? "GET" : request.method];
  if (!handler)
    throw new AppError("method_not_allowed", {
      message: `This path answers ${Object.keys(methods).join(", ")}.`,
      headers: { allow: Object.keys(methods).join(", ") },
    });
  return handler;
}

/** `/models/a/b` and `/models/a%2Fb` name the same model: SDKs send either. */
function modelRoutes(path: string): Methods | undefined {
  if (!path.startsWith("/models/")) return undefined;
  const slug = decode(path.slice("/models/".length));
  const withEndpoints = /^(.+)\/endpoints$/.exec(slug)?.[1];
  return withEndpoints
    ? { GET: (deps, _request, requestId) => modelEndpointsAnswer(deps, withEndpoints, requestId) }
    : { GET: (deps, request, requestId) => modelAnswer(deps, request, slug, requestId) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function describe(thrown: unknown): string {
  if (AppError.is(thrown)) return thrown.internal ?? thrown.message;
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}
