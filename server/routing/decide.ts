import { matchesAny } from "@/server/organizations";
import { isReady, stateOf } from "./breaker";
import { exclusionOf } from "./exclude";
import type { SortKey } from "./preferences";
import { blendedPrice, expectedPrice } from "./score";
import type {
  Decision,
  DecisionInput,
  Exclusion,
  RankedRoute,
  RoutableEndpoint,
  RoutableModel,
  Route,
} from "./types";

const DEFAULT_FALLBACK_PREMIUM = 0.5;
const PERCENT = 100;
const LEAST_WEIGHT = 1e-6;

/**
 * Who is asked, and in which order: what policies, data policies and capabilities forbid goes out with its reason, the
 * rest is put in order. Pure. The order is a permutation of what is allowed, except that fallbacks which are too dear or
 * switched off go out as well.
 */
export function decide<Model extends RoutableModel, Endpoint extends RoutableEndpoint>(
  input: DecisionInput<Model, Endpoint>,
): Decision<Model, Endpoint> {
  const excluded: Exclusion[] = [];
  const allowed = input.routes.filter((route) => {
    const verdict = exclusionOf(route, input);
    if (verdict) excluded.push(toExclusion(route, verdict[0], verdict[1]));
    return verdict === null;
  });
  const ordered = inOrder(allowed, input);
  return guardFallbacks(ordered, excluded, input);
}

interface Ranking {
  /** Compared from the first figure on; lower is tried earlier. */
  readonly figures: readonly number[];
  readonly because: readonly string[];
}

function inOrder<Model extends RoutableModel, Endpoint extends RoutableEndpoint>(
  routes: readonly Route<Model, Endpoint>[],
  input: DecisionInput<Model, Endpoint>,
): RankedRoute<Model, Endpoint>[] {
  const quickestMs = quickest(routes, input);
  const lots = drawLots(routes, input.random);
  const modelIndex = new Map(
    [...new Set(input.routes.map(({ model }) => model.slug))].map((slug, at) => [slug, at]),
  );
  const ranked = routes.map((route) => ({
    route,
    ranking: rank(
      route,
      input,
      quickestMs,
      lots.get(route.endpoint.id) ?? 0,
      modelIndex.get(route.model.slug) ?? 0,
    ),
  }));
  ranked.sort(
    (a, b) =>
      compare(a.ranking.figures, b.ranking.figures) || (a.route.endpoint.id < b.route.endpoint.id ? -1 : 1),
  );
  return ranked.map(({ route, ranking }) => ({ because: ranking.because, ...route }));
}

function rank<Model extends RoutableModel, Endpoint extends RoutableEndpoint>(
  { endpoint }: Route<Model, Endpoint>,
  input: DecisionInput<Model, Endpoint>,
  quickestMs: number | null,
  lot: number,
  modelIndex: number,
): Ranking {
  const { preferences, policies, nowMs } = input;
  const health = input.healthOf(endpoint.id);
  const because: string[] = [];
  const isUsable = health === null || isReady(health.breaker, nowMs);
  if (health && !isUsable) because.push(unusableBecause(health.breaker, nowMs));
  const place = orderPlace(endpoint.provider.slug, [
    preferences.order,
    ...policies.map((one) => one.providerOrder),
  ]);
  if (place !== null) because.push(`place ${place + 1} of the stated order`);
  const isSticky = input.stickyEndpointId === endpoint.id && place === null;
  if (isSticky) because.push("answered this session before, so its prompt cache is warm");
  const isBeyondWish = missesWish(health, preferences);
  if (isBeyondWish) because.push("misses the stated throughput or latency");
  const sort = preferences.sort ?? policies.find((policy) => policy.sort !== null)?.sort ?? null;
  const score = sortFigure(sort, endpoint, health, quickestMs);
  because.push(
    sort === null ? `priority ${endpoint.priority}, then price weighed against health` : `sorted by ${sort}`,
  );
  return {
    because,
    figures: [
      preferences.mixesModels ? 0 : modelIndex,
      isUsable ? 0 : 1,
      place ?? Number.MAX_SAFE_INTEGER,
      isSticky ? 0 : 1,
      isBeyondWish ? 1 : 0,
      sort === null ? endpoint.priority : 0,
      sort === null ? lot : 0,
      score,
    ],
  };
}

function unusableBecause(breaker: Parameters<typeof stateOf>[0], nowMs: number): string {
  if (breaker.forced === "open") return "taken out by the operator";
  const state = stateOf(breaker, nowMs);
  if (state === "open") return "its circuit breaker is open, so it is tried last";
  if (state === "half_open") return "a trial request is under way, so it is tried last";
  return "it asked for a pause, so it is tried last";
}

function sortFigure(
  sort: SortKey | null,
  endpoint: RoutableEndpoint,
  health: ReturnType<DecisionInput<never, never>["healthOf"]>,
  quickestMs: number | null,
): number {
  if (sort === "latency") return health?.firstTokenMsP50 ?? Number.MAX_SAFE_INTEGER;
  if (sort === "throughput") return -(health?.tokensPerSecondP50 ?? 0);
  if (endpoint.priceVersion === null) return Number.MAX_SAFE_INTEGER;
  return sort === "price"
    ? Number(blendedPrice(endpoint.priceVersion))
    : expectedPrice(endpoint.priceVersion, health, quickestMs);
}

