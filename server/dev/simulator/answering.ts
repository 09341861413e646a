import { seedOf, simulatedPieces } from "./prose";
import { type ChatRequest, countPrompt, sampleOf, toolToCall } from "./protocols/openai-chat-request";
import type { Scenario } from "./scenario";
import { splitIntoTokens } from "./token-codec";

/** One answer, in no protocol's words. Every protocol writes what is decided here. */
export interface Choice {
  readonly index: number;
  /** Text pieces, or the argument pieces of the tool call; one token each. */
  readonly pieces: readonly string[];
  readonly toolCall: { readonly id: string; readonly name: string } | null;
  readonly finishReason: "stop" | "length" | "tool_calls";
  /** What ended it, if one of the request's did. */
  readonly stopSequence: string | null;
  readonly reasoningTokens: number;
  readonly outputTokens: number;
}

const REASONING_TOKENS: Readonly<Record<string, number>> = { minimal: 8, low: 16, medium: 64, high: 256 };

/** All answers to a request, and what they took; `counts` is null when the scenario leaves usage out. */
export async function writeAnswer(
  request: ChatRequest,
  scenario: Scenario,
): Promise<{ choices: Choice[]; counts: TokenCounts | null }> {
  const choices = await Promise.all(
    Array.from({ length: request.n ?? 1 }, (_, index) => writeChoice(request, scenario, index)),
  );
  return { choices, counts: await countAnswer(request, scenario, choices) };
}

/** Decides an answer. A pure function of the request and the scenario; `index` tells several answers apart. */
export async function writeChoice(request: ChatRequest, scenario: Scenario, index: number): Promise<Choice> {
  const seed = seedOf(JSON.stringify([request.model, request.messages, index]));
  const limit = request.max_completion_tokens ?? request.max_tokens ?? Number.POSITIVE_INFINITY;
  const wanted = scenario.reasoningTokens ?? REASONING_TOKENS[request.reasoning_effort ?? ""] ?? 0;
  const reasoningTokens = Math.min(wanted, limit);
  const tool = toolToCall(request);
  const all = await writePieces(request, scenario, seed, tool);
  const affordable = all.slice(0, Math.min(all.length, limit - reasoningTokens));
  const isCut = affordable.length < all.length;
  const stopped = tool ? null : await cutAtStop(affordable, request.stop);
  const pieces = stopped?.pieces ?? affordable;
  return {
    index,
    pieces,
    toolCall: tool && { id: `call_sim_${seed.toString(36)}`, name: tool.name },
    finishReason: stopped ? "stop" : isCut ? "length" : tool ? "tool_calls" : "stop",
    stopSequence: stopped?.sequence ?? null,
    reasoningTokens,
    outputTokens: reasoningTokens + pieces.length,
  };
}

async function writePieces(
  request: ChatRequest,
  scenario: Scenario,
  seed: number,
  tool: ReturnType<typeof toolToCall>,
): Promise<string[]> {
  if (tool) return splitIntoTokens(JSON.stringify(sampleOf(tool.parameters)));
  const prose = simulatedPieces(seed, scenario.outputTokens);
  if (!request.response_format?.type.startsWith("json")) return prose;
  return splitIntoTokens(JSON.stringify({ simulated: true, answer: prose.join("") }));
}

/** What is left when the answer ends before the first stop sequence; null when none occurs. */
async function cutAtStop(pieces: readonly string[], stop: ChatRequest["stop"]) {
  const text = pieces.join("");
  const found = [stop ?? []]
    .flat()
    .map((sequence) => ({ sequence, position: sequence === "" ? -1 : text.indexOf(sequence) }))
    .filter(({ position }) => position >= 0)
    .sort((left, right) => left.position - right.position)[0];
  if (!found) return null;
  return { sequence: found.sequence, pieces: await splitIntoTokens(text.slice(0, found.position)) };
}

/** What a request took. `promptTokens` has the cached ones in it. */
export interface TokenCounts {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

/** A cache is only simulated for later turns of a conversation, in OpenAI's steps; a pure function of the request. */
const CACHE_MINIMUM = 1_024;
const CACHE_STEP = 128;

/** True counts, but for the faults that falsify them; null when the scenario leaves usage out. */
export async function countAnswer(
  request: ChatRequest,
  scenario: Scenario,
  choices: readonly Choice[],
): Promise<TokenCounts | null> {
  if (scenario.fault === "no-usage") return null;
  const factor = scenario.fault === "zero-usage" ? 0 : scenario.fault === "usage-x10" ? 10 : 1;
  const prompt = await countPrompt(request);
  const isLaterTurn = request.messages.some(({ role }) => role === "assistant");
  const cachable = isLaterTurn && prompt.prefix >= CACHE_MINIMUM ? prompt.prefix : 0;
  const cached = Math.min(
    scenario.cachedTokens ?? Math.floor(cachable / CACHE_STEP) * CACHE_STEP,
    prompt.total,
  );
  return {
    promptTokens: prompt.total * factor,
    cachedTokens: cached * factor,
    outputTokens: choices.reduce((sum, choice) => sum + choice.outputTokens, 0) * factor,
    reasoningTokens: choices.reduce((sum, choice) => sum + choice.reasoningTokens, 0) * factor,
  };
}
