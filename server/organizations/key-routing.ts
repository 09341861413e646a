import { and, eq, sql } from "drizzle-orm";
import { apiKey } from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { notThere } from "./lock";
import { OPEN_POLICY, type RoutingPolicy, routingPolicySchema } from "./routing-policy";

interface KeyOf {
  readonly organizationId: string;
  readonly keyId: string;
}

/** What one key narrows; open when it never said anything. @throws AppError not_found */
export async function readKeyRouting(db: Executor, key: KeyOf): Promise<RoutingPolicy> {
  return (await findKey(db, key)).routing;
}

/**
 * Replaces what one key narrows; its other restrictions stay. Acts on the next request.
 * @throws AppError not_found
 */
export async function writeKeyRouting(
  tx: Executor,
  clock: Clock,
  by: AuditActor,
  { routing, ...key }: KeyOf & { readonly routing: RoutingPolicy },
): Promise<RoutingPolicy> {
  const before = await findKey(tx, key, true);
  const changed = JSON.stringify({ routing });
  await tx
    .update(apiKey)
    .set({ policy: sql`coalesce(${apiKey.policy}, '{}'::jsonb) || ${changed}::jsonb` })
    .where(eq(apiKey.id, key.keyId));
  await recordAudit(tx, clock, {
    organizationId: key.organizationId,
    actor: by,
    action: "routing_policy.changed",
    target: { kind: "key", id: key.keyId, label: before.name },
    before: before.routing,
    after: routing,
  });
  return routing;
}

async function findKey(db: Executor, { organizationId, keyId }: KeyOf, isLocked = false) {
  const query = db
    .select({ name: apiKey.name, policy: apiKey.policy })
    .from(apiKey)
    .where(and(eq(apiKey.id, keyId), eq(apiKey.organizationId, organizationId)));
  const [row] = await (isLocked ? query.for("update") : query);
  if (!row) throw notThere();
  const { routing } = (row.policy ?? {}) as { readonly routing?: unknown };
  return {
    name: row.name,
    routing: routing === undefined ? OPEN_POLICY : routingPolicySchema.parse(routing),
  };
}
