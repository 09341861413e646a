import type { PriceVersion } from "@/server/catalog";
import { type Breaker, NEW_BREAKER } from "./breaker";
import { parsePreferences } from "./preferences";
import type { DecisionInput, EndpointHealth, RoutableEndpoint, RoutableModel, Route } from "./types";

/** USD per million tokens, both sides. */
export function priceOf(input: number, output: number): PriceVersion {
  const price = (unit: "input" | "output", usd: number) => {
    const nanoUsd = BigInt(Math.round(usd * 1e9));
    return {
      unit,
      aboveContextTokens: 0,
      platformNanoUsdPerMillion: nanoUsd,
      supplierNanoUsdPerMillion: nanoUsd,
    };
  };
  return {
    id: `prc_${input}_${output}`,
    effectiveFrom: new Date(0),
    prices: [price("input", input), price("output", output)],
  };
}

export function routeTo(
  provider: string,
  over: Partial<RoutableEndpoint> & { dataPolicy?: RoutableEndpoint["provider"]["dataPolicy"] } = {},
  model: Partial<RoutableModel> = {},
): Route<RoutableModel, RoutableEndpoint> {
  const { dataPolicy, ...endpoint } = over;
  const slug = model.slug ?? "test/model";
  return {
    model: { inputModalities: ["text"], supportedParameters: [], ...model, slug },
    endpoint: {
      id: `ep_${slug}_${provider}`,
      contextLength: 100_000,
      maxOutputTokens: 8_000,
      priority: 100,
      weight: 1,
      quantization: null,
      provider: {
        slug: provider,
        dataPolicy: dataPolicy ?? { trainsOnPrompts: false, retentionDays: 0, regions: ["eu"] },
      },
      priceVersion: priceOf(1, 2),
      ...endpoint,
    },
  };
}

export function inputOf(
  routes: readonly Route<RoutableModel, RoutableEndpoint>[],
  over: Partial<DecisionInput<RoutableModel, RoutableEndpoint>> = {},
): DecisionInput<RoutableModel, RoutableEndpoint> {
  return {
    routes,
    requirements: {
      inputModalities: ["text"],
      parameters: [],
      indispensable: [],
      promptTokens: 10,
      outputTokens: null,
    },
    preferences: parsePreferences("test/model", {}),
    policies: [],
    healthOf: () => null,
    stickyEndpointId: null,
    nowMs: 1_000_000,
    random: () => 0.5,
    ...over,
  };
}

export function healthWith(over: Partial<EndpointHealth> & { breaker?: Breaker } = {}): EndpointHealth {
  return {
    breaker: NEW_BREAKER,
    successShare: null,
    firstTokenMsP50: null,
    firstTokenMsP99: null,
    tokensPerSecondP50: null,
    ...over,
  };
}
