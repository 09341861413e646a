// Harm prevented: a policy that says something else after it was opened in the editor and saved unchanged.
import { describe, expect, it } from "vitest";
import { OPEN_POLICY, type RoutingPolicy, routingPolicySchema } from "@/server/organizations";
import { toForm, toPolicy } from "./policy-form";

const FULL: RoutingPolicy = routingPolicySchema.parse({
  allowedModels: ["openai/*", "a/b:free"],
  blockedModels: ["openai/old"],
  allowedProviders: ["one", "two"],
  blockedProviders: ["three"],
  noTraining: true,
  zeroRetention: true,
  regions: ["eu", "us"],
  pinnedProvider: "one",
  providerOrder: ["two", "one"],
  sort: "latency",
  allowFallbacks: false,
  maxFallbackPremium: 0.25,
  fallbackModels: { "a/b:free": ["c/d", "e/f"], "*": ["g/h"] },
  contextFallbackModels: { "a/b": ["long/one"] },
  contentFallbackModels: { "*": ["free/one"] },
  timeouts: { "*": { firstTokenMs: 1_500, totalMs: 60_000 }, "a/b": { totalMs: 2_000 } },
});

describe("the policy form", () => {
  it.each([
    ["open", OPEN_POLICY],
    ["full", FULL],
  ])("gives back the %s policy that it was opened with", (_name, policy) => {
    expect(toPolicy(toForm(policy))).toEqual({ policy, errors: null });
  });

  it("names the field that is wrong, and gives no policy", () => {
    const form = toForm(OPEN_POLICY);
    for (const [field, value] of [
      ["regions", "Europe!"],
      ["maxFallbackPremium", "much"],
      ["fallbackModels", "a/b c/d"],
      ["timeouts", "*: soon"],
      ["timeouts", "*: 1, 2, 3"],
    ] as const) {
      const answer = toPolicy({ ...form, [field]: value });
      expect(answer).not.toHaveProperty("policy");
      expect(Object.keys(answer.errors ?? {})).toEqual([field]);
    }
  });
});
