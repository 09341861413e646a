import { eq } from "drizzle-orm";
import { z } from "zod";
import { organizationPolicy } from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { fromCents, parseUsd } from "@/server/platform/money";
import { isAddressRange } from "./addresses";
import { ROLES } from "./permissions";
import { routingPolicySchema } from "./routing-policy";

const usd = z.string().regex(/^\d{1,9}(\.\d{1,9})?$/, "must be an amount of USD");
const cidr = z
  .string()
  .trim()
  .max(64)
  .refine(isAddressRange, "must be an IP address, or a range such as 192.0.2.0/24 or 2001:db8::/48");
const ipAllowlist = z.array(cidr).max(200).default([]);

/** What one key is restricted to. It can only narrow what its organization allows. */
export const keyPolicySchema = z.strictObject({
  routing: routingPolicySchema.prefault({}),
  /** Addresses from which the key may be used; empty = everywhere. */
  ipAllowlist,
});

export type KeyPolicy = z.infer<typeof keyPolicySchema>;

/**
 * What an organization allows its members and keys. Everything is open until somebody narrows it; prompts are never
 * logged until somebody turns it on.
 */
export const organizationPolicySchema = z.strictObject({
  routing: routingPolicySchema.prefault({}),
  /** Keep prompts and answers, and for how many days. */
  promptLogging: z
    .strictObject({ enabled: z.boolean(), retentionDays: z.int().min(1).max(90) })
    .default({ enabled: false, retentionDays: 7 }),
  keys: z
    .strictObject({
      /** Days until a new key expires at the latest; null = keys may live for ever. */
      maxLifetimeDays: z.int().min(1).max(3_650).nullable().default(null),
      mayCreate: z.array(z.enum(ROLES)).default(["owner", "admin", "developer"]),
      /** The most that one key may spend in a month; null = no such rule. */
      maxMonthlyBudgetUsd: usd
        .refine((text) => (parseUsd(text) ?? 0n) >= fromCents(1n), "must be at least $0.01")
        .nullable()
        .default(null),
    })
    .prefault({}),
  /** Addresses from which keys may be used; empty = everywhere. */
  ipAllowlist,
  requireTwoFactor: z.boolean().default(false),
  /** Top-ups above this amount wait for an owner or an admin, except an owner's own; null = none does. */
  topUpApprovalAboveUsd: usd.nullable().default(null),
});

export type OrganizationPolicy = z.infer<typeof organizationPolicySchema>;

const DEFAULT_POLICY: OrganizationPolicy = organizationPolicySchema.parse({});

/** The policy in force; the default for an organization that never wrote one. */
export async function readPolicy(db: Executor, organizationId: string): Promise<OrganizationPolicy> {
  const [row] = await db
    .select()
    .from(organizationPolicy)
    .where(eq(organizationPolicy.organizationId, organizationId));
  if (!row) return DEFAULT_POLICY;
  // A field that was added after the policy was written gets its default.
  return organizationPolicySchema.parse(row.policy);
}

/** Replaces the policy. It acts on the next request and the next call. */
export async function writePolicy(
  tx: Executor,
  clock: Clock,
  by: AuditActor,
  input: { readonly organizationId: string; readonly policy: OrganizationPolicy },
): Promise<OrganizationPolicy> {
  const { organizationId, policy } = input;
  const before = await readPolicy(tx, organizationId);
  const updatedAt = new Date(clock.nowMs());
  await tx
    .insert(organizationPolicy)
    .values({ organizationId, policy, updatedAt })
    .onConflictDoUpdate({ target: organizationPolicy.organizationId, set: { policy, updatedAt } });
  await recordAudit(tx, clock, {
    organizationId,
    actor: by,
    action: "organization.policy_changed",
    target: { kind: "organization", id: organizationId, label: "Policy" },
    before,
    after: policy,
  });
  return policy;
}
