import type { ProviderKindName } from "@/db/schema/catalog";
import type { NanoUsd } from "@/server/platform/money";
import type { UsageUnit } from "./units";

/** One price: a unit from one size of prompt on. */
export interface Price {
  readonly unit: UsageUnit;
  /** The price holds for requests with more than this many prompt tokens; 0 = for all of them. */
  readonly aboveContextTokens: number;
  readonly platformNanoUsdPerMillion: NanoUsd;
  readonly supplierNanoUsdPerMillion: NanoUsd;
}

/** One immutable price list of one endpoint. */
export interface PriceVersion {
  readonly id: string;
  readonly effectiveFrom: Date;
  readonly prices: readonly Price[];
}

/** What is known of a provider's handling of prompts. Unknown counts as the worse answer: data policies fail closed. */
export interface DataPolicy {
  readonly trainsOnPrompts: boolean | null;
  /** Days that prompts are kept; 0 = zero retention, null = unknown. */
  readonly retentionDays: number | null;
  /** Where prompts are processed; empty = unknown. */
  readonly regions: readonly string[];
}

/** A company that answers requests, as routing sees it. */
export interface CatalogProvider {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly kind: ProviderKindName;
  /** Base URL up to and with the version part, no slash at the end. */
  readonly baseUrl: string;
  /** True when our own simulator answers; must be shown wherever a person sees the provider. */
  readonly isSimulated: boolean;
  readonly dataPolicy: DataPolicy;
  /** A set of quirks by name; null = by the host of the base URL. */
  readonly profile: string | null;
  /**
   * The key for the next call, taking turns among those of the provider; null when it needs none. A function, so that no
   * log line prints it by accident.
   */
  credential(): ProviderCredential | null;
}

/** One of our keys at a provider. */
export interface ProviderCredential {
  /** The key in clear. */
  readonly secret: string;
  /**
   * The provider has refused it: only the others are used for so many milliseconds.
   * @returns milliseconds until one of the provider's keys may be used; 0 = another one may now
   */
  rest(ms: number): number;
}

/** A model at a provider. */
export interface CatalogEndpoint {
  readonly id: string;
  /** The name that the provider knows the model by. */
  readonly upstreamModel: string;
  readonly contextLength: number;
  readonly maxOutputTokens: number | null;
  /** Lower is tried first; equal priorities are ordered by price. */
  readonly priority: number;
  /** Share of the traffic among endpoints of one priority, relative to the others' weights. */
  readonly weight: number;
  readonly quantization: string | null;
  /** An operator's word above what traffic shows. */
  readonly healthOverride: "open" | "closed" | null;
  readonly provider: CatalogProvider;
  /** The version in effect at the snapshot's time; null = no price, so no call. */
  readonly priceVersion: PriceVersion | null;
}

/** What a user names, with the active endpoints of active providers that can answer it. */
export interface CatalogModel {
  readonly id: string;
  readonly slug: string;
  readonly author: string;
  readonly name: string;
  readonly description: string;
  readonly contextLength: number;
  readonly maxOutputTokens: number | null;
  readonly inputModalities: readonly string[];
  readonly outputModalities: readonly string[];
  readonly supportedParameters: readonly string[];
  /** `YYYY-MM-DD`, or null when not known. */
  readonly releasedOn: string | null;
  readonly status: "active" | "deprecated";
  readonly createdAt: Date;
  readonly endpoints: readonly CatalogEndpoint[];
}
