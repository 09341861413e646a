import type { AttemptRecord } from "@/db/schema";
import { AppError } from "@/server/platform/errors";
import { collect, prepareCall, toRefusal, UpstreamFailure } from "@/server/providers";
import { isReady } from "@/server/routing";
import type { Answer, Candidate } from "../operation";
import type { GatewayDeps } from "../types";
import type { Admitted } from "./admit";
import { awaitAnswer, isPending } from "./await-answer";
import { contentOf } from "./follow";
import { type OpenedStream, openStream } from "./open-stream";
import { outputTokensFor } from "./plan";

interface CalledBase {
  readonly admitted: Admitted;
  readonly candidate: Candidate;
  readonly attempts: readonly AttemptRecord[];
  /** When the attempt that answers was sent. */
  readonly sentAtMs: number;
  readonly firstByteAtMs: number;
}

/** The provider's complete answer. */
export interface CalledWhole extends CalledBase {
  readonly kind: "whole";
  readonly answer: Answer;
}

/** A stream whose first meaningful event has arrived and is no error. */
export interface CalledStream extends CalledBase, OpenedStream {}

export type Called = CalledWhole | CalledStream;

/** Every allowed attempt failed. Carries the attempts, so that the log can show them at $0. */
export class CallFailed extends Error {
  constructor(
    readonly publicError: AppError,
    readonly attempts: readonly AttemptRecord[],
  ) {
    super(publicError.message);
  }
}

/** Reason of an abort that is ours and not the client's: a request may only take so long. */
export const TIME_IS_UP = "time is up";

const LONGEST_FIRST_TOKEN_MS = 60_000;
const SHORTEST_FIRST_TOKEN_MS = 5_000;
/** A provider that needs this many times its usual worst has hung. */
const FIRST_TOKEN_PATIENCE = 3;
const IDLE_TIMEOUT_MS = 120_000;
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
const MAX_ATTEMPTS = 4;

/**
 * Admitted → Called. Tries the candidates in order until one has delivered a first meaningful event (or a whole answer);
 * an error inside a 200 stream before that counts as a failed attempt. Failed attempts cost nothing.
 * @throws CallFailed
 */
export async function call(deps: GatewayDeps, admitted: Admitted, signal: AbortSignal): Promise<Called> {
  const { board } = deps.routing;
  const attempts: AttemptRecord[] = [];
  let last: UpstreamFailure | null = null;
  let lastTried: Candidate | null = null;
  const untried = [...admitted.candidates];
  for (let candidate = untried.shift(); candidate; candidate = untried.shift()) {
    if (attempts.length >= MAX_ATTEMPTS || !mayTry(deps, candidate, last, lastTried)) continue;
    lastTried = candidate;
    const startedAtMs = deps.clock.nowMs();
    board.sent(candidate.id);
    try {
      const isLast = attempts.length + 1 >= MAX_ATTEMPTS || !untried.some(({ tried }) => tried === "always");
      const called = await attempt(deps, admitted, candidate, { signal, isLast });
      attempts.push(toRecord(deps, candidate, startedAtMs, 200, "ok"));
      board.answered(candidate.id);
      remember(deps, admitted, candidate);
      return {
        admitted,
        candidate,
        attempts,
        sentAtMs: startedAtMs,
        firstByteAtMs: deps.clock.nowMs(),
        ...called,
      };
    } catch (thrown) {
      last = toUpstreamFailure(thrown);
      const reason = signal.reason === TIME_IS_UP ? "timeout" : last.reason;
      attempts.push(toRecord(deps, candidate, startedAtMs, last.status, reason));
      report(deps, candidate, last, signal);
      deps.log.warn(
        {
          generationId: admitted.generationId,
          provider: candidate.provider.slug,
          reason,
          detail: last.message,
        },
        "attempt failed",
      );
      if (signal.aborted) break;
      // Refused for its key, and the provider has another: the same endpoint once more, before anybody else.
      if (last.keyFreshInMs === 0) untried.unshift(candidate);
    }
  }
  throw new CallFailed(toPublicError(last, attempts, signal), attempts);
}

/** The first one always; another one after a fault of the provider, within its retry budget, or on the ground it is for. */
function mayTry(
  deps: GatewayDeps,
  candidate: Candidate,
  last: UpstreamFailure | null,
  lastTried: Candidate | null,
): boolean {
  const { routing } = deps;
  if (last === null) {
    routing.retryBudget.noteRequest(candidate.provider.slug);
    return true;
  }
  if (last.ground === "context_length") return candidate.tried === "on_context_length";
  if (last.ground === "content_policy") return candidate.tried === "on_content_policy";
  if (!last.mayFallBack || candidate.tried !== "always") return false;
  if (lastTried === null) return true;
  // Once it is out or rests only what was under way there still fails: no storm, so whoever is healthy takes it over.
  if (!isReadyNow(deps, lastTried) && isReadyNow(deps, candidate)) return true;
  return routing.retryBudget.takeRetry(lastTried.provider.slug);
}

function isReadyNow({ routing, clock }: GatewayDeps, { id }: Candidate): boolean {
  const health = routing.board.healthOf(id);
  return health === null || isReady(health.breaker, clock.nowMs());
}

/**
 * What the attempt shows of the endpoint's health. What the request itself caused, the endpoint answered properly; what one
 * of several keys caused says nothing of it.
 */
