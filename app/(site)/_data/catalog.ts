import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@/server/trpc";

export type PublicModel = inferRouterOutputs<AppRouter>["catalog"]["model"];
export type PublicEndpoint = PublicModel["endpoints"][number];
export type PublicPrice = PublicEndpoint["prices"][number];
export type PublicProviderCount = inferRouterOutputs<AppRouter>["catalog"]["providers"][number];

/** The price of a unit for prompts of ordinary size, nano-USD per million; null when the endpoint has none of its own. */
export function basePrice(
  endpoint: Pick<PublicEndpoint, "prices">,
  unit: PublicPrice["unit"],
): bigint | null {
  const price = endpoint.prices.find((one) => one.unit === unit && one.aboveContextTokens === 0);
  return price?.platformNanoUsdPerMillion ?? null;
}

const PROMPT_PARTS = 3n;

/** The endpoint that costs least for three prompt tokens per answer token; null when nobody serves the model. */
export function cheapestEndpoint(model: PublicModel): PublicEndpoint | null {
  const weigh = (endpoint: PublicEndpoint) =>
    (basePrice(endpoint, "input") ?? 0n) * PROMPT_PARTS + (basePrice(endpoint, "output") ?? 0n);
  const [first, ...rest] = model.endpoints;
  if (!first) return null;
  return rest.reduce((least, endpoint) => (weigh(endpoint) < weigh(least) ? endpoint : least), first);
}

/** 1047576 → "1.05M", 131072 → "131K". */
export function toTokenCount(tokens: number): string {
  if (tokens >= 1_000_000) return `${trim(tokens / 1_000_000)}M`;
  return tokens >= 1_000 ? `${Math.round(tokens / 1_000)}K` : String(tokens);
}

function trim(value: number): string {
  return value.toFixed(2).replace(/\.?0+$/, "");
}

const UNIT_NAMES: Partial<Record<PublicPrice["unit"], string>> = {
  cache_write: "Cache write",
  cache_write_1h: "Cache write, kept 1 hour",
  image_megapixel: "Image megapixel",
  gpu_second: "GPU second",
};

/** "cached_input" → "Cached input". */
export function toUnitName(unit: PublicPrice["unit"]): string {
  const words = unit.replaceAll("_", " ");
  return UNIT_NAMES[unit] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

const TOKEN_UNITS = new Set<PublicPrice["unit"]>([
  "input",
  "cached_input",
  "cache_write",
  "cache_write_1h",
  "output",
  "reasoning",
  "audio_input",
  "audio_output",
  "image_input",
]);

/** Is the unit counted in tokens? */
export function isTokenUnit(unit: PublicPrice["unit"]): boolean {
  return TOKEN_UNITS.has(unit);
}
