import { z } from "zod";
import {
  type CatalogEndpoint,
  isPriced,
  PROMPT_UNITS,
  type PriceVersion,
  priceUsage,
  type Units,
  USAGE_UNITS,
} from "@/server/catalog";
import type { NanoUsd } from "@/server/platform/money";

const MOST = 1_000_000_000n;
const quantity = z.bigint().nonnegative().max(MOST);

/** Units of one request, and how many such requests. */
export const estimateInput = z.strictObject({
  slug: z.string().max(200),
  units: z.partialRecord(z.enum(USAGE_UNITS), quantity),
  requests: quantity,
});
type EstimateInput = z.output<typeof estimateInput>;

/** One line of what a receipt would say. */
export interface EstimateLine {
  readonly unit: string;
  readonly quantity: bigint;
  readonly priceNanoUsdPerMillion: bigint;
}

export interface Estimate {
  readonly oneNanoUsd: NanoUsd;
  readonly allNanoUsd: NanoUsd;
  readonly lines: readonly EstimateLine[];
}

interface EndpointEstimate {
  readonly endpoint: CatalogEndpoint;
  readonly cost: Estimate | null;
}

/** Cheapest first; who has no price for it comes last. Nobody without a price list is in it. */
export function estimate(
  endpoints: readonly CatalogEndpoint[],
  { units, requests }: EstimateInput,
): readonly EndpointEstimate[] {
  return endpoints
    .flatMap((endpoint) =>
      endpoint.priceVersion === null
        ? []
        : [{ endpoint, cost: estimateAt(endpoint.priceVersion, units, requests) }],
    )
    .sort((a, b) => compare(a.cost?.oneNanoUsd ?? null, b.cost?.oneNanoUsd ?? null));
}

function estimateAt(version: PriceVersion, units: Units, requests: bigint): Estimate | null {
  const used = USAGE_UNITS.filter((unit) => (units[unit] ?? 0n) > 0n);
  if (!used.every((unit) => isPriced(version, unit))) return null;
  const promptTokens = PROMPT_UNITS.reduce((sum, unit) => sum + (units[unit] ?? 0n), 0n);
  const { costNanoUsd, lines } = priceUsage(version, units, Number(promptTokens));
  return {
    oneNanoUsd: costNanoUsd,
    allNanoUsd: costNanoUsd * requests,
    lines: lines.map((line) => ({
      unit: line.unit,
      quantity: BigInt(line.quantity),
      priceNanoUsdPerMillion: BigInt(line.priceNanoUsdPerMillion),
    })),
  };
}

function compare(a: bigint | null, b: bigint | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}