function report(
  { routing }: GatewayDeps,
  { id }: Candidate,
  failure: UpstreamFailure,
  signal: AbortSignal,
): void {
  if (signal.aborted && signal.reason !== TIME_IS_UP) return;
  if (!failure.mayFallBack) routing.board.answered(id);
  else if (failure.keyFreshInMs === 0) return;
  else if (failure.status === 429) {
    const statedMs = (failure.retryAfterSeconds ?? 0) * 1_000;
    // Of several keys the first that is back ends the pause.
    const retryAfterMs = Math.min(statedMs, failure.keyFreshInMs ?? statedMs);
    routing.board.report(id, { outcome: "rate_limited", retryAfterMs });
  } else routing.board.report(id, { outcome: "failure" });
}

function remember({ routing }: GatewayDeps, { key, session, model }: Admitted, candidate: Candidate): void {
  if (session !== null) routing.sessions.remember(key.organizationId, session, model.slug, candidate.id);
}

function toRecord(
  { clock }: GatewayDeps,
  { id, provider }: Candidate,
  startedAtMs: number,
  status: number | null,
  reason: string,
): AttemptRecord {
  return { provider: provider.slug, endpointId: id, status, durationMs: clock.nowMs() - startedAtMs, reason };
}

/** How long this endpoint may stay silent: three times its usual worst, within bounds; a policy's word binds. */
function firstTokenTimeoutMs({ routing }: GatewayDeps, { timeouts }: Admitted, candidate: Candidate): number {
  const worstMs = routing.board.healthOf(candidate.id)?.firstTokenMsP99 ?? LONGEST_FIRST_TOKEN_MS;
  const patienceMs = Math.max(SHORTEST_FIRST_TOKEN_MS, Math.ceil(worstMs * FIRST_TOKEN_PATIENCE));
  return Math.min(patienceMs, timeouts.firstTokenMs ?? LONGEST_FIRST_TOKEN_MS, LONGEST_FIRST_TOKEN_MS);
}

type Attempted = Pick<CalledWhole, "kind" | "answer"> | OpenedStream;

async function attempt(
  deps: GatewayDeps,
  admitted: Admitted,
  candidate: Candidate,
  { signal, isLast }: { readonly signal: AbortSignal; readonly isLast: boolean },
): Promise<Attempted> {
  const { operation, timeouts } = admitted;
  const firstTokenMs = firstTokenTimeoutMs(deps, admitted, candidate);
  const exchange = await operation.exchange(candidate, {
    generationId: admitted.generationId,
    model: candidate.modelSlug,
    receivedAtMs: admitted.receivedAtMs,
    outputTokens: outputTokensFor(admitted, candidate),
    addressOf: (url) => deps.contents.addressOf(contentOf(url, candidate.provider)),
  });
  const prepared = await prepareCall(candidate.provider, exchange);
  const sentAtMs = deps.clock.nowMs();
  const answer = await deps.upstream.send({
    url: prepared.url,
    headers: prepared.headers,
    body: prepared.body,
    firstByteTimeoutMs: operation.stream ? firstTokenMs : deps.limits.maxDurationMs,
    idleTimeoutMs: operation.stream ? IDLE_TIMEOUT_MS : deps.limits.maxDurationMs,
    signal,
  });
  if (answer.status < 200 || answer.status > 299) {
    throw await toRefusal(candidate.provider, prepared, answer, exchange.readError);
  }
  if (operation.stream) {
    // Whoever has answered with headers is at work, or thinks: with nobody left to ask, waiting is better than giving up.
    const mayThink = isLast && timeouts.firstTokenMs === null;
    const leftMs = mayThink ? null : sentAtMs + firstTokenMs - deps.clock.nowMs();
    return openStream(answer.body, exchange.openStream(), leftMs);
  }
  const read = exchange.readWhole(await collect(answer.body, MAX_ANSWER_BYTES), answer.header);
  const whole =
    read && isPending(read) ? await awaitAnswer(deps, { admitted, candidate, signal }, read) : read;
  if (!whole) throw new UpstreamFailure({ reason: "bad_answer", status: 200, mayFallBack: true });
  return { kind: "whole", answer: whole };
}

function toUpstreamFailure(thrown: unknown): UpstreamFailure {
  if (thrown instanceof UpstreamFailure) return thrown;
  return new UpstreamFailure({
    reason: "gateway_error",
    status: null,
    mayFallBack: true,
    internal: String(thrown),
  });
}

function toPublicError(
  last: UpstreamFailure | null,
  attempts: readonly AttemptRecord[],
  signal: AbortSignal,
): AppError {
  const isTimeUp = signal.aborted && signal.reason === TIME_IS_UP;
  if (signal.aborted && !isTimeUp && last?.reason === "aborted") {
    return new AppError("client_closed_request", {
      message: "The request was ended before an answer was complete.",
    });
  }
  if (last && !last.mayFallBack && !isTimeUp) {
    const code = last.status === 413 ? "request_too_large" : "invalid_request";
    return new AppError(code, {
      message: last.publicMessage ?? "The provider refused the request.",
      ...(last.param ? { param: last.param } : {}),
    });
  }
  const metadata = {
    attempts: attempts.map(({ provider, status, durationMs, reason }) => ({
      provider,
      status,
      duration_ms: durationMs,
      reason,
    })),
  };
  const isTimeout =
    isTimeUp || (attempts.length > 0 && attempts.every(({ reason }) => reason.endsWith("timeout")));
  return isTimeout
    ? new AppError("upstream_timeout", { message: "No provider answered in time.", metadata })
    : new AppError("upstream_error", {
        message: "Every provider that could be tried has failed. You were not charged.",
        metadata,
        ...(last?.retryAfterSeconds ? { retryAfterSeconds: last.retryAfterSeconds } : {}),
      });
}
