import { basePrice, type PublicEndpoint, type PublicPrice } from "../../_data/catalog";

/** The price list of an endpoint from one moment on. */
export type PublicVersion = Pick<PublicEndpoint, "priceVersionId" | "effectiveFrom" | "prices">;

export interface PriceLine {
  readonly provider: string;
  readonly versions: readonly PublicVersion[];
}

export interface Frame {
  readonly fromMs: number;
  readonly toMs: number;
  /** The highest price that is drawn. */
  readonly topNanoUsd: bigint;
}

/** A history shorter than this would be drawn as if it were long. */
const LEAST_SPAN_MS = 30 * 24 * 60 * 60 * 1_000;

/** From the first version to now, or to the last one that is announced. */
export function frameOf(lines: readonly PriceLine[], unit: PublicPrice["unit"], nowMs: number): Frame {
  const times = lines.flatMap(({ versions }) => versions.map(({ effectiveFrom }) => effectiveFrom.getTime()));
  const prices = lines.flatMap(({ versions }) =>
    versions.flatMap((version) => basePrice(version, unit) ?? []),
  );
  return {
    fromMs: Math.min(...times, nowMs - LEAST_SPAN_MS),
    toMs: Math.max(...times.filter((time) => time > nowMs).map((time) => time + LEAST_SPAN_MS / 4), nowMs),
    topNanoUsd: prices.reduce((top, price) => (price > top ? price : top), 1n),
  };
}

/**
 * A line that keeps its height until the next version begins, as an SVG path in a box of `width` × `height`. A version
 * without a price for the unit is a gap.
 */
export function stepPath(
  { versions }: PriceLine,
  unit: PublicPrice["unit"],
  { fromMs, toMs, topNanoUsd }: Frame,
  { width, height }: { readonly width: number; readonly height: number },
): string {
  const x = (timeMs: number) => (((timeMs - fromMs) / (toMs - fromMs)) * width).toFixed(1);
  // A ratio of two prices, for a picture only.
  const y = (price: bigint) => (height * (1 - Number((price * 10_000n) / topNanoUsd) / 10_000)).toFixed(1);
  let path = "";
  let isDrawing = false;
  versions.forEach((version, index) => {
    const price = basePrice(version, unit);
    const untilMs = versions[index + 1]?.effectiveFrom.getTime() ?? toMs;
    if (price === null) {
      isDrawing = false;
      return;
    }
    path += `${isDrawing ? "V" : `M${x(version.effectiveFrom.getTime())} `}${y(price)}H${x(untilMs)}`;
    isDrawing = true;
  });
  return path;
}
