/**
 * Counts of durations in buckets that grow by a quarter each: 96 buckets reach from 1 ms to over half an hour, and a
 * quantile is right to 12 %. Buckets add up, so histograms of several processes do too.
 */
const GROWTH = 1.25;
const BUCKETS = 96;
const LOG_GROWTH = Math.log(GROWTH);

export type Histogram = Readonly<Record<number, number>>;

/** The bucket of a value of at least 0. */
function bucketOf(value: number): number {
  if (value <= 1) return 0;
  return Math.min(BUCKETS - 1, Math.ceil(Math.log(value) / LOG_GROWTH));
}

/** The middle of a bucket, on the logarithmic scale. */
function middleOf(bucket: number): number {
  return bucket === 0 ? 1 : GROWTH ** (bucket - 0.5);
}

export function addTo(histogram: Record<number, number>, value: number, count = 1): void {
  const bucket = bucketOf(value);
  histogram[bucket] = (histogram[bucket] ?? 0) + count;
}

export function mergeInto(target: Record<number, number>, from: Histogram): void {
  for (const [bucket, count] of Object.entries(from)) {
    const index = Number(bucket);
    target[index] = (target[index] ?? 0) + count;
  }
}

/** The value that `share` (0 to 1) of the counted ones do not exceed; null when nothing was counted. */
export function quantile(histogram: Histogram, share: number): number | null {
  const buckets = Object.entries(histogram)
    .map(([bucket, count]) => [Number(bucket), count] as const)
    .sort(([a], [b]) => a - b);
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return null;
  let seen = 0;
  for (const [bucket, count] of buckets) {
    seen += count;
    if (seen >= share * total) return middleOf(bucket);
  }
  return null;
}
