import type { RateFigure, RateFigures } from "@/server/admission";

type Headers = Readonly<Record<string, string>>;

/** What is left of the limits a minute, under the names that the endpoint's clients look for. */
export type RateNames = (rates: RateFigures, nowMs: number) => Headers;

/** OpenAI's six, of the tighter of key and organization, and those of the endpoint's own; none where no counters were asked. */
export function rateHeaders(rates: RateFigures | null, own: RateNames | undefined, nowMs: number): Headers {
  return rates ? { ...openaiRates(rates), ...own?.(rates, nowMs) } : {};
}

function openaiRates({ requests, tokens }: RateFigures): Headers {
  const of = (name: string, { limit, remaining, resetMs }: RateFigure) => ({
    [`x-ratelimit-limit-${name}`]: String(limit),
    [`x-ratelimit-remaining-${name}`]: String(remaining),
    [`x-ratelimit-reset-${name}`]: toSpan(resetMs),
  });
  return { ...of("requests", requests), ...of("tokens", tokens) };
}

/** Anthropic's: https://docs.anthropic.com/en/api/rate-limits#response-headers. It tells the moment, not the span. */
export function anthropicRates({ requests, tokens }: RateFigures, nowMs: number): Headers {
  const of = (name: string, { limit, remaining, resetMs }: RateFigure) => ({
    [`anthropic-ratelimit-${name}-limit`]: String(limit),
    [`anthropic-ratelimit-${name}-remaining`]: String(remaining),
    [`anthropic-ratelimit-${name}-reset`]: new Date(nowMs + resetMs).toISOString(),
  });
  return { ...of("requests", requests), ...of("tokens", tokens) };
}

/** "6m0s", "1.5s", "20ms": the way OpenAI writes a span of time. */
export function toSpan(ms: number): string {
  if (ms < 1_000) return `${ms}ms`;
  const seconds = (ms % 60_000) / 1_000;
  return ms < 60_000 ? `${seconds}s` : `${Math.floor(ms / 60_000)}m${Math.floor(seconds)}s`;
}
