import type { RateFigure, RateFigures } from "@/server/admission";

type Headers = Readonly<Record<string, string>>;

/** What is left of the limits a minute, under the names that the endpoint's clients look for. */
export type RateNames = (rates: RateFigures, nowMs: number) => Headers;

/** OpenAI's six, of the tighter of key and organization, and those of the endpoint's own; none where no counters were asked. */
export function rateHeaders(rates: RateFigures | null, own: RateNames | undefined, nowMs: number): Headers {
  if (!rates) return {};
  const openai = openaiRates(rates);
  return own ? Object.assign(openai, own(rates, nowMs)) : openai;
}

function openaiRates({ requests, tokens }: RateFigures): Headers {
  return {
    "x-ratelimit-limit-requests": String(requests.limit),
    "x-ratelimit-remaining-requests": String(requests.remaining),
    "x-ratelimit-reset-requests": toSpan(requests.resetMs),
    "x-ratelimit-limit-tokens": String(tokens.limit),
    "x-ratelimit-remaining-tokens": String(tokens.remaining),
    "x-ratelimit-reset-tokens": toSpan(tokens.resetMs),
  };
}

/** Anthropic's: https://docs.anthropic.com/en/api/rate-limits#response-headers. It tells the moment, not the span. */
export function anthropicRates({ requests, tokens }: RateFigures, nowMs: number): Headers {
  const moment = ({ resetMs }: RateFigure) => new Date(nowMs + resetMs).toISOString();
  return {
    "anthropic-ratelimit-requests-limit": String(requests.limit),
    "anthropic-ratelimit-requests-remaining": String(requests.remaining),
    "anthropic-ratelimit-requests-reset": moment(requests),
    "anthropic-ratelimit-tokens-limit": String(tokens.limit),
    "anthropic-ratelimit-tokens-remaining": String(tokens.remaining),
    "anthropic-ratelimit-tokens-reset": moment(tokens),
  };
}

/** "6m0s", "1.5s", "20ms": the way OpenAI writes a span of time. */
export function toSpan(ms: number): string {
  if (ms < 1_000) return `${ms}ms`;
  const seconds = (ms % 60_000) / 1_000;
  return ms < 60_000 ? `${seconds}s` : `${Math.floor(ms / 60_000)}m${Math.floor(seconds)}s`;
}
