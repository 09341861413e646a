const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** From the end of one attempt to the next. The first attempt is made at once, so there are eight, over some 27 hours. */
export const RETRY_DELAYS_MS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  10 * HOUR,
];
const JITTER = 0.2;
/** A receiver may ask for more time, but not for a place in the queue for good. */
const MAX_RETRY_AFTER_MS = 10 * HOUR;
/** Nothing but failures for so long, with no longer silence than this in between: nobody is there. */
const DISABLE_AFTER_MS = 5 * DAY;
const MAX_SILENCE_MS = 2 * DAY;

/**
 * Milliseconds until the next attempt, or null when there is none.
 * @param step attempts made since the delivery was scheduled, at least 1
 * @param chance a number in [0, 1): the delay is moved by up to a fifth, so that what failed together does not return together
 */
export function nextDelayMs(step: number, retryAfterMs: number | null, chance: number): number | null {
  const delay = RETRY_DELAYS_MS[step - 1];
  if (delay === undefined) return null;
  const jittered = Math.round(delay * (1 + JITTER * (2 * chance - 1)));
  return Math.max(jittered, Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS));
}

/** `Retry-After` in milliseconds (RFC 9110 §10.2.3: seconds or a date); null when there is none or it says nothing. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * SECOND;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}

/** Since when an endpoint does nothing but fail, after one more failure at `nowMs`. */
export function failingSinceMs(
  before: { readonly sinceMs: number | null; readonly lastMs: number | null },
  nowMs: number,
): number {
  if (before.sinceMs === null || before.lastMs === null) return nowMs;
  return nowMs - before.lastMs > MAX_SILENCE_MS ? nowMs : before.sinceMs;
}

export function isGivenUp(sinceMs: number, nowMs: number): boolean {
  return nowMs - sinceMs >= DISABLE_AFTER_MS;
}
