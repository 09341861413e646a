import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TokenUsage } from "../model";
import { readChatUsage } from "./usage";

const bucketSum = (usage: TokenUsage) =>
  usage.input +
  usage.cachedInput +
  usage.cacheWrite +
  usage.cacheWrite1h +
  usage.audioInput +
  usage.output +
  usage.reasoning +
  usage.audioOutput;

describe("chat usage", () => {
  it("prevents tokens from being billed twice: buckets are disjoint and add up to the whole, whatever arrives", () => {
    const count = fc.oneof(
      fc.nat(1_000_000),
      fc.constant(undefined),
      fc.integer({ min: -5, max: -1 }),
      fc.double(),
      fc.string(),
    );
    const details = fc.record({
      cached_tokens: count,
      cache_write_tokens: count,
      audio_tokens: count,
      reasoning_tokens: count,
    });
    const raw = fc.record({
      prompt_tokens: count,
      completion_tokens: count,
      total_tokens: count,
      prompt_tokens_details: details,
      completion_tokens_details: details,
    });
    fc.assert(
      fc.property(raw, (value) => {
        const usage = readChatUsage(value);
        if (usage === null) return;
        expect(bucketSum(usage)).toBe(usage.promptTokens + usage.completionTokens);
        const { isInconsistent: _flag, ...amounts } = usage;
        for (const amount of Object.values(amounts)) expect(amount).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("reads cached and written tokens as parts of the prompt, reasoning as part of the completion", () => {
    const usage = readChatUsage({
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
      completion_tokens_details: { reasoning_tokens: 20 },
    });
    expect(usage).toMatchObject({
      input: 10,
      cachedInput: 60,
      cacheWrite: 30,
      output: 30,
      reasoning: 20,
      completionTokens: 50,
    });
  });

  it("adds reasoning that the provider's own total shows to lie outside the completion", () => {
    const usage = readChatUsage({
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 115,
      completion_tokens_details: { reasoning_tokens: 100 },
    });
    expect(usage).toMatchObject({ completionTokens: 105, output: 5, reasoning: 100 });
  });

  it("takes an explicit zero for zero, and a number that cannot be true for none", () => {
    expect(readChatUsage({ prompt_tokens: 0, completion_tokens: 0 })).toMatchObject({
      promptTokens: 0,
      completionTokens: 0,
    });
    expect(readChatUsage({ prompt_tokens: -1, completion_tokens: 5 })).toBeNull();
    expect(readChatUsage({ prompt_tokens: 1.5, completion_tokens: 5 })).toBeNull();
    expect(readChatUsage({ prompt_tokens: 1 })).toBeNull();
    expect(readChatUsage(null)).toBeNull();
  });

  it("clamps parts to their whole", () => {
    const usage = readChatUsage({
      prompt_tokens: 10,
      completion_tokens: 1,
      prompt_tokens_details: { cached_tokens: 8, cache_write_tokens: 9 },
    });
    expect(usage).toMatchObject({ input: 0, cachedInput: 8, cacheWrite: 2 });
  });
});
