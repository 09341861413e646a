import type { DataPolicy, PriceVersion } from "@/server/catalog";
import type { RoutingPolicy } from "@/server/organizations";
import type { Breaker } from "./breaker";
import type { RoutingPreferences } from "./preferences";

/** The part of a catalogue model that decides routes. */
export interface RoutableModel {
  readonly slug: string;
  readonly inputModalities: readonly string[];
  readonly supportedParameters: readonly string[];
}

/** The part of a catalogue endpoint that decides routes. */
export interface RoutableEndpoint {
  readonly id: string;
  readonly contextLength: number;
  readonly maxOutputTokens: number | null;
  /** Lower is tried first. */
  readonly priority: number;
  /** Share of the traffic among endpoints of one priority, relative to the others' weights. */
  readonly weight: number;
  readonly quantization: string | null;
  readonly provider: { readonly slug: string; readonly dataPolicy: DataPolicy };
  readonly priceVersion: PriceVersion | null;
}

export interface Route<Model, Endpoint> {
  readonly model: Model;
  readonly endpoint: Endpoint;
}

/** What traffic has shown of an endpoint lately. Null = too little to tell. */
export interface EndpointHealth {
  readonly breaker: Breaker;
  /** Successful share of the last five minutes, 0 to 1. */
  readonly successShare: number | null;
  readonly firstTokenMsP50: number | null;
  readonly firstTokenMsP99: number | null;
  readonly tokensPerSecondP50: number | null;
}

/** What a request needs of whoever answers it. */
export interface Requirements {
  readonly inputModalities: readonly string[];
  /** Parameters that the request sets. */
  readonly parameters: readonly string[];
  /** Those of them without which the answer would be another one (tools, response_format …): never dropped. */
  readonly indispensable: readonly string[];
  /** Best estimate of the prompt's tokens. */
  readonly promptTokens: number;
  /** The client's own output limit. */
  readonly outputTokens: number | null;
}

export interface DecisionInput<Model, Endpoint> {
  /** Routes of the wanted models in their order of preference. */
  readonly routes: readonly Route<Model, Endpoint>[];
  readonly requirements: Requirements;
  readonly preferences: RoutingPreferences;
  /** The organization's, then the key's: each can only narrow. */
  readonly policies: readonly RoutingPolicy[];
  readonly healthOf: (endpointId: string) => EndpointHealth | null;
  /** Endpoint that answered this session last, when it is remembered. */
  readonly stickyEndpointId: string | null;
  readonly nowMs: number;
  /** Uniform in [0, 1): only used to share traffic by weight. */
  readonly random: () => number;
}

export type ExclusionReason =
  | "no_price"
  | "model_not_allowed"
  | "provider_not_allowed"
  | "pinned_elsewhere"
  | "not_in_only"
  | "ignored"
  | "trains_on_prompts"
  | "retains_prompts"
  | "region"
  | "quantization"
  | "input_modality"
  | "parameter"
  | "context_length"
  | "output_limit"
  | "max_price"
  | "price_lock"
  | "fallback_premium"
  | "fallbacks_off";

export interface Exclusion {
  readonly model: string;
  readonly provider: string;
  readonly endpointId: string;
  readonly reason: ExclusionReason;
  /** In words, for the dry run and for refusals. */
  readonly detail: string;
}

/** A route that may be tried, with the reasons for its place. */
export interface RankedRoute<Model, Endpoint> extends Route<Model, Endpoint> {
  readonly because: readonly string[];
}

export interface Decision<Model, Endpoint> {
  /** In the order in which they are tried. */
  readonly routes: readonly RankedRoute<Model, Endpoint>[];
  readonly excluded: readonly Exclusion[];
}
