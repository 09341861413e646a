import { and, asc, count, eq, isNull } from "drizzle-orm";
import { apiKey, serviceAccount } from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
import { revokeKeysIn } from "@/server/keys";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { newId } from "@/server/platform/ids";
import { notThere } from "./lock";
import { toName } from "./name";

export interface ServiceAccount {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  /** Keys that work. */
  readonly activeKeys: number;
}

/** Those that were not removed, by name. */
export async function listServiceAccounts(db: Executor, organizationId: string): Promise<ServiceAccount[]> {
  const rows = await db
    .select({
      id: serviceAccount.id,
      name: serviceAccount.name,
      createdAt: serviceAccount.createdAt,
      activeKeys: count(apiKey.id),
    })
    .from(serviceAccount)
    .leftJoin(apiKey, and(eq(apiKey.serviceAccountId, serviceAccount.id), eq(apiKey.status, "active")))
    .where(and(eq(serviceAccount.organizationId, organizationId), isNull(serviceAccount.removedAt)))
    .groupBy(serviceAccount.id)
    .orderBy(asc(serviceAccount.name));
  return rows.map((row) => ({ ...row, activeKeys: Number(row.activeKeys) }));
}

/** @throws AppError invalid_request (name), conflict (name taken) */
export async function createServiceAccount(
  tx: Executor,
  clock: Clock,
  by: AuditActor,
  input: { readonly organizationId: string; readonly name: string },
): Promise<{ id: string; name: string }> {
  const name = toName(input.name);
  const [made] = await tx
    .insert(serviceAccount)
    .values({
      id: newId("serviceAccount"),
      organizationId: input.organizationId,
      name,
      createdAt: new Date(clock.nowMs()),
    })
    .onConflictDoNothing()
    .returning({ id: serviceAccount.id, name: serviceAccount.name });
  if (!made)
    throw new AppError("conflict", {
      message: "There is a service account of this name already.",
      param: "name",
    });
  await recordAudit(tx, clock, {
    organizationId: input.organizationId,
    actor: by,
    action: "service_account.created",
    target: { kind: "service_account", id: made.id, label: name },
  });
  return made;
}

/** Its keys stop at once. @throws AppError not_found */
export async function removeServiceAccount(
  tx: Executor,
  clock: Clock,
  by: AuditActor,
  input: { readonly organizationId: string; readonly serviceAccountId: string },
): Promise<{ revokedKeys: number }> {
  const [removed] = await tx
    .update(serviceAccount)
    .set({ removedAt: new Date(clock.nowMs()) })
    .where(
      and(
        eq(serviceAccount.id, input.serviceAccountId),
        eq(serviceAccount.organizationId, input.organizationId),
        isNull(serviceAccount.removedAt),
      ),
    )
    .returning({ name: serviceAccount.name });
  if (!removed) throw notThere();
  const revokedKeys = await revokeKeysIn(tx, clock, { ...input, by });
  await recordAudit(tx, clock, {
    organizationId: input.organizationId,
    actor: by,
    action: "service_account.removed",
    target: { kind: "service_account", id: input.serviceAccountId, label: removed.name },
    after: { revokedKeys },
  });
  return { revokedKeys };
}
