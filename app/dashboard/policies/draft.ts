import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@/server/trpc";
import { toLines } from "../_format/lines";

export type Policy = inferRouterOutputs<AppRouter>["organization"]["policy"];
export type KeyCreator = Policy["keys"]["mayCreate"][number];

/** The policy as the form holds it: lists as text, one entry per line; numbers as typed. */
export interface PolicyDraft {
  readonly allowedModels: string;
  readonly blockedModels: string;
  readonly allowedProviders: string;
  readonly blockedProviders: string;
  readonly noTraining: boolean;
  readonly zeroRetention: boolean;
  readonly keepsPrompts: boolean;
  readonly retentionDays: string;
  readonly maxLifetimeDays: string;
  readonly mayCreate: readonly KeyCreator[];
  readonly ipAllowlist: string;
  readonly requireTwoFactor: boolean;
  /** US dollars as typed; empty = no such rule. */
  readonly maxKeyBudget: string;
  readonly approvalAbove: string;
}

export function toDraft({
  routing,
  promptLogging,
  keys,
  ipAllowlist,
  requireTwoFactor,
  topUpApprovalAboveUsd,
}: Policy): PolicyDraft {
  return {
    allowedModels: (routing.allowedModels ?? []).join("\n"),
    blockedModels: routing.blockedModels.join("\n"),
    allowedProviders: (routing.allowedProviders ?? []).join("\n"),
    blockedProviders: routing.blockedProviders.join("\n"),
    noTraining: routing.noTraining,
    zeroRetention: routing.zeroRetention,
    keepsPrompts: promptLogging.enabled,
    retentionDays: String(promptLogging.retentionDays),
    maxLifetimeDays: keys.maxLifetimeDays === null ? "" : String(keys.maxLifetimeDays),
    mayCreate: keys.mayCreate,
    ipAllowlist: ipAllowlist.join("\n"),
    requireTwoFactor,
    maxKeyBudget: keys.maxMonthlyBudgetUsd ?? "",
    approvalAbove: topUpApprovalAboveUsd ?? "",
  };
}

/** The draft laid over the newest policy: what other screens decide (routing) stays as it is there. */
export function applyDraft(policy: Policy, draft: PolicyDraft): Policy {
  const orNone = (text: string) => (text.trim() === "" ? null : text.trim());
  const orAll = (text: string) => (toLines(text).length > 0 ? toLines(text) : null);
  return {
    ...policy,
    routing: {
      ...policy.routing,
      allowedModels: orAll(draft.allowedModels),
      blockedModels: toLines(draft.blockedModels),
      allowedProviders: orAll(draft.allowedProviders),
      blockedProviders: toLines(draft.blockedProviders),
      noTraining: draft.noTraining,
      zeroRetention: draft.zeroRetention,
    },
    promptLogging: { enabled: draft.keepsPrompts, retentionDays: Number(draft.retentionDays) },
    keys: {
      ...policy.keys,
      maxLifetimeDays: draft.maxLifetimeDays.trim() === "" ? null : Number(draft.maxLifetimeDays),
      mayCreate: [...draft.mayCreate],
      maxMonthlyBudgetUsd: orNone(draft.maxKeyBudget),
    },
    ipAllowlist: toLines(draft.ipAllowlist),
    requireTwoFactor: draft.requireTwoFactor,
    topUpApprovalAboveUsd: orNone(draft.approvalAbove),
  };
}
