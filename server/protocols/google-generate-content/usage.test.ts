import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TokenUsage } from "../model";
import { readGeminiUsage } from "./usage";

const bucketSum = (usage: TokenUsage) =>
  usage.input +
  usage.cachedInput +
  usage.audioInput +
  usage.cacheWrite +
  usage.cacheWrite1h +
  usage.output +
  usage.reasoning +
  usage.audioOutput;

describe("gemini usage", () => {
  it("prevents tokens from being billed twice: buckets are disjoint and add up to the whole, whatever arrives", () => {
    const count = fc.oneof(
      fc.nat(1_000_000),
      fc.constant(undefined),
      fc.integer({ min: -5, max: -1 }),
      fc.double(),
    );
    const details = fc.array(fc.record({ modality: fc.constantFrom("TEXT", "AUDIO"), tokenCount: count }));
    const raw = fc.record({
      promptTokenCount: count,
      candidatesTokenCount: count,
      thoughtsTokenCount: count,
      toolUsePromptTokenCount: count,
      cachedContentTokenCount: count,
      totalTokenCount: count,
      promptTokensDetails: details,
      cacheTokensDetails: details,
      candidatesTokensDetails: details,
    });
    fc.assert(
      fc.property(raw, (value) => {
        const usage = readGeminiUsage(value);
        if (usage === null) return;
        expect(bucketSum(usage)).toBe(usage.promptTokens + usage.completionTokens);
        for (const [name, amount] of Object.entries(usage))
          expect(Number(amount), name).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("prevents unpaid tokens: thinking and tool results lie outside the counts of answer and prompt", () => {
    const usage = readGeminiUsage({
      promptTokenCount: 100,
      toolUsePromptTokenCount: 40,
      cachedContentTokenCount: 60,
      candidatesTokenCount: 10,
      thoughtsTokenCount: 30,
      totalTokenCount: 180,
      promptTokensDetails: [{ modality: "AUDIO", tokenCount: 50 }],
      cacheTokensDetails: [{ modality: "AUDIO", tokenCount: 20 }],
    });
    expect(usage).toEqual({
      promptTokens: 140,
      completionTokens: 40,
      input: 50,
      cachedInput: 60,
      cacheWrite: 0,
      cacheWrite1h: 0,
      audioInput: 30,
      output: 10,
      reasoning: 30,
      audioOutput: 0,
      searches: 0,
    });
  });

  it("flags numbers that contradict each other", () => {
    expect(
      readGeminiUsage({ promptTokenCount: 5, candidatesTokenCount: 5, totalTokenCount: 11 }),
    ).toMatchObject({
      isInconsistent: true,
    });
    expect(readGeminiUsage({ promptTokenCount: 5, cachedContentTokenCount: 9 })).toMatchObject({
      cachedInput: 5,
      input: 0,
      isInconsistent: true,
    });
  });

  it("takes a number that cannot be true for none", () => {
    expect(readGeminiUsage({ promptTokenCount: -1 })).toBeNull();
    expect(readGeminiUsage({ promptTokenCount: 1, candidatesTokenCount: 0.5 })).toBeNull();
    expect(readGeminiUsage({ candidatesTokenCount: 5 })).toBeNull();
    expect(readGeminiUsage(null)).toBeNull();
  });
});
