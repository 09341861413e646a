import type { CatalogEndpoint, CatalogSnapshot } from "@/server/catalog";
import { UpstreamFailure } from "@/server/providers";
import type { GatewayDeps } from "./types";

const TIMEOUT_MS = 2_000;

/**
 * Looks whether the hosts of endpoints that are about to be tried again can be reached, so that no customer's request has to
 * find out that they cannot. Carries no key and asks for nothing that costs: any answer at all is one, also a refusal, and
 * proves nothing more; whether the endpoint works is for the trial to say. Called by a timer; never throws.
 * @returns how many were looked for
 */
export async function probeHosts(deps: GatewayDeps): Promise<number> {
  const due = deps.routing.board.takeProbes();
  if (due.length === 0) return 0;
  const catalog = await deps.catalog.current().catch(() => null);
  const endpoints = due.flatMap((id) => (catalog && endpointOf(catalog, id)) ?? []);
  await Promise.all(
    endpoints.map(async (endpoint) => {
      if (!(await isReachable(deps, endpoint))) deps.routing.board.unreachable(endpoint.id);
    }),
  );
  return endpoints.length;
}

function endpointOf({ models }: CatalogSnapshot, id: string): CatalogEndpoint | undefined {
  for (const { endpoints } of models) {
    const endpoint = endpoints.find((one) => one.id === id);
    if (endpoint) return endpoint;
  }
  return undefined;
}

/** No connection means that nobody is there. A host that takes it and says nothing may still answer requests. */
async function isReachable({ upstream }: GatewayDeps, { provider }: CatalogEndpoint): Promise<boolean> {
  try {
    const answer = await upstream.send({
      method: "GET",
      url: new URL(`${provider.baseUrl.replace(/\/+$/, "")}/models`),
      headers: { accept: "application/json" },
      body: "",
      firstByteTimeoutMs: TIMEOUT_MS,
      idleTimeoutMs: TIMEOUT_MS,
      signal: new AbortController().signal,
    });
    answer.body.abort();
    return true;
  } catch (thrown) {
    return thrown instanceof UpstreamFailure && !UNREACHABLE.has(thrown.reason);
  }
}

const UNREACHABLE = new Set(["connect_error", "connect_timeout", "connection_lost"]);
