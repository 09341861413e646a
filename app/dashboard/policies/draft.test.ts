// Harm prevented: saving one screen's rules throws away what another screen has decided.
import { expect, it } from "vitest";
import { organizationPolicySchema } from "@/server/organizations";
import { applyDraft, toDraft } from "./draft";

const policy = organizationPolicySchema.parse({
  routing: {
    allowedModels: ["openai/*"],
    pinnedProvider: "acme",
    sort: "latency",
    fallbackModels: { "*": ["a/b"] },
  },
  topUpApprovalAboveUsd: "500",
  keys: { maxLifetimeDays: 90, maxMonthlyBudgetUsd: "20" },
  ipAllowlist: ["192.0.2.0/24"],
});

it("changes nothing when nothing was changed", () => {
  expect(applyDraft(policy, toDraft(policy))).toEqual(policy);
});

it("keeps what the newest policy says about things that this screen does not decide", () => {
  const newest = { ...policy, routing: { ...policy.routing, sort: "price" as const } };
  const saved = applyDraft(newest, { ...toDraft(policy), allowedModels: " a/b \n\nc/* " });
  expect(saved.routing).toMatchObject({
    allowedModels: ["a/b", "c/*"],
    sort: "price",
    pinnedProvider: "acme",
  });
  expect(saved.topUpApprovalAboveUsd).toBe("500");
});

it("reads an empty amount as no rule, and not as zero", () => {
  const saved = applyDraft(policy, { ...toDraft(policy), maxKeyBudget: " ", approvalAbove: "" });
  expect(saved.keys.maxMonthlyBudgetUsd).toBeNull();
  expect(saved.topUpApprovalAboveUsd).toBeNull();
  expect(applyDraft(policy, { ...toDraft(policy), approvalAbove: "0" }).topUpApprovalAboveUsd).toBe("0");
});

it("reads an empty list of allowed models as all of them", () => {
  expect(applyDraft(policy, { ...toDraft(policy), allowedModels: "\n" }).routing.allowedModels).toBeNull();
});
