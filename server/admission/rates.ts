import type { RateLimits, RateUse } from "@/server/ledger";
import { DEFAULT_RATES, type RateFigure, type RateFigures } from "./contract";

/**
 * GCRA: one number per limit, the theoretical arrival time of the next unit. A full minute's allowance may be used at once, and
 * refills evenly. The Lua script computes the same with the same doubles.
 */
const MINUTE_MS = 60_000;
/** Doubles are not exact at fractions of a millisecond; this much is never a refusal. */
const NOISE_MS = 0.001;

export interface Taken {
  readonly tat: number;
  /** Milliseconds until it would pass; 0 when it passes now. */
  readonly retryAfterMs: number;
}

/** What taking `cost` units would do. A cost above the whole allowance counts as the allowance, or it could never pass. */
export function take(tat: number, nowMs: number, limit: number, cost: number): Taken {
  const next = Math.max(tat, nowMs) + (Math.min(cost, limit) * MINUTE_MS) / limit;
  const early = next - MINUTE_MS - nowMs;
  return { tat: next, retryAfterMs: early > NOISE_MS ? Math.ceil(early) : 0 };
}

/** Corrects what was taken beforehand to what it really was. */
export function correct(tat: number, limit: number, taken: number, actual: number): number {
  return tat + ((actual - Math.min(taken, limit)) * MINUTE_MS) / limit;
}

function figure(tat: number, nowMs: number, limit: number): RateFigure {
  const ahead = Math.max(tat - nowMs, 0);
  const remaining = Math.floor(((MINUTE_MS - ahead) * limit) / MINUTE_MS + NOISE_MS);
  return { limit, remaining: Math.max(remaining, 0), resetMs: Math.ceil(ahead) };
}

function tighter(a: RateFigure, b: RateFigure): RateFigure {
  return b.remaining < a.remaining || (b.remaining === a.remaining && b.limit < a.limit) ? b : a;
}

/** The same by what Postgres knows; null of somebody that it does not know. */
export function figuresOf(uses: readonly RateUse[]): RateFigures | null {
  const of = (which: "requests" | "tokens") =>
    uses
      .map((use): RateFigure => {
        const limit = limitIn(use)[which];
        return {
          limit,
          remaining: Math.max(limit - use[which], 0),
          resetMs: Math.min(use.resetMs, MINUTE_MS),
        };
      })
      .reduce(tighter);
  return uses.length === 0 ? null : { requests: of("requests"), tokens: of("tokens") };
}

function limitIn({ scope, requestLimit, tokenLimit }: RateUse): Rates {
  return ratesOf(scope, { requests: requestLimit, tokens: tokenLimit, concurrent: null });
}

export type Rates = { readonly [name in keyof RateLimits]: number };

export function ratesOf(scope: "key" | "organization", named: RateLimits): Rates {
  const own = DEFAULT_RATES[scope];
  return {
    requests: named.requests ?? own.requests,
    tokens: named.tokens ?? own.tokens,
    concurrent: named.concurrent ?? own.concurrent,
  };
}

export interface RateScope {
  readonly scope: "key" | "organization";
  readonly id: string;
  readonly rates: Rates;
}

export function figures(
  scopes: readonly RateScope[],
  tats: ReadonlyMap<string, number>,
  nowMs: number,
): RateFigures {
  const of = (which: "requests" | "tokens") =>
    scopes
      .map(({ id, rates }) => figure(tats.get(`${which}:${id}`) ?? 0, nowMs, rates[which]))
      .reduce(tighter);
  return { requests: of("requests"), tokens: of("tokens") };
}
