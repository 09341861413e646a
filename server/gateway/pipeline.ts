import { toAppError } from "@/server/platform/errors";
import { toErrorResponse } from "./errors";
import type { Api } from "./operation";
import { type Admitted, admit } from "./stages/admit";
import { authenticate } from "./stages/authenticate";
import { type Called, type CalledWhole, CallFailed, call, TIME_IS_UP } from "./stages/call";
import { once } from "./stages/idempotency";
import { meterAnswer, toFinalUsage } from "./stages/meter";
import { plan } from "./stages/plan";
import { withPromptLog } from "./stages/prompt-log";
import { rateHeaders } from "./stages/rate-headers";
import { relayStream } from "./stages/relay";
import { type Ended, settle } from "./stages/settle";
import type { Authenticated, GatewayDeps, GatewayRequest, GatewayResponse } from "./types";

/** Before the client's own time is up, so that it hears from us and not from its clock. */
const CLIENT_MARGIN_MS = 1_000;
const CLIENT_MARGIN_SHARE = 0.1;
/** Left for the relay of the answer's end after the provider is given up on. */
const END_MARGIN_MS = 20_000;

/**
 * Every endpoint that reaches a provider, from the first byte of the request to its receipt:
 * Received → Authenticated → Planned → Admitted → Called → Relayed → Settled → Recorded.
 * Each stage takes the type that only the one before it makes, so none can be skipped. What is asked of the provider,
 * and how its answer is read, is the operation's; see `operation.ts`.
 */
export async function serve(
  deps: GatewayDeps,
  api: Api,
  request: GatewayRequest,
  requestId: string,
): Promise<GatewayResponse> {
  const authenticated = await authenticate(deps, request, requestId);
  return withPromptLog(deps, authenticated, (logged) =>
    once(deps, api, logged, (one) => answer(deps, api, one)),
  );
}

async function answer(deps: GatewayDeps, api: Api, authenticated: Authenticated): Promise<GatewayResponse> {
  const { request } = authenticated;
  const planned = await plan(deps, api, authenticated);
  const admitted = await admit(deps, planned);
  const ended = settleOnce(deps, admitted);
  const timer = setTimeout(() => request.abort(TIME_IS_UP), timeLeftMs(deps, admitted));
  try {
    if (admitted.onAdmitted) await admitted.patience.wait(admitted.onAdmitted(admitted.generationId));
    const called = await call(deps, admitted, request.signal);
    if (called.kind === "whole") return await answerWhole(deps, called, ended);
    const body = relayStream(deps, called, (how) => {
      clearTimeout(timer);
      ended(how);
    });
    return {
      status: 200,
      headers: answerHeaders(deps, called, "text/event-stream; charset=utf-8"),
      body,
    };
  } catch (thrown) {
    clearTimeout(timer);
    return refuse(deps, admitted, thrown, ended);
  } finally {
    if (!admitted.operation.stream) clearTimeout(timer);
  }
}

/** Settlement of one request: runs once, beside the answer, whoever reports the end first. */
function settleOnce(deps: GatewayDeps, admitted: Admitted): (ended: Ended) => void {
  let isSettled = false;
  return (ended) => {
    if (isSettled) return;
    isSettled = true;
    admitted.request.waitUntil(settle(deps, admitted, ended));
  };
}

async function answerWhole(
  deps: GatewayDeps,
  called: CalledWhole,
  ended: (how: Ended) => void,
): Promise<GatewayResponse> {
  const { operation } = called.admitted;
  if (operation.begin) {
    // Settled when what was begun has ended, by whoever learns of it.
    const { contentType, body } = await operation.begin(deps, called);
    return { status: 200, headers: answerHeaders(deps, called, contentType), body };
  }
  const metered = await meterAnswer(deps, called);
  ended({
    outcome: "succeeded",
    httpStatus: 200,
    errorCode: null,
    finishReason: called.answer.finishReason,
    attempts: called.attempts,
    candidate: called.candidate,
    sentAtMs: called.sentAtMs,
    firstByteAtMs: called.firstByteAtMs,
    metered,
  });
  const { contentType, body } = called.answer.render(metered && toFinalUsage(metered));
  await operation.beforeEnd?.(body);
  return { status: 200, headers: answerHeaders(deps, called, contentType), body };
}

/** The end of a request that no provider answered: voided, logged with its attempts, and free. */
function refuse(
  { clock }: GatewayDeps,
  admitted: Admitted,
  thrown: unknown,
  ended: (how: Ended) => void,
): GatewayResponse {
  const error = toAppError(thrown instanceof CallFailed ? thrown.publicError : thrown);
  const attempts = thrown instanceof CallFailed ? thrown.attempts : [];
  ended({
    outcome: error.code === "client_closed_request" ? "canceled" : "failed",
    httpStatus: error.status,
    errorCode: error.code,
    finishReason: null,
    attempts,
    candidate: null,
    sentAtMs: null,
    firstByteAtMs: null,
    metered: null,
  });
  return toErrorResponse(error, admitted.requestId, admitted.api, {
    "x-generation-id": admitted.generationId,
    "x-gateway-attempts": String(attempts.length),
    ...rateHeaders(admitted.rates, admitted.api.rates, clock.nowMs()),
    // Every fallback has been tried here: an SDK's own retries would only repeat them.
    ...(error.category === "upstream" ? { "x-should-retry": "false" } : {}),
  });
}

function answerHeaders(
  { clock }: GatewayDeps,
  { admitted, candidate, attempts }: Called,
  contentType: string,
): Record<string, string> {
  const nowMs = clock.nowMs();
  return {
    "content-type": contentType,
    "x-request-id": admitted.requestId,
    "x-generation-id": admitted.generationId,
    "x-gateway-provider": candidate.provider.slug,
    "x-gateway-attempts": String(attempts.length),
    // From the request's first byte to the answer's.
    "openai-processing-ms": String(nowMs - admitted.receivedAtMs),
    "cache-control": "no-store",
    ...admitted.api.headers?.(admitted.requestId),
    ...rateHeaders(admitted.rates, admitted.api.rates, nowMs),
    ...admitted.operation.headers,
    ...(admitted.isClamped ? { "x-gateway-max-tokens": String(admitted.outputTokens) } : {}),
  };
}

/**
 * How long providers may take: what the request may last, the policy's word, and the client's own patience, which
 * OpenAI's and Anthropic's SDKs tell in seconds. The least of them counts.
 */
function timeLeftMs(deps: GatewayDeps, { request, timeouts }: Admitted): number {
  const statedSeconds = Number(request.header("x-stainless-timeout") ?? Number.NaN);
  const statedMs = statedSeconds > 0 ? statedSeconds * 1_000 : Number.POSITIVE_INFINITY;
  const clientMs = statedMs - Math.min(CLIENT_MARGIN_MS, statedMs * CLIENT_MARGIN_SHARE);
  const ownMs = deps.limits.maxDurationMs - END_MARGIN_MS;
  return Math.max(1_000, Math.min(ownMs, clientMs, timeouts.totalMs ?? ownMs));
}
