import { type Context, context, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Admission, Gate } from "@/server/admission";
import type { IntentFinish } from "@/server/ledger";
import type { Clock } from "@/server/platform/clock";
import { AppError } from "@/server/platform/errors";
import { toUsdNumber } from "@/server/platform/money";
import type { Metrics } from "./metrics";

/** Requests that are remembered between admission and end. Beyond it the oldest lose their figures, never their money. */
const MOST_OPEN = 20_000;
const NOBODY = "none";

interface Open {
  readonly admission: Pick<Admission, "modelSlug" | "receivedAtMs" | "request">;
  readonly parent: Context;
}

/**
 * The gate, watched: what it says and what requests came to, as metrics and as one span per admitted request with the
 * attributes of OpenTelemetry's GenAI conventions. Prompts and answers are in neither.
 */
export function watchGate(gate: Gate, metrics: Metrics, clock: Clock): Gate {
  const open = new Map<string, Open>();
  return {
    async admit(admission) {
      try {
        const verdict = await gate.admit(admission);
        metrics.admissions.inc({ verdict: verdict.kind });
        if (verdict.kind === "admitted") remember(open, admission);
        return verdict;
      } catch (thrown) {
        metrics.admissions.inc({ verdict: AppError.is(thrown) ? thrown.code : "internal_error" });
        throw thrown;
      }
    },
    async finish(organizationId, finish) {
      try {
        const verdict = await gate.finish(organizationId, finish);
        const found = open.get(finish.id);
        // What another process admitted, or a second word on the same request, is not counted here.
        if (found && open.delete(finish.id)) {
          count(metrics, found, finish);
          draw(found, finish, clock.nowMs());
        }
        return verdict;
      } catch (thrown) {
        metrics.unsettled.inc();
        throw thrown;
      }
    },
  };
}

function remember(open: Map<string, Open>, { id, modelSlug, receivedAtMs, request }: Admission): void {
  const [oldest] = open.keys();
  if (open.size >= MOST_OPEN && oldest !== undefined) open.delete(oldest);
  open.set(id, { admission: { modelSlug, receivedAtMs, request }, parent: context.active() });
}

function count(metrics: Metrics, { admission }: Open, { ending, charge }: IntentFinish): void {
  const labels = { model: admission.modelSlug, provider: ending.providerSlug ?? NOBODY };
  metrics.settled.inc({ ...labels, outcome: ending.outcome });
  metrics.durationSeconds.observe(labels, ending.latencyMs / 1_000);
  if (ending.ttftMs !== null) metrics.firstTokenSeconds.observe(labels, ending.ttftMs / 1_000);
  metrics.tokens.inc({ ...labels, type: "input" }, ending.inputTokens);
  metrics.tokens.inc({ ...labels, type: "output" }, ending.outputTokens);
  if (charge) metrics.costUsd.inc(labels, toUsdNumber(charge.costNanoUsd));
  for (const { provider, reason } of ending.attempts) metrics.attempts.inc({ provider, reason });
}

/** The request and its attempts, drawn once they are over. Attempts follow each other, the last one ends the request. */
function draw({ admission, parent }: Open, { id, ending, charge }: IntentFinish, nowMs: number): void {
  const tracer = trace.getTracer("gateway");
  const { receivedAtMs, modelSlug, request } = admission;
  const span = tracer.startSpan(
    `${operationOf(request.api)} ${modelSlug}`,
    {
      kind: SpanKind.CLIENT,
      startTime: receivedAtMs,
      attributes: {
        "gen_ai.operation.name": operationOf(request.api),
        "gen_ai.request.model": request.requestedModel,
        "gen_ai.response.model": modelSlug,
        "gen_ai.provider.name": ending.providerSlug ?? NOBODY,
        "gen_ai.usage.input_tokens": ending.inputTokens,
        "gen_ai.usage.output_tokens": ending.outputTokens,
        "gen_ai.response.id": id,
        ...(ending.finishReason ? { "gen_ai.response.finish_reasons": [ending.finishReason] } : {}),
        "gateway.outcome": ending.outcome,
        "gateway.streamed": request.streamed,
        "gateway.attempts": ending.attempts.length,
        ...(charge ? { "gateway.cost_usd": toUsdNumber(charge.costNanoUsd) } : {}),
        ...(ending.errorCode ? { "error.type": ending.errorCode } : {}),
      },
    },
    parent,
  );
  if (ending.outcome === "failed" || ending.outcome === "truncated")
    span.setStatus({ code: SpanStatusCode.ERROR });
  drawAttempts(span, ending.attempts, nowMs);
  span.end(nowMs);
}

function drawAttempts(span: Span, attempts: IntentFinish["ending"]["attempts"], nowMs: number): void {
  const whole = attempts.reduce((sum, { durationMs }) => sum + durationMs, 0);
  let at = nowMs - whole;
  for (const { provider, status, durationMs, reason } of attempts) {
    at += durationMs;
    span.addEvent(
      "attempt",
      {
        "gen_ai.provider.name": provider,
        "gateway.reason": reason,
        ...(status ? { "http.response.status_code": status } : {}),
      },
      at,
    );
  }
}

/** The conventions' word for what an endpoint does. */
function operationOf(api: string): string {
  if (/embedding/.test(api)) return "embeddings";
  if (/completions$/.test(api) && !/chat/.test(api)) return "text_completion";
  return /chat|messages|responses/.test(api) ? "chat" : "generate_content";
}
