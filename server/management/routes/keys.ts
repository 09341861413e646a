import { z } from "zod";
import { type RateLimitTerms, setRateLimits } from "@/server/budgets";
import { type ApiKey, listKeys, revokeKey, rotateKey } from "@/server/keys";
import { changeKey, issueKey } from "@/server/organizations";
import { fromWirePolicy, wireKeyPolicy } from "../key-policy";
import { defineRoute } from "../route";
import { cutPage, id, name, pageOf, paging, requireFound, time, toIso } from "../wire";

const params = z.strictObject({ key_id: id });
const key = z.object({
  id: z.string(),
  name: z.string(),
  project_id: z.string(),
  member_id: z.string().nullable(),
  service_account_id: z.string().nullable(),
  secret_tail: z.string().describe("The last four characters of the secret."),
  status: z.enum(["active", "expired", "revoked"]),
  expires_at: time.nullable(),
  revoked_at: time.nullable(),
  created_at: time,
});

const limit = z.int().min(1).nullable().describe("Null: the platform's own limit.");
const rateLimits = z.strictObject({
  requests_per_minute: limit,
  tokens_per_minute: limit,
  max_concurrent: limit,
});

const secret = z.string().describe("Shown once, never again.");

/** API keys, which call models. The secret is in the answer that makes it and nowhere else. */
export const keyRoutes = [
  defineRoute({
    method: "GET",
    path: "/organization/keys",
    scope: "keys:read",
    summary: "List API keys, live ones first",
    query: paging,
    answer: pageOf(key),
    run: async ({ tx, organizationId }, { query }) =>
      cutPage(await listKeys(tx, organizationId), query, toKey),
  }),
  defineRoute({
    method: "POST",
    path: "/organization/keys",
    scope: "keys:write",
    summary: "Create an API key",
    body: z.strictObject({
      name,
      project_id: id.optional().describe("The default project when left out."),
      service_account_id: id.optional(),
      expires_at: time.optional(),
      policy: wireKeyPolicy.optional(),
      rate_limits: rateLimits.optional(),
    }),
    example: { name: "Production" },
    status: 201,
    answer: key.extend({ secret }),
    async run({ tx, clock, organizationId, by }, { body }) {
      const made = await issueKey(
        tx,
        clock,
        { role: null, audit: by },
        {
          organizationId,
          projectId: body.project_id ?? null,
          memberId: null,
          serviceAccountId: body.service_account_id ?? null,
          name: body.name,
          expiresAt: body.expires_at ? new Date(body.expires_at) : null,
          policy: body.policy ? fromWirePolicy(body.policy) : null,
        },
      );
      if (body.rate_limits)
        await setRateLimits(tx, clock, {
          organizationId,
          by,
          keyId: made.key.id,
          terms: toTerms(body.rate_limits),
        });
      return { ...toKey(made.key), secret: made.secret };
    },
  }),
  defineRoute({
    method: "GET",
    path: "/organization/keys/{key_id}",
    scope: "keys:read",
    summary: "Read an API key",
    params,
    answer: key,
    async run({ tx, organizationId }, { params: { key_id } }) {
      const [found] = await listKeys(tx, organizationId, key_id);
      return toKey(requireFound(found, "key"));
    },
  }),
  defineRoute({
    method: "PATCH",
    path: "/organization/keys/{key_id}",
    scope: "keys:write",
    summary: "Change an API key: its name, expiry, restrictions and rate limits; what is left out stays",
    params,
    body: z.strictObject({
      name: name.optional(),
      expires_at: time.nullable().optional().describe("Null: as late as the organization's policy allows."),
      policy: wireKeyPolicy.nullable().optional(),
      rate_limits: rateLimits.optional(),
    }),
    example: {
      name: "Staging",
      expires_at: "2030-01-01T00:00:00.000Z",
      policy: { allowed_models: ["openai/*"], ip_allowlist: ["192.0.2.0/24"] },
      rate_limits: { requests_per_minute: 600, tokens_per_minute: null, max_concurrent: 20 },
    },
    answer: key,
    async run({ tx, clock, organizationId, by }, { params: { key_id: keyId }, body }) {
      const { expires_at: expiresAt, policy, rate_limits: limits } = body;
      const changed = await changeKey(tx, clock, by, {
        organizationId,
        keyId,
        ...(body.name !== undefined && { name: body.name }),
        ...(expiresAt !== undefined && { expiresAt: expiresAt === null ? null : new Date(expiresAt) }),
        ...(policy !== undefined && { policy: policy === null ? null : fromWirePolicy(policy) }),
      });
      if (limits) await setRateLimits(tx, clock, { organizationId, by, keyId, terms: toTerms(limits) });
      return toKey(changed);
    },
  }),
  defineRoute({
    method: "DELETE",
    path: "/organization/keys/{key_id}",
    scope: "keys:write",
    summary: "Revoke an API key; its next request is refused",
    params,
    answer: key,
    run: async ({ tx, clock, organizationId, by }, { params: { key_id } }) =>
      toKey(await revokeKey(tx, { organizationId, keyId: key_id, by }, clock)),
  }),
  defineRoute({
    method: "POST",
    path: "/organization/keys/{key_id}/rotate",
    scope: "keys:write",
    summary: "Give an API key a new secret; the old one goes on for the overlap",
    params,
    body: z.strictObject({
      overlap_minutes: z.int().describe("How long the old secret works on: 5 minutes to 30 days."),
    }),
    example: { overlap_minutes: 60 },
    answer: key.extend({ secret }),
    async run({ tx, clock, organizationId, by }, { params: { key_id: keyId }, body }) {
      const overlapMinutes = body.overlap_minutes;
      const made = await rotateKey(tx, clock, { organizationId, keyId, overlapMinutes, by });
      return { ...toKey(made.key), secret: made.secret };
    },
  }),
];

function toTerms(limits: z.infer<typeof rateLimits>): RateLimitTerms {
  return {
    requestsPerMinute: limits.requests_per_minute,
    tokensPerMinute: limits.tokens_per_minute,
    maxConcurrent: limits.max_concurrent,
  };
}

function toKey(of: ApiKey): z.infer<typeof key> {
  return {
    id: of.id,
    name: of.name,
    project_id: of.projectId,
    member_id: of.memberId,
    service_account_id: of.serviceAccountId,
    secret_tail: of.secretTail,
    status: of.status,
    expires_at: toIso(of.expiresAt),
    revoked_at: toIso(of.revokedAt),
    created_at: of.createdAt.toISOString(),
  };
}
