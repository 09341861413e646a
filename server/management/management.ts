import type { GatewayRequest, GatewayResponse } from "@/server/gateway";
import type { StatementRunner } from "@/server/ledger";
import { AppError, toAppError } from "@/server/platform/errors";
import { requestIdOf } from "@/server/platform/ids";
import { toErrorBody } from "@/server/protocols/openai-chat";
import { authenticate, type Caller } from "./authenticate";
import { readPart, toJson, toQuery } from "./read-input";
import type { ManagementDeps, Method, Route, RouteContext } from "./route";
import { ROUTES } from "./routes";
import { type Answer, runOnce } from "./run-once";

const PREFIX = "/organization";

export interface Management {
  /** Is this path, below the base URL, one of the management API? */
  owns(path: string): boolean;
  /** Answers every request; never throws. */
  handle(request: GatewayRequest): Promise<GatewayResponse>;
}

type Deps = ManagementDeps & { readonly pool: StatementRunner };

export function createManagement(deps: Deps): Management {
  return {
    owns: (path) => path === PREFIX || path.startsWith(`${PREFIX}/`),
    async handle(request) {
      const requestId = requestIdOf(request.header("x-request-id"));
      try {
        return toResponse(await answer(deps, request), requestId);
      } catch (thrown) {
        const error = toAppError(thrown);
        if (error.status >= 500)
          deps.log.error({ requestId, path: request.path, reason: error.internal }, "request failed");
        return refusal(error, requestId);
      }
    },
  };
}

/** Who, then what, then whether they may: nothing is read of a request whose key is not valid. */
async function answer(deps: Deps, request: GatewayRequest): Promise<Answer & { isReplay?: boolean }> {
  const caller = await authenticate(deps, request);
  const { route, params } = match(request);
  if (!caller.key.scopes.includes(route.scope))
    throw new AppError("permission_denied", {
      message: `This management key lacks the scope ${route.scope}.`,
      metadata: { scope: route.scope },
    });
  const bytes = route.method === "GET" ? new Uint8Array() : await request.readBody();
  const input = {
    params: readPart(route.params, params),
    query: readPart(route.query, toQuery(request.query)),
    body: route.body && readPart(route.body, toJson(bytes)),
  };
  const deferred: (() => Promise<void>)[] = [];
  const known = toContext(deps, caller, request.clientAddress);
  const run = async (keep?: (tx: RouteContext["tx"], answer: Answer) => Promise<void>) => {
    await route.before?.({ ...known, clientAddress: request.clientAddress });
    return deps.db.transaction(async (tx) => {
      const context = { ...known, tx, defer: (work: () => Promise<void>) => void deferred.push(work) };
      const value = route.answer.parse(await route.run(context, input));
      const made = { status: route.status, body: JSON.stringify(value) };
      await keep?.(tx, made);
      return made;
    });
  };
  const idempotencyKey = route.method === "GET" ? undefined : request.header("idempotency-key");
  const { organizationId, id: keyId } = caller.key;
  const target = `${route.method} ${request.path}?${request.query}`;
  const made =
    idempotencyKey === undefined
      ? await run()
      : await runOnce(
          { pool: deps.pool, secretBox: deps.webhooks.secretBox },
          { organizationId, keyId, idempotencyKey, target, body: bytes },
          run,
        );
  for (const work of deferred) request.waitUntil(work());
  return made;
}

function toContext(deps: Deps, { key, actor }: Caller, ip: string): Omit<RouteContext, "tx" | "defer"> {
  const by = { kind: "key" as const, id: key.id, label: `${key.name} (management key)`, ip };
  return { deps, clock: deps.clock, organizationId: key.organizationId, by, actor };
}

/** @throws AppError not_found, method_not_allowed */
function match(request: GatewayRequest): { route: Route; params: Record<string, string> } {
  const path = request.path.replace(/\/+$/, "");
  const method = request.method === "HEAD" ? "GET" : request.method;
  const here = ROUTES.flatMap((route) => {
    const params = paramsOf(route.path, path);
    return params ? [{ route, params }] : [];
  });
  const found = here.find(({ route }) => route.method === method);
  if (found) return found;
  if (here.length === 0)
    throw new AppError("not_found", {
      message: `There is no ${request.base}${path.slice(0, 100)} here. See the API reference in the docs.`,
    });
  const methods: Method[] = here.map(({ route }) => route.method);
  throw new AppError("method_not_allowed", {
    message: `This path answers ${methods.join(", ")}.`,
    headers: { allow: methods.join(", ") },
  });
}

function paramsOf(pattern: string, path: string): Record<string, string> | null {
  const names = pattern.split("/");
  const parts = path.split("/");
  if (names.length !== parts.length) return null;
  const params: Record<string, string> = {};
  for (const [at, name] of names.entries()) {
    const part = parts[at] ?? "";
    if (name.startsWith("{")) params[name.slice(1, -1)] = part;
    else if (name !== part) return null;
  }
  return params;
}

function headersOf(requestId: string): Record<string, string> {
  return {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    "x-request-id": requestId,
  };
}

function toResponse(made: Answer & { isReplay?: boolean }, requestId: string): GatewayResponse {
  const replay = made.isReplay ? { "x-idempotent-replayed": "true" } : undefined;
  return {
    status: made.status,
    headers: { ...headersOf(requestId), ...replay },
    body: Buffer.from(made.body),
  };
}

function refusal(error: AppError, requestId: string): GatewayResponse {
  return {
    status: error.status,
    headers: {
      ...headersOf(requestId),
      "x-gateway-error-category": error.category,
      ...(error.retryAfterSeconds ? { "retry-after": String(error.retryAfterSeconds) } : {}),
      ...error.headers,
    },
    body: Buffer.from(JSON.stringify(toErrorBody(error, requestId))),
  };
}
