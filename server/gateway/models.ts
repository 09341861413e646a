import type { CatalogEndpoint, CatalogModel, PriceVersion, UsageUnit } from "@/server/catalog";
import { AppError } from "@/server/platform/errors";
import { NANO_USD_PER_USD, toDecimalUsd } from "@/server/platform/money";
import type { EndpointReport } from "@/server/routing";
import { toJsonAnswer } from "./answers";
import type { GatewayDeps, GatewayRequest, GatewayResponse } from "./types";

/**
 * `GET models`: public, since prices are. OpenAI's list form, with the fields that OpenRouter's clients read; Anthropic's
 * for its clients.
 */
export async function modelListAnswer(
  deps: GatewayDeps,
  request: GatewayRequest,
  requestId: string,
): Promise<GatewayResponse> {
  const models = (await deps.catalog.current()).models.filter(isCallable);
  if (!isAnthropicClient(request))
    return toJsonAnswer({ object: "list", data: models.map(toWireModel) }, requestId);
  const data = models.map(toAnthropicModel);
  const page = { has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
  return toJsonAnswer({ data, ...page }, requestId);
}

/** `GET models/{author}/{slug}`. @throws AppError model_not_found */
export async function modelAnswer(
  deps: GatewayDeps,
  request: GatewayRequest,
  slug: string,
  requestId: string,
): Promise<GatewayResponse> {
  const model = await findModel(deps, slug);
  const answer = isAnthropicClient(request) ? toAnthropicModel(model) : toWireModel(model);
  return toJsonAnswer(answer, requestId);
}

/** `GET models/{author}/{slug}/endpoints`. @throws AppError model_not_found */
export async function modelEndpointsAnswer(
  deps: GatewayDeps,
  slug: string,
  requestId: string,
): Promise<GatewayResponse> {
  const model = await findModel(deps, slug);
  const reports = await deps.routing.report(model.endpoints);
  const endpoints = model.endpoints.map((endpoint) => ({
    ...toWireEndpoint(endpoint),
    ...toWireHealth(reports.get(endpoint.id)),
  }));
  return toJsonAnswer({ data: { ...toWireModel(model), endpoints } }, requestId);
}

export async function findModel(deps: GatewayDeps, slug: string): Promise<CatalogModel> {
  const catalog = await deps.catalog.current();
  const model = catalog.find(slug);
  if (model) return model;
  throw modelNotFound(slug, catalog.nearest(slug));
}

/** @param nearest names to suggest, the nearest first */
export function modelNotFound(name: string, nearest: readonly string[]): AppError {
  const hint =
    nearest.length > 0 ? ` Did you mean ${nearest.map((slug) => JSON.stringify(slug)).join(", ")}?` : "";
  return new AppError("model_not_found", {
    message: `There is no model named ${JSON.stringify(name.slice(0, 256))}.${hint}`,
    param: "model",
    metadata: { nearest },
  });
}

function isAnthropicClient(request: GatewayRequest): boolean {
  return request.header("anthropic-version") !== undefined;
}

/** https://docs.anthropic.com/en/api/models-list */
function toAnthropicModel(model: CatalogModel) {
  const since = model.releasedOn ? new Date(model.releasedOn) : model.createdAt;
  return {
    type: "model",
    id: model.slug,
    display_name: model.name,
    created_at: since.toISOString(),
    max_input_tokens: model.contextLength,
    max_tokens: model.maxOutputTokens,
  };
}

/** No price → no call, so a model without a priced endpoint is not offered. */
function isCallable(model: CatalogModel): boolean {
  return model.endpoints.some((endpoint) => endpoint.priceVersion !== null);
}

function toWireModel(model: CatalogModel) {
  const priced = model.endpoints.flatMap((endpoint) =>
    endpoint.priceVersion ? [endpoint.priceVersion] : [],
  );
  const [first] = priced;
  return {
    id: model.slug,
    object: "model",
    created: Math.floor(
      (model.releasedOn ? Date.parse(model.releasedOn) : model.createdAt.getTime()) / 1_000,
    ),
    owned_by: model.author,
    canonical_slug: model.slug,
    name: model.name,
    description: model.description,
    context_length: model.contextLength,
    architecture: { input_modalities: model.inputModalities, output_modalities: model.outputModalities },
    pricing: first ? toWirePricing(first) : {},
    top_provider: { context_length: model.contextLength, max_completion_tokens: model.maxOutputTokens },
    per_request_limits: null,
    supported_parameters: model.supportedParameters,
  };
}

function toWireEndpoint(endpoint: CatalogEndpoint) {
  return {
    id: endpoint.id,
    provider_name: endpoint.provider.name,
    tag: endpoint.provider.slug,
    is_simulated: endpoint.provider.isSimulated,
    context_length: endpoint.contextLength,
    max_completion_tokens: endpoint.maxOutputTokens,
    price_version: endpoint.priceVersion?.id ?? null,
    pricing: endpoint.priceVersion ? toWirePricing(endpoint.priceVersion) : {},
  };
}

/** OpenRouter's code for an endpoint that is fine or unknown, one that is tried after others, and one that is taken out. */
const WIRE_STATUS = { healthy: 0, unknown: 0, degraded: -1, down: -2 } as const;
const PERCENT = 100;

/** Uptime in per cent, latency in milliseconds until the first token, throughput in output tokens a second. */
function toWireHealth(report: EndpointReport | undefined) {
  const percent = (share: number | null | undefined) =>
    share == null ? null : Math.round(share * PERCENT * 1_000) / 1_000;
  const rounded = (figures: EndpointReport["latencyLast30m"] | undefined) =>
    figures == null
      ? null
      : Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Math.round(value)]));
  const status = report?.status ?? "unknown";
  return {
    status: WIRE_STATUS[status],
    status_name: status,
    uptime_last_5m: percent(report?.uptimeLast5m),
    uptime_last_30m: percent(report?.uptimeLast30m),
    uptime_last_1d: percent(report?.uptimeLast1d),
    latency_last_30m: rounded(report?.latencyLast30m),
    throughput_last_30m: rounded(report?.throughputLast30m),
  };
}

