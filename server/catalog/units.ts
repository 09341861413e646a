/**
 * The usage units of the product: what can be counted and has a price. Buckets are disjoint: a cached input token is
 * counted under `cached_input` only, a reasoning token under `reasoning` only, and the sum is the provider's total.
 */
export const USAGE_UNITS = [
  "input",
  "cached_input",
  "cache_write",
  "cache_write_1h",
  "output",
  "reasoning",
  "audio_input",
  "audio_output",
  "image_input",
  "image",
  "image_megapixel",
  "video",
  "video_second",
  "gpu_second",
  "character",
  "audio_second",
  "request",
  "search",
] as const;

export type UsageUnit = (typeof USAGE_UNITS)[number];

/** Quantities by unit; a unit that is absent was not used. */
export type Units = Partial<Record<UsageUnit, bigint>>;

/** What a token of the prompt may turn out to be billed as: the units to look at when money is held for a prompt. */
export const PROMPT_UNITS = [
  "input",
  "cached_input",
  "cache_write",
  "cache_write_1h",
  "audio_input",
  "image_input",
] as const satisfies readonly UsageUnit[];

/** What a token of the answer may turn out to be billed as. */
export const ANSWER_UNITS = ["output", "reasoning", "audio_output"] as const satisfies readonly UsageUnit[];

const FALLBACK: Partial<Record<UsageUnit, UsageUnit>> = {
  cached_input: "input",
  cache_write: "input",
  cache_write_1h: "cache_write",
  reasoning: "output",
  audio_input: "input",
  audio_output: "output",
  image_input: "input",
};

/** The unit whose price applies when this one has none; undefined when nothing may stand in. */
export function fallbackUnit(unit: UsageUnit): UsageUnit | undefined {
  return FALLBACK[unit];
}

export function isUsageUnit(text: string): text is UsageUnit {
  return (USAGE_UNITS as readonly string[]).includes(text);
}
