import { Badge } from "@/app/_ui/badge";

const OUTCOMES = {
  pending: { tone: "accent", label: "In flight" },
  succeeded: { tone: "positive", label: "Succeeded" },
  failed: { tone: "negative", label: "Failed" },
  canceled: { tone: "neutral", label: "Canceled" },
  truncated: { tone: "warning", label: "Truncated" },
  expired: { tone: "warning", label: "Expired" },
} as const;

export type OutcomeName = keyof typeof OUTCOMES;
export const OUTCOME_OPTIONS = Object.entries(OUTCOMES).map(([value, { label }]) => ({ value, label }));

/** How a request ended, in a word and a colour. */
export function Outcome({ outcome }: { readonly outcome: OutcomeName }) {
  const { tone, label } = OUTCOMES[outcome];
  return <Badge tone={tone}>{label}</Badge>;
}
