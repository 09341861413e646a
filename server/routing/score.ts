import { ANSWER_UNITS, dearest, PROMPT_UNITS, type PriceVersion } from "@/server/catalog";
import type { EndpointHealth } from "./types";

/** Prompts are commonly several times longer than answers; this weighs the two prices into one figure to compare. */
const PROMPT_TOKENS_PER_ANSWER_TOKEN = 3n;
/** Without enough traffic an endpoint is taken for a good one, so that new ones get a chance. */
const ASSUMED_SUCCESS_SHARE = 0.99;
const LEAST_SUCCESS_SHARE = 0.05;
/** An endpoint that is this many times slower than the quickest counts as twice as dear, at most. */
const SLOWEST_RATIO = 5;

const known = new WeakMap<PriceVersion, bigint>();

/** One figure for a price list, in nano-USD per million tokens of a typical mix; only ever compared. */
export function blendedPrice(version: PriceVersion): bigint {
  let figure = known.get(version);
  if (figure === undefined) {
    figure = priceOf(version);
    known.set(version, figure);
  }
  return figure;
}

function priceOf(version: PriceVersion): bigint {
  const has = (unit: string) => version.prices.some((price) => price.unit === unit);
  if (has(PROMPT_UNITS[0])) {
    const answer = has(ANSWER_UNITS[0]) ? dearest(version, ANSWER_UNITS[0]) : 0n;
    return dearest(version, PROMPT_UNITS[0]) * PROMPT_TOKENS_PER_ANSWER_TOKEN + answer;
  }
  return version.prices.reduce((sum, price) => sum + price.platformNanoUsdPerMillion, 0n);
}

/**
 * The price that an answer costs once failures and waiting are reckoned in: price ÷ success², dearer when slow. Lower is
 * better.
 */
export function expectedPrice(
  version: PriceVersion,
  health: EndpointHealth | null,
  quickestFirstTokenMs: number | null,
): number {
  const success = Math.max(LEAST_SUCCESS_SHARE, health?.successShare ?? ASSUMED_SUCCESS_SHARE);
  return (Number(blendedPrice(version)) / success ** 2) * slowness(health, quickestFirstTokenMs);
}

function slowness(health: EndpointHealth | null, quickestMs: number | null): number {
  const ownMs = health?.firstTokenMsP50 ?? null;
  if (ownMs === null || quickestMs === null || quickestMs <= 0) return 1;
  const ratio = Math.min(SLOWEST_RATIO, ownMs / quickestMs);
  return 1 + (ratio - 1) / (SLOWEST_RATIO - 1);
}

/**
 * Is it cheaper to read the prompt from a warm cache here than to send it anew to the cheapest other endpoint? Unknown
 * cached prices are the full ones.
 */
export function cachePays(warm: PriceVersion, others: readonly PriceVersion[]): boolean {
  const has = (version: PriceVersion) => version.prices.some((price) => price.unit === PROMPT_UNITS[0]);
  if (!has(warm)) return false;
  const cached = dearest(warm, "cached_input");
  return others.every((other) => !has(other) || cached <= dearest(other, PROMPT_UNITS[0]));
}
