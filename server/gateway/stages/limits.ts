import type { GateVerdict } from "@/server/admission";
import { AppError } from "@/server/platform/errors";
import { type NanoUsd, parseUsd, toUsdNumber } from "@/server/platform/money";
import type { GatewayDeps } from "../types";
import { affordableTokens, type Planned } from "./plan";
import { rateHeaders, toSpan } from "./rate-headers";

/**
 * A body's `max_cost_usd`: the most that this one call may cost, nano-USD; null when it names none.
 * @throws AppError invalid_request
 */
export function maxCostOf(value: unknown): NanoUsd | null {
  if (value === undefined || value === null) return null;
  const amount =
    typeof value === "number" && Number.isFinite(value) && value > 0 && value <= 1_000_000
      ? parseUsd(value.toFixed(9))
      : null;
  if (amount) return amount;
  throw new AppError("invalid_request", {
    message: "`max_cost_usd` must be a number above 0 and of at most 1000000.",
    param: "max_cost_usd",
  });
}

export type Refused = Exclude<GateVerdict, { kind: "admitted" }>;
type Short = Exclude<Refused, { kind: "limited" }>;

/** What the money or the budget that refused could still carry, nano-USD. */
export function roomOf(refused: Short): NanoUsd {
  if (refused.kind === "insufficient") return refused.availableNanoUsd;
  const { limit, spent, reserved } = refused.cap;
  const room = limit - spent - reserved;
  return room > 0n ? room : 0n;
}

export function refusalOf(deps: GatewayDeps, planned: Planned, refused: Refused): AppError {
  const headers = rateHeaders(refused.rates, planned.api.rates, deps.clock.nowMs());
  if (refused.kind === "limited") return rateLimited(refused, headers);
  return refused.kind === "insufficient"
    ? insufficient(deps, planned, refused, headers)
    : overBudget(planned, refused, headers);
}

type Headers = ReturnType<typeof rateHeaders>;

function rateLimited({ rate }: Extract<Refused, { kind: "limited" }>, headers: Headers): AppError {
  const what = { requests: "requests a minute", tokens: "tokens a minute", concurrent: "requests at once" };
  const owner = rate.scope === "key" ? "this API key" : "the organization";
  const seconds = Math.max(1, Math.ceil(rate.retryAfterMs / 1_000));
  return new AppError("rate_limit_exceeded", {
    message: `The limit of ${rate.limit} ${what[rate.which]} of ${owner} is reached. Try again in ${toSpan(rate.retryAfterMs)}.`,
    metadata: {
      scope: rate.scope,
      limit_type: rate.which,
      limit: rate.limit,
      retry_after_ms: rate.retryAfterMs,
    },
    retryAfterSeconds: seconds,
    headers: { ...headers, "retry-after-ms": String(rate.retryAfterMs) },
  });
}

function insufficient(
  deps: GatewayDeps,
  planned: Planned,
  { availableNanoUsd }: Extract<Refused, { kind: "insufficient" }>,
  headers: Headers,
): AppError {
  const affordable = affordableTokens(planned, availableNanoUsd);
  const needed = toUsdNumber(planned.reserveNanoUsd);
  const available = toUsdNumber(availableNanoUsd);
  return new AppError("insufficient_balance", {
    message:
      `This request needs up to $${needed} reserved (${planned.outputTokens} output tokens requested), but $${available} is available, ` +
      `which carries ${affordable} output tokens. Add funds at ${deps.topUpUrl} or lower the output limit.`,
    ...(planned.operation.outputLimit ? { param: planned.operation.outputLimit.parameter } : {}),
    metadata: {
      needed_usd: needed,
      available_usd: available,
      requested_max_tokens: planned.outputTokens,
      affordable_max_tokens: affordable,
      top_up_url: deps.topUpUrl,
    },
    headers,
  });
}

function overBudget(
  planned: Planned,
  refused: Extract<Refused, { kind: "capped" }>,
  headers: Headers,
): AppError {
  const { cap } = refused;
  const room = roomOf(refused);
  const affordable = affordableTokens(planned, room);
  const resetsAt = cap.resetsAtMs === null ? null : new Date(cap.resetsAtMs).toISOString();
  const usd = (amount: NanoUsd) => toUsdNumber(amount);
  return new AppError("budget_exceeded", {
    message:
      `The ${WINDOWS[cap.window] ?? ""} budget of ${OWNERS[cap.scope]} ($${usd(cap.limit)}) cannot carry this request: $${usd(cap.spent)} is spent, ` +
      `$${usd(cap.reserved)} is reserved, and it needs up to $${usd(planned.reserveNanoUsd)}. ` +
      (resetsAt ? `It resets at ${resetsAt}.` : "It does not reset by itself."),
    ...(planned.operation.outputLimit ? { param: planned.operation.outputLimit.parameter } : {}),
    metadata: {
      scope: cap.scope,
      scope_id: cap.scopeId,
      budget_id: cap.id,
      window: cap.window,
      limit_usd: usd(cap.limit),
      limit: usd(cap.limit),
      spent: usd(cap.spent),
      reserved: usd(cap.reserved),
      needed_usd: usd(planned.reserveNanoUsd),
      resets_at: resetsAt,
      requested_max_tokens: planned.outputTokens,
      affordable_max_tokens: affordable,
    },
    headers,
  });
}

/** The refusal of a call that may cost more than its own `max_cost_usd`. */
export function overMaxCost(planned: Planned, maxCostNanoUsd: NanoUsd): AppError {
  const affordable = affordableTokens(planned, maxCostNanoUsd);
  const limit = toUsdNumber(maxCostNanoUsd);
  const needed = toUsdNumber(planned.reserveNanoUsd);
  return new AppError("budget_exceeded", {
    message:
      `\`max_cost_usd\` of $${limit} cannot carry this request: it may cost up to $${needed} with ${planned.outputTokens} output tokens. ` +
      `The limit carries ${affordable} output tokens.`,
    param: "max_cost_usd",
    metadata: {
      scope: "request",
      limit,
      needed_usd: needed,
      resets_at: null,
      requested_max_tokens: planned.outputTokens,
      affordable_max_tokens: affordable,
    },
  });
}

const OWNERS = {
  organization: "the organization",
  project: "the project",
  member: "the member",
  key: "this API key",
} as const;

const WINDOWS: Readonly<Record<string, string>> = {
  "5h": "five-hour",
  day: "daily",
  week: "weekly",
  month: "monthly",
  total: "total",
};
