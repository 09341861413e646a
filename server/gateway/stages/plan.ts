import { ANSWER_UNITS, dearest, PROMPT_UNITS, type PriceVersion, type UsageUnit } from "@/server/catalog";
import { roundPriceSum } from "@/server/platform/money";
import type { Api, Candidate, Demand, Operation } from "../operation";
import type { Authenticated, GatewayDeps } from "../types";
import { type Routed, route } from "./route";

export interface Planned extends Authenticated, Routed {
  readonly api: Api;
  readonly operation: Operation;
  /** Upper bound of the prompt's tokens, and of what else is used. */
  readonly demand: Demand;
  /** Output limit per choice that the provider will be given. */
  readonly outputTokens: number;
  /** True when we chose the limit because money is short. */
  readonly isClamped: boolean;
  /** Worst case at the dearest candidate, nano-USD. */
  readonly reserveNanoUsd: bigint;
}

const LEAST_CLAMPED_TOKENS = 256;

/**
 * Authenticated → Planned. Reads the body, finds who can answer and what that can cost at most.
 * @throws AppError invalid_json, invalid_request, and what the routing stage throws
 */
export async function plan(deps: GatewayDeps, api: Api, authenticated: Authenticated): Promise<Planned> {
  const operation = await api.read(authenticated, deps);
  const routed = await route(deps, authenticated, operation, api.makes);
  const demand = operation.bound();
  const outputTokens =
    operation.outputLimit?.tokens ?? defaultOutputTokens(routed.candidates, demand.promptTokens);
  return priceWorstCase({
    api,
    operation,
    demand,
    outputTokens,
    isClamped: false,
    // Named here, so that a copy with another amount has the same shape: see decision 0004.
    reserveNanoUsd: 0n,
    ...authenticated,
    ...routed,
  });
}

/**
 * The same plan with as little money as it can do with: the prompt counted exactly and, if the client named no limit,
 * the output cut to what `availableNanoUsd` carries (at least 256 tokens).
 */
export async function tightenPlan(
  deps: GatewayDeps,
  planned: Planned,
  availableNanoUsd: bigint,
): Promise<Planned> {
  const { operation, demand } = planned;
  const exact = await operation.tightBound(deps.countTokens);
  const tight = priceWorstCase({
    ...planned,
    demand: { ...exact, promptTokens: Math.min(demand.promptTokens, exact.promptTokens) },
  });
  if (tight.reserveNanoUsd <= availableNanoUsd || operation.outputLimit || operation.choices === 0)
    return tight;
  const affordable = affordableTokens(tight, availableNanoUsd);
  if (affordable < LEAST_CLAMPED_TOKENS) return tight;
  return priceWorstCase({
    ...tight,
    outputTokens: Math.min(tight.outputTokens, affordable),
    isClamped: true,
  });
}

/** Output tokens per choice that an amount of nano-USD carries after the rest; 0 when not even the prompt fits. */
export function affordableTokens(planned: Planned, amountNanoUsd: bigint): number {
  let least = Number.MAX_SAFE_INTEGER;
  for (const { priceVersion } of planned.candidates) {
    const left = amountNanoUsd * 1_000_000n - priceOfDemand(priceVersion, planned.demand);
    const perToken = boundsOf(priceVersion).answer * BigInt(planned.operation.choices);
    const tokens = left <= 0n ? 0 : perToken === 0n ? least : Number(left / perToken);
    least = Math.min(least, tokens);
  }
  return least;
}

/** The output limit per choice as this candidate gets it. */
export function outputTokensFor(planned: Planned, candidate: Candidate): number {
  return Math.min(planned.outputTokens, candidate.maxOutputTokens ?? planned.outputTokens);
}

function priceWorstCase(planned: Planned): Planned {
  let reserveNanoUsd = 0n;
  for (const candidate of planned.candidates) {
    const worst = worstCaseOf(planned, candidate);
    if (worst > reserveNanoUsd) reserveNanoUsd = worst;
  }
  return { ...planned, reserveNanoUsd };
}

/** The most that the request can cost at one candidate, nano-USD. */
export function worstCaseOf(planned: Planned, { priceVersion }: Candidate): bigint {
  const output = BigInt(planned.outputTokens) * BigInt(planned.operation.choices);
  return roundPriceSum(
    priceOfDemand(priceVersion, planned.demand) + (output > 0n ? output * boundsOf(priceVersion).answer : 0n),
  );
}

/** Σ quantity × dearest price of everything but generated tokens; nano-USD per million. */
function priceOfDemand(version: PriceVersion, demand: Demand): bigint {
  const { promptTokens } = demand;
  const units = { ...demand.units, ...demand.unitsFor?.(version) };
  const bounds = boundsOf(version);
  let sum = bounds.request + (promptTokens > 0 ? BigInt(promptTokens) * bounds.prompt : 0n);
  for (const [unit, quantity] of Object.entries(units)) sum += quantity * dearest(version, unit as UsageUnit);
  return sum;
}

interface PriceBounds {
  readonly prompt: bigint;
  readonly answer: bigint;
  readonly request: bigint;
}

const knownBounds = new WeakMap<PriceVersion, PriceBounds>();

/** Dearest prices of a version in nano-USD per million; versions never change, so they are worked out once. */
function boundsOf(version: PriceVersion): PriceBounds {
  const known = knownBounds.get(version);
  if (known) return known;
  const prices = (unit: UsageUnit) => version.prices.some((price) => price.unit === unit);
  const bounds = {
    // A model that is priced by the image or the second has no price per token, and uses none.
    prompt: prices("input") ? dearest(version, ...PROMPT_UNITS) : 0n,
    answer: prices("output") ? dearest(version, ...ANSWER_UNITS) : 0n,
    request: prices("request") ? dearest(version, "request") : 0n,
  };
  knownBounds.set(version, bounds);
  return bounds;
}

function defaultOutputTokens(candidates: readonly Candidate[], promptTokenBound: number): number {
  const limits = candidates.map((endpoint) =>
    Math.min(
      endpoint.maxOutputTokens ?? endpoint.contextLength,
      Math.max(LEAST_CLAMPED_TOKENS, endpoint.contextLength - promptTokenBound),
    ),
  );
  return Math.max(...limits);
}