function missesWish(
  health: ReturnType<DecisionInput<never, never>["healthOf"]>,
  { leastThroughput, mostLatencyMs }: DecisionInput<never, never>["preferences"],
): boolean {
  const { tokensPerSecondP50 = null, firstTokenMsP50 = null } = health ?? {};
  return (
    (leastThroughput !== null && tokensPerSecondP50 !== null && tokensPerSecondP50 < leastThroughput) ||
    (mostLatencyMs !== null && firstTokenMsP50 !== null && firstTokenMsP50 > mostLatencyMs)
  );
}

/** Place in the first of the lists that names the provider. */
function orderPlace(slug: string, lists: readonly (readonly string[])[]): number | null {
  const list = lists.find((names) => names.length > 0);
  const at = list?.findIndex((name) => matchesAny([name], slug)) ?? -1;
  return at === -1 ? null : at;
}

function quickest<Model extends RoutableModel, Endpoint extends RoutableEndpoint>(
  routes: readonly Route<Model, Endpoint>[],
  { healthOf }: DecisionInput<Model, Endpoint>,
): number | null {
  const known = routes.flatMap(({ endpoint }) => healthOf(endpoint.id)?.firstTokenMsP50 ?? []);
  return known.length === 0 ? null : Math.min(...known);
}

/**
 * A weighted order among endpoints of one model and priority, so that each comes first in its share of the requests
 * (Efraimidis and Spirakis). Where the operator set no weights apart, everybody draws 0 and the score decides.
 */
function drawLots(
  routes: readonly Route<RoutableModel, RoutableEndpoint>[],
  random: () => number,
): Map<string, number> {
  const peers = new Map<string, RoutableEndpoint[]>();
  for (const { model, endpoint } of routes) {
    const group = `${model.slug}\n${endpoint.priority}`;
    peers.set(group, [...(peers.get(group) ?? []), endpoint]);
  }
  const lots = new Map<string, number>();
  for (const group of peers.values()) {
    const isWeighted = group.some((endpoint) => endpoint.weight !== group[0]?.weight);
    for (const { id, weight } of group) {
      const lot = Math.max(random(), Number.MIN_VALUE) ** (1 / Math.max(weight, LEAST_WEIGHT));
      lots.set(id, isWeighted ? -lot : 0);
    }
  }
  return lots;
}

/** Takes out fallbacks that nobody asked for by name and that cost too much more than the first choice. */
function guardFallbacks<Model extends RoutableModel, Endpoint extends RoutableEndpoint>(
  ordered: readonly RankedRoute<Model, Endpoint>[],
  excluded: Exclusion[],
  { preferences, policies }: DecisionInput<Model, Endpoint>,
): Decision<Model, Endpoint> {
  const [first, ...rest] = ordered;
  if (!first?.endpoint.priceVersion) return { routes: ordered, excluded };
  if (!preferences.allowFallbacks || policies.some((policy) => !policy.allowFallbacks)) {
    for (const route of rest)
      excluded.push(toExclusion(route, "fallbacks_off", "fallbacks are switched off"));
    return { routes: [first], excluded };
  }
  const premium = premiumOf(preferences.maxFallbackPremium, policies);
  const most = Number(blendedPrice(first.endpoint.priceVersion)) * (1 + premium);
  const routes = [first];
  for (const route of rest) {
    const isOtherModel = route.model.slug !== first.model.slug;
    const isNamed =
      (isOtherModel && preferences.models.includes(route.model.slug)) ||
      orderPlace(route.endpoint.provider.slug, [preferences.order]) !== null;
    const isDear =
      route.endpoint.priceVersion === null || Number(blendedPrice(route.endpoint.priceVersion)) > most;
    if (isNamed || !isDear) routes.push(route);
    else
      excluded.push(
        toExclusion(
          route,
          "fallback_premium",
          `costs over ${Math.round(premium * PERCENT)} % more than the first choice`,
        ),
      );
  }
  return { routes, excluded };
}

/** The request may allow itself more than the default; a policy's word binds it. */
function premiumOf(wish: number | null, policies: DecisionInput<never, never>["policies"]): number {
  const limits = policies.flatMap((policy) => policy.maxFallbackPremium ?? []);
  const limit = limits.length === 0 ? null : Math.min(...limits);
  if (wish === null) return limit ?? DEFAULT_FALLBACK_PREMIUM;
  return limit === null ? wish : Math.min(wish, limit);
}

function toExclusion(
  { model, endpoint }: Route<RoutableModel, RoutableEndpoint>,
  reason: Exclusion["reason"],
  detail: string,
): Exclusion {
  return { model: model.slug, provider: endpoint.provider.slug, endpointId: endpoint.id, reason, detail };
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [at, figure] of a.entries()) {
    const difference = figure - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
