import type { GatewayDeps, GatewayRequest, GatewayResponse } from "../types";
import { serveContent } from "./serve";

type Handler = (deps: GatewayDeps, request: GatewayRequest, requestId: string) => Promise<GatewayResponse>;

/**
 * `/content/{token}`: what a provider has put at an address that we gave our own for. No key is asked for: a browser has
 * none. The address itself is the permission, and cannot be guessed.
 */
export function contentRoutes(path: string): Readonly<Record<string, Handler>> | undefined {
  const token = /^\/content\/([^/]+)$/.exec(path)?.[1];
  if (token === undefined) return undefined;
  return {
    GET: (deps, request, requestId) => serveContent(deps, request, requestId, deps.contents.open(token)),
  };
}