/** OpenRouter's names; what it has none for is told under the name of our unit, so that every model tells its price. */
const WIRE_NAMES: Partial<Record<UsageUnit, string>> = {
  input: "prompt",
  output: "completion",
  cached_input: "input_cache_read",
  cache_write: "input_cache_write",
  cache_write_1h: "input_cache_write_1h",
  reasoning: "internal_reasoning",
  audio_input: "audio",
  request: "request",
  search: "web_search",
  image: "image",
};

type WirePrices = Record<string, string>;

/**
 * USD per single unit as exact decimal strings, the form that OpenRouter's clients parse. Prices of long prompts stand in
 * `overrides`, a list entry for each number of prompt tokens above which they apply.
 */
function toWirePricing(version: PriceVersion) {
  const tiers = new Map<number, WirePrices>([[0, {}]]);
  for (const { unit, aboveContextTokens, platformNanoUsdPerMillion } of version.prices) {
    const prices = tiers.get(aboveContextTokens) ?? {};
    prices[WIRE_NAMES[unit] ?? unit] = usdPerUnit(platformNanoUsdPerMillion);
    tiers.set(aboveContextTokens, prices);
  }
  const overrides = [...tiers]
    .filter(([above]) => above > 0)
    .sort(([one], [other]) => one - other)
    .map(([above, prices]) => ({ above_prompt_tokens: above, ...prices }));
  return { ...tiers.get(0), ...(overrides.length > 0 ? { overrides } : {}) };
}

/** nano-USD per million units → USD per unit: fifteen decimals, exact. */
function usdPerUnit(nanoUsdPerMillion: bigint): string {
  const whole = nanoUsdPerMillion / (NANO_USD_PER_USD * 1_000_000n);
  const fraction = (nanoUsdPerMillion % (NANO_USD_PER_USD * 1_000_000n))
    .toString()
    .padStart(15, "0")
    .replace(/0+$/, "");
  return fraction === "" ? toDecimalUsd(whole * NANO_USD_PER_USD, 0) : `${whole}.${fraction}`;
}
