import type { CatalogSnapshot } from "@/server/catalog";
import type { RoutingPolicy } from "@/server/organizations";
import { AppError } from "@/server/platform/errors";
import { modelsToTry } from "./chain";
import { decide } from "./decide";
import type { HealthBoard } from "./health-board";
import { liveHealth } from "./live-health";
import { parsePreferences } from "./preferences";
import type { Exclusion, Requirements } from "./types";

/** A request as far as routing reads it. */
export interface DryRunRequest {
  /** `author/slug`, perhaps with a suffix. */
  readonly model: string;
  /** Fields of its body: `models`, `provider`, `providerOptions` and the like. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly requirements: Requirements;
}

export interface DryRun {
  /** In the order in which they would be tried. */
  readonly routes: readonly {
    readonly model: string;
    readonly provider: string;
    readonly endpointId: string;
    readonly because: readonly string[];
  }[];
  readonly excluded: readonly Exclusion[];
}

/**
 * Where a request would go right now: the decision of a real one, with the same health, and nothing sent.
 * @throws AppError model_not_found, invalid_request (a preference that is none)
 */
export function dryRun(
  known: {
    readonly catalog: CatalogSnapshot;
    readonly board: Pick<HealthBoard, "healthOf">;
    readonly nowMs: number;
    readonly random: () => number;
  },
  policies: readonly RoutingPolicy[],
  request: DryRunRequest,
): DryRun {
  const preferences = parsePreferences(request.model, request.body);
  const models = modelsToTry(preferences, policies).map((slug) => {
    const model = known.catalog.find(slug);
    if (model) return model;
    throw new AppError("model_not_found", {
      message: `There is no model named ${JSON.stringify(slug.slice(0, 200))}.`,
      metadata: { nearest: known.catalog.nearest(slug) },
    });
  });
  const routes = models.flatMap((model) => model.endpoints.map((endpoint) => ({ model, endpoint })));
  const endpoints = new Map(routes.map(({ endpoint }) => [endpoint.id, endpoint]));
  const { routes: ordered, excluded } = decide({
    routes,
    requirements: request.requirements,
    preferences,
    policies,
    healthOf: (id) => {
      const endpoint = endpoints.get(id);
      return endpoint ? liveHealth(known.board, endpoint) : null;
    },
    stickyEndpointId: null,
    nowMs: known.nowMs,
    random: known.random,
  });
  return {
    routes: ordered.map(({ model, endpoint, because }) => ({
      model: model.slug,
      provider: endpoint.provider.slug,
      endpointId: endpoint.id,
      because,
    })),
    excluded,
  };
}
