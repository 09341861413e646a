import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Gateway } from "@/server/gateway";
import type { Clock } from "@/server/platform/clock";
import type { Metrics } from "./metrics";

const SERVER_ERROR = 500;

/**
 * The gateway, watched: one metric and one span per answer, below the caller's own trace if its request names one
 * (`traceparent`). The span ends with the head of the answer; how a stream went is told by the request's own span.
 */
export function watchGateway(gateway: Gateway, metrics: Metrics, clock: Clock): Gateway {
  return {
    ...gateway,
    async handle(request) {
      const startedAtMs = clock.nowMs();
      const route = routeOf(request.path);
      const caller = propagation.extract(context.active(), request, {
        keys: () => ["traceparent", "tracestate"],
        get: (from, name) => from.header(name.toLowerCase()),
      });
      const span = trace.getTracer("gateway").startSpan(
        `${request.method} ${route}`,
        {
          kind: SpanKind.SERVER,
          attributes: { "http.request.method": request.method, "http.route": route },
        },
        caller,
      );
      const response = await context.with(trace.setSpan(caller, span), () => gateway.handle(request));
      span.setAttributes({
        "http.response.status_code": response.status,
        "gateway.request_id": response.headers["x-request-id"] ?? "",
      });
      if (response.status >= SERVER_ERROR) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
      metrics.requests.inc({ route, method: request.method, status: String(response.status) });
      metrics.requestSeconds.observe({ route }, (clock.nowMs() - startedAtMs) / 1_000);
      return response;
    },
  };
}

/** A path with its ids taken out, so that there are as many as there are routes. */
function routeOf(path: string): string {
  const [, first = "", second = ""] = path.split("/");
  const known = /^[a-z_]{1,24}$/;
  if (!known.test(first)) return "/other";
  if (/^(models|responses|videos|organization)$/.test(first))
    return second === "" ? `/${first}` : `/${first}/*`;
  return known.test(second) ? `/${first}/${second}` : `/${first}`;
}
