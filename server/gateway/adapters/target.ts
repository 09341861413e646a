import type { GatewayRequest } from "../types";

/** The gateway's part of a URL, or null when the path belongs to someone else. */
export function splitTarget(url: string): Pick<GatewayRequest, "base" | "path" | "query"> | null {
  const mark = url.indexOf("?");
  const pathname = mark === -1 ? url : url.slice(0, mark);
  const base =
    pathname.startsWith("/api/v1/") || pathname === "/api/v1"
      ? "/api/v1"
      : pathname.startsWith("/v1/") || pathname === "/v1"
        ? "/v1"
        : null;
  if (base === null) return null;
  return {
    base,
    path: pathname.slice(base.length) || "/",
    query: new URLSearchParams(mark === -1 ? "" : url.slice(mark + 1)),
  };
}
