import type { UsageFlag } from "@/server/ledger";
import type { TokenUsage } from "@/server/protocols/model";
import type { Candidate } from "../operation";
import type { Admitted } from "./admit";
import { outputTokensFor } from "./plan";

/** Beyond the limit that we gave, by this factor, a count is a fault: tokenizers and limits never differ so much. */
const MOST_TIMES_LIMIT = 4;
/** Short prompts have an overhead (tools, templates) that their own length does not show. */
const PROMPT_SLACK_TOKENS = 2_000;

/**
 * Looks at a provider's numbers before they are believed. Cheap: it compares, and counts nothing.
 * `implausible`: more prompt than the model's context holds, or far more output than the provider was allowed.
 * `above_bound`: possible, but not explained by the request's own size (a provider that searched adds what it found).
 */
export function flagsOf(admitted: Admitted, candidate: Candidate, usage: TokenUsage): readonly UsageFlag[] {
  const flags: UsageFlag[] = [];
  const { demand, operation } = admitted;
  const limit = outputTokensFor(admitted, candidate) * operation.choices;
  if (
    usage.promptTokens > candidate.contextLength ||
    (operation.choices > 0 && usage.completionTokens > limit * MOST_TIMES_LIMIT)
  )
    flags.push("implausible");
  else if (
    usage.promptTokens > demand.promptTokens * MOST_TIMES_LIMIT + PROMPT_SLACK_TOKENS ||
    (operation.choices > 0 && usage.completionTokens > limit)
  )
    flags.push("above_bound");
  if (usage.isInconsistent) flags.push("inconsistent");
  return flags;
}
