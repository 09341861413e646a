// Harm prevented: tokens that Anthropic bills and we do not see, or see twice.
import { describe, expect, it } from "vitest";
import { mergeUsage, readMessagesUsage, toMessagesUsage } from "./usage";

describe("readMessagesUsage", () => {
  it("adds a compaction that the totals leave out", () => {
    const usage = readMessagesUsage({
      input_tokens: 181,
      output_tokens: 8,
      cache_read_input_tokens: 0,
      iterations: [
        { type: "compaction", input_tokens: 100, cache_read_input_tokens: 55_096, output_tokens: 83 },
        { type: "message", input_tokens: 181, cache_read_input_tokens: 0, output_tokens: 8 },
      ],
    });
    expect(usage).toMatchObject({ promptTokens: 55_377, cachedInput: 55_096, completionTokens: 91 });
  });

  it("adds an advisor to the totals when the message's own turns are not listed", () => {
    const usage = readMessagesUsage({
      input_tokens: 400,
      output_tokens: 50,
      iterations: [{ type: "advisor_message", model: "other", input_tokens: 2_543, output_tokens: 18 }],
    });
    expect(usage).toMatchObject({ promptTokens: 2_943, completionTokens: 68 });
  });

  it("tells apart what is kept for an hour, and thinking", () => {
    const usage = readMessagesUsage({
      input_tokens: 3,
      cache_creation_input_tokens: 500,
      cache_read_input_tokens: 1_111,
      cache_creation: { ephemeral_5m_input_tokens: 418, ephemeral_1h_input_tokens: 82 },
      output_tokens: 33,
      output_tokens_details: { thinking_tokens: 12 },
    });
    expect(usage).toMatchObject({ promptTokens: 1_614, cacheWrite: 418, cacheWrite1h: 82 });
    expect(usage).toMatchObject({ completionTokens: 33, reasoning: 12, output: 21 });
  });

  it("keeps parts within their whole", () => {
    const usage = readMessagesUsage({
      input_tokens: 1,
      cache_creation_input_tokens: 10,
      cache_creation: { ephemeral_1h_input_tokens: 99 },
      output_tokens: 5,
      output_tokens_details: { thinking_tokens: 50 },
    });
    expect(usage).toMatchObject({ cacheWrite: 0, cacheWrite1h: 10, reasoning: 5, output: 0 });
  });

  it.each([
    [null],
    [{ input_tokens: -1, output_tokens: 1 }],
    [{ input_tokens: 1.5, output_tokens: 1 }],
    [{ output_tokens: 1 }],
    [{ input_tokens: 1, output_tokens: 1, cache_read_input_tokens: -5 }],
  ])("does not believe %j", (value) => {
    expect(readMessagesUsage(value)).toBeNull();
  });

  it("respects an explicit zero", () => {
    expect(readMessagesUsage({ input_tokens: 0, output_tokens: 0 })).toMatchObject({ promptTokens: 0 });
  });
});

describe("mergeUsage", () => {
  it("replaces totals, and keeps what the update leaves out or has as null", () => {
    const start = { input_tokens: 2_068, output_tokens: 8, cache_creation: { ephemeral_1h_input_tokens: 4 } };
    expect(mergeUsage(start, { input_tokens: 22_397, output_tokens: 637, cache_creation: null })).toEqual({
      ...start,
      input_tokens: 22_397,
      output_tokens: 637,
    });
  });
});

describe("toMessagesUsage", () => {
  it("is read back as the same counts", () => {
    const usage = {
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
      searches: 2,
    };
    expect(toMessagesUsage(usage)).toMatchObject({ input_tokens: 70, cache_creation_input_tokens: 10 });
    expect(readMessagesUsage(toMessagesUsage(usage))).toEqual(usage);
  });
});
