import { ANSWER_UNITS, dearest, PROMPT_UNITS, type PriceVersion } from "@/server/catalog";
import {
  matchesAny,
  policyAllowsModel,
  policyAllowsProvider,
  type RoutingPolicy,
} from "@/server/organizations";
import type { RoutingPreferences } from "./preferences";
import type { DecisionInput, ExclusionReason, RoutableEndpoint, RoutableModel, Route } from "./types";

type Verdict = readonly [ExclusionReason, string] | null;

/** The first reason why a route may not be tried for this request; null when it may. Nothing here depends on health. */
export function exclusionOf<Model extends RoutableModel, Endpoint extends RoutableEndpoint>(
  route: Route<Model, Endpoint>,
  input: DecisionInput<Model, Endpoint>,
): Verdict {
  return (
    byPolicies(route, input.policies) ??
    byPreferences(route, input.preferences) ??
    byDataPolicy(route.endpoint, input) ??
    byCapability(route, input)
  );
}

function byPolicies(
  { model, endpoint }: Route<RoutableModel, RoutableEndpoint>,
  policies: readonly RoutingPolicy[],
): Verdict {
  if (endpoint.priceVersion === null)
    return ["no_price", "has no price, and without a price nothing is called"];
  for (const policy of policies) {
    if (!policyAllowsModel(policy, model.slug))
      return ["model_not_allowed", "the policy does not allow this model"];
    if (!policyAllowsProvider(policy, endpoint.provider.slug))
      return ["provider_not_allowed", "the policy does not allow this provider"];
    if (policy.pinnedProvider !== null && policy.pinnedProvider !== endpoint.provider.slug)
      return ["pinned_elsewhere", `the policy pins requests to ${policy.pinnedProvider}`];
  }
  return null;
}

function byPreferences(
  { endpoint }: Route<RoutableModel, RoutableEndpoint>,
  preferences: RoutingPreferences,
): Verdict {
  const { slug } = endpoint.provider;
  if (preferences.only !== null && !matchesAny(preferences.only, slug))
    return ["not_in_only", "is not in the request's `only`"];
  if (matchesAny(preferences.ignore, slug)) return ["ignored", "is in the request's `ignore`"];
  if (
    preferences.quantizations !== null &&
    !preferences.quantizations.includes(endpoint.quantization ?? "unknown")
  )
    return ["quantization", `runs ${endpoint.quantization ?? "an unknown quantization"}`];
  if (endpoint.priceVersion && isAboveMaxPrice(endpoint.priceVersion, preferences.maxPrice))
    return ["max_price", "is dearer than the request's `max_price`"];
  return null;
}

function byDataPolicy(
  { provider }: RoutableEndpoint,
  { preferences, policies }: Pick<DecisionInput<never, never>, "preferences" | "policies">,
): Verdict {
  const { trainsOnPrompts, retentionDays, regions } = provider.dataPolicy;
  const forbidsTraining = preferences.forbidsTraining || policies.some((policy) => policy.noTraining);
  if (forbidsTraining && trainsOnPrompts !== false)
    return [
      "trains_on_prompts",
      trainsOnPrompts ? "may train on prompts" : "does not say whether it trains on prompts",
    ];
  const wantsZeroRetention =
    preferences.wantsZeroRetention || policies.some((policy) => policy.zeroRetention);
  if (wantsZeroRetention && retentionDays !== 0)
    return [
      "retains_prompts",
      retentionDays === null
        ? "does not say how long it keeps prompts"
        : `keeps prompts for ${retentionDays} days`,
    ];
  const wished = preferences.region === null ? [] : [[preferences.region]];
  const allowed = policies.flatMap((policy) => (policy.regions === null ? [] : [policy.regions]));
  for (const list of [...wished, ...allowed]) {
    const isInside = regions.length > 0 && regions.every((region) => list.includes(region));
    if (!isInside)
      return [
        "region",
        `processes prompts in ${regions.length === 0 ? "an unknown region" : regions.join(", ")}`,
      ];
  }
  return null;
}

function byCapability(
  { model, endpoint }: Route<RoutableModel, RoutableEndpoint>,
  { requirements, preferences }: Pick<DecisionInput<never, never>, "requirements" | "preferences">,
): Verdict {
  const missing = requirements.inputModalities.find((modality) => !model.inputModalities.includes(modality));
  if (missing !== undefined) return ["input_modality", `takes no ${missing} input`];
  // A model whose parameters nobody has entered is given the benefit of the doubt.
  const known = model.supportedParameters;
  const wanted = preferences.requireParameters ? requirements.parameters : requirements.indispensable;
  const unsupported = known.length === 0 ? undefined : wanted.find((name) => !known.includes(name));
  if (unsupported !== undefined) return ["parameter", `does not support \`${unsupported}\``];
  if (requirements.promptTokens > endpoint.contextLength)
    return ["context_length", `has room for ${endpoint.contextLength} tokens`];
  const mostOutput = endpoint.maxOutputTokens ?? endpoint.contextLength;
  if (requirements.outputTokens !== null && requirements.outputTokens > mostOutput)
    return ["output_limit", `answers with at most ${mostOutput} tokens`];
  return null;
}

const NANO_PER_USD = 1_000_000_000;
const UNITS_PER_PRICE = 1_000_000;

function isAboveMaxPrice(version: PriceVersion, maxPrice: RoutingPreferences["maxPrice"]): boolean {
  if (maxPrice === null) return false;
  const has = (unit: "request" | "image") => version.prices.some((price) => price.unit === unit);
  const perMillion = (usd: number) => BigInt(Math.round(usd * NANO_PER_USD));
  // Requests and images are priced per million units as well; callers state theirs per one.
  const perOne = (usd: number) => BigInt(Math.round(usd * NANO_PER_USD)) * BigInt(UNITS_PER_PRICE);
  const { prompt, completion, request, image } = maxPrice;
  return (
    (prompt !== null && dearest(version, PROMPT_UNITS[0]) > perMillion(prompt)) ||
    (completion !== null && dearest(version, ANSWER_UNITS[0]) > perMillion(completion)) ||
    (request !== null && has("request") && dearest(version, "request") > perOne(request)) ||
    (image !== null && has("image") && dearest(version, "image") > perOne(image))
  );
}
