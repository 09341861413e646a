import type { CatalogModel, CatalogSnapshot, OutputModality } from "@/server/catalog";
import { entryFor, type RoutingPolicy } from "@/server/organizations";
import { AppError } from "@/server/platform/errors";
import {
  cachePays,
  chainOf,
  type DecisionInput,
  decide,
  type EndpointHealth,
  type Exclusion,
  liveHealth,
  modelsToTry,
  parsePreferences,
  type RoutingPreferences,
} from "@/server/routing";
import { modelNotFound } from "../models";
import type { Candidate, Operation } from "../operation";
import type { Authenticated, GatewayDeps } from "../types";
import { atLockedPrice, type LockedPrices, lockedPrices } from "./price-lock";
import { refusalOf } from "./refusal";

export interface Routed {
  /** The model that was asked for. */
  readonly model: CatalogModel;
  /** In the order they will be tried; never empty. */
  readonly candidates: readonly [Candidate, ...Candidate[]];
  /** Who was ruled out, and why. */
  readonly excluded: readonly Exclusion[];
  /** Name of the session whose prompt cache is to be met again. */
  readonly session: string | null;
  readonly timeouts: { readonly firstTokenMs: number | null; readonly totalMs: number | null };
}

interface AskedFor {
  readonly candidates: readonly Candidate[];
  readonly excluded: readonly Exclusion[];
  readonly refusal: AppError | null;
}

const NOBODY: AskedFor = { candidates: [], excluded: [], refusal: null };

type Input = DecisionInput<CatalogModel, CatalogModel["endpoints"][number]>;

/** A token is rarely longer than this many bytes; an estimate that errs on the low side refuses nobody wrongly. */
const BYTES_PER_TOKEN = 4;

/**
 * Who can answer a request, and in which order: the models it names and its policies add, without what policies, data
 * policies and capabilities forbid.
 * @throws AppError model_not_found, and the reason why nobody can (403, 422, 400 or 503)
 */
export async function route(
  deps: GatewayDeps,
  authenticated: Authenticated,
  operation: Operation,
  makes: OutputModality,
): Promise<Routed> {
  const { key } = authenticated;
  const preferences = parsePreferences(operation.model, operation.body);
  const [catalog, policies, locked] = await authenticated.patience.wait(
    Promise.all([
      deps.catalog.current(),
      deps.routing.policiesOf(key),
      lockedPrices(deps, authenticated, operation),
    ]),
  );
  const model = requireModel(catalog, preferences.models[0] ?? operation.model);
  if (!model.outputModalities.includes(makes)) throw wrongEndpoint(model, makes);
  const names = wantedModels(catalog, preferences, policies);
  const ask = (slugs: readonly string[], tried: Candidate["tried"]): AskedFor => {
    // Few policies name models for these grounds.
    if (slugs.length === 0) return NOBODY;
    const { input, unlocked } = toInput(deps, {
      catalog,
      slugs,
      operation,
      makes,
      preferences,
      policies,
      locked,
      stickyFor: (routes) => stickyFor(deps, key.organizationId, preferences, model, routes),
    });
    return candidatesOf(operation, input, unlocked, tried);
  };
  const normal = ask(names, "always");
  const onContext = preferences.allowFallbacks ? chainOf(policies, "contextFallbackModels", model.slug) : [];
  const onContent = preferences.allowFallbacks ? chainOf(policies, "contentFallbackModels", model.slug) : [];
  const isTooLong = normal.excluded.some(({ reason }) => reason === "context_length");
  const spare = [
    ask(onContext, normal.candidates.length === 0 && isTooLong ? "always" : "on_context_length"),
    ask(onContent, "on_content_policy"),
  ];
  const candidates = unique([...normal.candidates, ...spare.flatMap((one) => one.candidates)]);
  const [first, ...rest] = candidates;
  if (first?.tried !== "always") throw refusalOf(model, operation, normal.excluded, normal.refusal);
  return {
    model,
    candidates: [first, ...rest],
    excluded: [...normal.excluded, ...spare.flatMap(({ excluded }) => excluded)],
    session: preferences.session,
    timeouts: timeoutsFor(policies, model.slug),
  };
}

function requireModel(catalog: CatalogSnapshot, name: string): CatalogModel {
  const model = catalog.find(name);
  if (model) return model;
  throw modelNotFound(name, catalog.nearest(name));
}

function wrongEndpoint(model: CatalogModel, makes: OutputModality): AppError {
  const made = model.outputModalities.join(" and ");
  return new AppError("invalid_request", {
    message: `${model.slug} gives ${made}; this endpoint is for models that give ${makes}.`,
    param: "model",
  });
}

/** The models that the request names, then those that the policies go on with. @throws AppError invalid_request */
function wantedModels(
  catalog: CatalogSnapshot,
  preferences: RoutingPreferences,
  policies: readonly RoutingPolicy[],
): readonly string[] {
  const unknown = preferences.models.find((name) => !catalog.find(name));
  if (unknown !== undefined) {
    throw new AppError("invalid_request", {
      message: `\`models\` names ${JSON.stringify(unknown)}, which does not exist.`,
      param: "models",
      metadata: { nearest: catalog.nearest(unknown) },
    });
  }
  return modelsToTry(preferences, policies);
}

