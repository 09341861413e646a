import { readRecordings } from "@/server/dev/simulator/recordings";
import type { AnswerIdentity, FinalUsage, TokenUsage } from "../model";
import { parseMessagesRequest } from "./request";

export const recordings = readRecordings().filter((entry) => entry.file.startsWith("anthropic-"));
export const streams = recordings.filter((entry) => entry.stream);

export function bodyOf(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

export const ASK = {
  model: "anthropic/claude-test",
  max_tokens: 4_096,
  messages: [{ role: "user", content: "How do I cross the street?" }],
};

export const identity: AnswerIdentity = {
  generationId: "gen_test",
  model: "anthropic/claude-test",
  provider: "anthropic",
  createdAtMs: 0,
  call: parseMessagesRequest(bodyOf(ASK)),
};

const usage: TokenUsage = {
  promptTokens: 120,
  completionTokens: 30,
  input: 70,
  cachedInput: 40,
  cacheWrite: 7,
  cacheWrite1h: 3,
  audioInput: 0,
  output: 20,
  reasoning: 10,
  audioOutput: 0,
  searches: 0,
};

export const final: FinalUsage = {
  usage,
  rawUsage: {},
  cost: { costNanoUsd: 1_500_000n, inputCostNanoUsd: 500_000n, outputCostNanoUsd: 1_000_000n },
};

export function* inPieces(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let start = 0;
  for (let step = 0; start < bytes.length; step += 1) {
    const size = sizes[step % sizes.length] ?? bytes.length;
    yield bytes.subarray(start, start + size);
    start += size;
  }
}
