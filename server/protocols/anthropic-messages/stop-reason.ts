import type { FinishReason } from "../model";

/** https://docs.anthropic.com/en/api/handling-stop-reasons */
const FINISH: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  pause_turn: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool_calls",
  refusal: "content_filter",
};

/** A stop reason that we do not know yet is an ordinary end; the caller finds the word itself beside it. */
export function fromStopReason(stopReason: string | null): FinishReason {
  return (stopReason && FINISH[stopReason]) || "stop";
}

/**
 * The way back. An answer with tool calls ends in `tool_use` even where the provider said `stop`, since clients look at
 * nothing else before they run a tool.
 */
export function toStopReason(
  reason: FinishReason,
  answer: { hasTools: boolean; stopSequence: string | null },
) {
  if (reason === "length") return "max_tokens";
  if (reason === "content_filter") return "refusal";
  if (reason === "tool_calls" || answer.hasTools) return "tool_use";
  return answer.stopSequence === null ? "end_turn" : "stop_sequence";
}