interface Asked {
  readonly catalog: CatalogSnapshot;
  readonly slugs: readonly string[];
  readonly operation: Operation;
  readonly makes: OutputModality;
  readonly preferences: RoutingPreferences;
  readonly policies: readonly RoutingPolicy[];
  readonly locked: LockedPrices;
  readonly stickyFor: (routes: Input["routes"]) => string | null;
}

/** What is decided on, and whom the request's price lock leaves out of it. */
function toInput(
  deps: GatewayDeps,
  { catalog, slugs, operation, makes, preferences, policies, locked, stickyFor }: Asked,
): { readonly input: Input; readonly unlocked: readonly Exclusion[] } {
  const named = [...new Set(slugs)].flatMap((slug) => catalog.find(slug) ?? []);
  const models = named.filter((model) => model.outputModalities.includes(makes));
  const unlocked: Exclusion[] = [];
  const routes = models.flatMap((model) =>
    variantsFor(model, operation).flatMap((listed) => {
      const endpoint = atLockedPrice(listed, locked);
      if (endpoint) return [{ model, endpoint }];
      const { id: endpointId, provider } = listed;
      const detail = "is not among the prices that the price lock holds";
      unlocked.push({
        model: model.slug,
        provider: provider.slug,
        endpointId,
        reason: "price_lock",
        detail,
      });
      return [];
    }),
  );
  const input: Input = {
    routes,
    requirements: {
      // Without an answer in tokens each of several inputs has the context to itself: the provider knows its limit.
      promptTokens:
        operation.choices === 0 ? 0 : Math.floor(operation.bound().promptTokens / BYTES_PER_TOKEN),
      outputTokens: operation.outputLimit?.tokens ?? null,
      ...operation.needs(),
    },
    preferences,
    policies,
    healthOf: (id) => healthOf(deps, models, id),
    stickyEndpointId: stickyFor(routes),
    nowMs: deps.clock.nowMs(),
    random: deps.routing.random,
  };
  return { input, unlocked };
}

/** The endpoints of the variant that is asked for; all of them when there is none, so that each can say why. */
function variantsFor({ endpoints }: CatalogModel, operation: Operation): CatalogModel["endpoints"] {
  const fitting = endpoints.filter((endpoint) => operation.isFor?.(endpoint) ?? true);
  return fitting.length > 0 ? fitting : endpoints;
}

/** Models have few endpoints, and a request few models. */
function healthOf(deps: GatewayDeps, models: readonly CatalogModel[], id: string): EndpointHealth | null {
  for (const { endpoints } of models) {
    const endpoint = endpoints.find((one) => one.id === id);
    if (endpoint) return liveHealth(deps.routing.board, endpoint);
  }
  return null;
}

/** The endpoint that has the session's prompt in its cache, while reading it there is cheaper than sending it anew. */
function stickyFor(
  deps: GatewayDeps,
  organizationId: string,
  { session }: RoutingPreferences,
  model: CatalogModel,
  routes: Input["routes"],
): string | null {
  if (session === null) return null;
  const last = deps.routing.sessions.recall(organizationId, session, model.slug);
  const version = routes.find(({ endpoint }) => endpoint.id === last)?.endpoint.priceVersion;
  if (!last || !version) return null;
  return cachePays(
    version,
    routes.flatMap(({ endpoint }) => endpoint.priceVersion ?? []),
  )
    ? last
    : null;
}

function candidatesOf(
  operation: Operation,
  input: Input,
  unlocked: readonly Exclusion[],
  tried: Candidate["tried"],
): AskedFor {
  const decision = decide(input);
  const excluded = [...decision.excluded, ...unlocked];
  let refusal: AppError | null = null;
  const candidates = decision.routes.flatMap(({ model, endpoint, because }): Candidate[] => {
    const { priceVersion, provider, id: endpointId } = endpoint;
    if (priceVersion === null) return [];
    const candidate = { modelSlug: model.slug, tried, because, ...endpoint, priceVersion };
    const reason = operation.refusal(candidate);
    if (reason === null) return [candidate];
    refusal ??= reason;
    const detail = reason.message;
    excluded.push({ model: model.slug, provider: provider.slug, endpointId, reason: "parameter", detail });
    return [];
  });
  return { candidates, excluded, refusal };
}

/** Each endpoint once: a second try of the same one would only repeat its failure. */
function unique(candidates: readonly Candidate[]): Candidate[] {
  const seen = new Set<string>();
  return candidates.filter(({ id }) => !seen.has(id) && seen.add(id));
}

function timeoutsFor(policies: readonly RoutingPolicy[], slug: string): Routed["timeouts"] {
  const entries = policies.flatMap((policy) => entryFor(policy.timeouts, slug) ?? []);
  const least = (values: readonly (number | undefined)[]) => {
    const stated = values.filter((value) => value !== undefined);
    return stated.length === 0 ? null : Math.min(...stated);
  };
  return {
    firstTokenMs: least(entries.map((entry) => entry.firstTokenMs)),
    totalMs: least(entries.map((entry) => entry.totalMs)),
  };
}
