import { z } from "zod";

const slugList = z.array(z.string().min(1).max(200)).max(500);

/**
 * What an organization, or one key of it, allows and prefers. Stored as JSON; a key can only narrow what its
 * organization allows. Patterns are slugs, or a prefix with `*` at its end (`openai/*`).
 */
export const routingPolicySchema = z.strictObject({
  allowedModels: slugList.nullable().default(null),
  blockedModels: slugList.default([]),
  allowedProviders: slugList.nullable().default(null),
  blockedProviders: slugList.default([]),
  /** Providers that train on prompts are out. */
  noTraining: z.boolean().default(false),
  /** Providers that keep prompts are out. */
  zeroRetention: z.boolean().default(false),
  /** Regions in which prompts may be processed; null = anywhere. */
  regions: z
    .array(z.string().regex(/^[a-z]{2,12}$/))
    .max(20)
    .nullable()
    .default(null),
  /** One provider, and no other. */
  pinnedProvider: z.string().max(64).nullable().default(null),
  providerOrder: slugList.default([]),
  sort: z.enum(["price", "latency", "throughput"]).nullable().default(null),
  allowFallbacks: z.boolean().default(true),
  /** How much dearer than the first choice a fallback may be, as a share. */
  maxFallbackPremium: z.number().nonnegative().max(1_000).nullable().default(null),
  /** Models to go on with after all endpoints of the requested one, by its slug or `*`. */
  fallbackModels: z.record(z.string().max(200), slugList.max(8)).default({}),
  /** The same, when the prompt does not fit, and when a provider refuses the content. */
  contextFallbackModels: z.record(z.string().max(200), slugList.max(8)).default({}),
  contentFallbackModels: z.record(z.string().max(200), slugList.max(8)).default({}),
  /** By model slug or `*`. */
  timeouts: z
    .record(
      z.string().max(200),
      z.strictObject({
        firstTokenMs: z.int().min(500).max(300_000).optional(),
        totalMs: z.int().min(1_000).max(800_000).optional(),
      }),
    )
    .default({}),
});

export type RoutingPolicy = z.infer<typeof routingPolicySchema>;

export const OPEN_POLICY: RoutingPolicy = routingPolicySchema.parse({});

export function matchesAny(patterns: readonly string[], slug: string): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith("*") ? slug.startsWith(pattern.slice(0, -1)) : pattern === slug,
  );
}

export function policyAllowsModel(policy: RoutingPolicy, slug: string): boolean {
  return (
    (policy.allowedModels === null || matchesAny(policy.allowedModels, slug)) &&
    !matchesAny(policy.blockedModels, slug)
  );
}

export function policyAllowsProvider(policy: RoutingPolicy, slug: string): boolean {
  return (
    (policy.allowedProviders === null || matchesAny(policy.allowedProviders, slug)) &&
    !matchesAny(policy.blockedProviders, slug)
  );
}

/** The entry of a table by model slug; `*` stands for every model that has none of its own. */
export function entryFor<Entry>(table: Readonly<Record<string, Entry>>, slug: string): Entry | null {
  if (Object.hasOwn(table, slug)) return table[slug] ?? null;
  return Object.hasOwn(table, "*") ? (table["*"] ?? null) : null;
}
