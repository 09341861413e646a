import { describe, expect, it } from "vitest";
import { nearestSlugs } from "./nearest";

const slugs = [
  "openai/gpt-4.1",
  "openai/gpt-4.1-mini",
  "openai/gpt-4.1-nano",
  "anthropic/claude-sonnet-4.6",
  "deepseek/deepseek-r1",
  "meta-llama/llama-3.3-70b-instruct",
];

describe("nearestSlugs", () => {
  it.each([
    ["gpt-4.1-mini", "openai/gpt-4.1-mini"],
    ["openai/gpt4.1-mini", "openai/gpt-4.1-mini"],
    ["anthropic/claude-sonet-4.6", "anthropic/claude-sonnet-4.6"],
    ["DeepSeek-R1", "deepseek/deepseek-r1"],
    ["llama-3.3-70b", "meta-llama/llama-3.3-70b-instruct"],
  ])("finds for %s first %s", (text, expected) => {
    expect(nearestSlugs(slugs, text, 3)[0]).toBe(expected);
    expect(nearestSlugs(slugs, text, 3)).toHaveLength(3);
  });

  it("bounds its work on hostile names and finds nothing for an empty one", () => {
    const many = Array.from({ length: 300 }, (_, index) => `author/model-${index}-with-a-long-name`);
    // Compared letter by letter, these would take longer than any test may.
    expect(nearestSlugs(many, "x".repeat(5_000_000), 3)).toHaveLength(3);
    expect(nearestSlugs(slugs, "  ", 3)).toEqual([]);
  });
});
