import type { Tone } from "@/app/_ui/badge";

/** States of an endpoint or a provider, in words for people. */
export const STATUS_WORDS: Readonly<
  Record<"healthy" | "degraded" | "down" | "unknown", { readonly label: string; readonly tone: Tone }>
> = {
  healthy: { label: "Answers", tone: "positive" },
  degraded: { label: "Degraded", tone: "warning" },
  down: { label: "Down", tone: "negative" },
  unknown: { label: "No traffic lately", tone: "neutral" },
};
