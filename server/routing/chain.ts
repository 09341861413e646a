import { entryFor, type RoutingPolicy } from "@/server/organizations";
import type { RoutingPreferences } from "./preferences";

/** The models that a request names, then those that its policies go on with, each once. */
export function modelsToTry(
  { models, allowFallbacks }: RoutingPreferences,
  policies: readonly RoutingPolicy[],
): readonly string[] {
  const [first = ""] = models;
  return allowFallbacks
    ? [...new Set([...models, ...chainOf(policies, "fallbackModels", first)])]
    : [...new Set(models)];
}

/** What the policies' tables say for a model, the organization's first. */
export function chainOf(
  policies: readonly RoutingPolicy[],
  list: "fallbackModels" | "contextFallbackModels" | "contentFallbackModels",
  slug: string,
): readonly string[] {
  return policies.flatMap((policy) => entryFor(policy[list], slug) ?? []);
}
